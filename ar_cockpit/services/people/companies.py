"""The seller's companies, as an actor may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import Select
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.figures import currencies as stored
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.db.together import Together
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class CompanySummary:
    """A company as chosen in a menu, with its clock and its goals."""

    company_id: int
    code: str
    name: str
    currency: str
    timezone: str
    targets: Mapping[str, float]


def ledger_is_empty(session: Session) -> bool:
    """Return whether there is no company at all, so that a demo may be loaded."""
    return session.exec(select(CompanyRow.id).limit(1)).first() is None


def holds_demo(session: Session) -> bool:
    """Return whether the database holds the demo, and nothing but the demo may be signed in to with its password."""
    return session.exec(select(CompanyRow.id).where(col(CompanyRow.is_demo)).limit(1)).first() is not None


def visible_companies(session: Session, actor: Actor, permission: Permission) -> list[CompanySummary]:
    """Return the companies in which ``actor`` holds ``permission`` in some way, by name."""
    scope = actor.scope(permission)
    return [
        one
        for one in (CompanySummary(*row) for row in _COMPANIES.ask(session)["companies"])
        if any(ids is None or one.company_id in ids for ids in (scope.company_ids, scope.own_only_ids))
    ]


def currencies_of(session: Session, seen: Sequence[CompanySummary]) -> list[str]:
    """Return the currencies of companies and of their documents and payments, in order."""
    held = stored.held(session, [one.company_id for one in seen]) if seen else {}
    return sorted({one.currency for one in seen}.union(*held.values()))


def _all_companies() -> dict[str, Select[*tuple[Any, ...]]]:
    row = CompanyRow
    columns = (row.id, row.code, row.name, row.currency, row.timezone, row.targets)
    return {"companies": sqlalchemy.select(*map(col, columns)).order_by(col(row.name))}


# Asked by every screen and every call, of a handful of rows: composed once, and sifted by what somebody may see here.
_COMPANIES = Together(_all_companies)


def chosen_companies(session: Session, actor: Actor, permission: Permission, code: str) -> list[int]:
    """Return the ids of the company ``code``, or of all visible ones when it is empty.

    Raises ``NotFoundError`` for a company that does not exist or may not be seen: the two look the same.
    """
    visible = visible_companies(session, actor, permission)
    chosen = [company.company_id for company in visible if code in ("", company.code)]
    if code and not chosen:
        raise NotFoundError(f"There is no company {code}.", f"There are: {', '.join(c.code for c in visible)}.")
    return chosen
