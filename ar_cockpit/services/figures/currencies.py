"""The currencies of a ledger, and the open documents that figures in one of them leave out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.numbers import format_decimal
from sqlmodel import Session

from ar_cockpit.db.queries.figures import currencies as stored
from ar_cockpit.domain.access import Actor
from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.services.figures import reporting


def left_out(
    session: Session, actor: Actor, *, as_of: date, company: str = "", currency: str = ""
) -> Mapping[str, int]:
    """Return how many open documents are in other currencies than the one of the figures, by currency.

    Without ``currency`` each company's figures are in its own, as goals and limits are.
    """
    seen = reporting.visible_companies(session, actor, company)
    held = stored.held(session, [one.company_id for one in seen])
    others = {one.company_id: held.get(one.company_id, set()) - {currency or one.currency} for one in seen}
    return stored.open_beside(session, others, as_of)


def left_out_told(found: Mapping[str, int], language: str) -> str:
    """Return which documents figures leave out in the reader's words; empty for none."""
    if not found:
        return ""
    numbers = {one: format_decimal(number, locale=locale_of(language)) for one, number in found.items()}
    told = [
        count(language, "consolidation.left_out.count", number, total=numbers[one], currency=one)
        for one, number in found.items()
    ]
    return say(language, "consolidation.left_out", documents=", ".join(told).replace("\u202f", "\u00a0"))
