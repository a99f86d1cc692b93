"""Tell colleagues of a dispute that concerns them: at the bell at once, by mail if they are away."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import CompanyRow, TouchpointRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.i18n import catalogue, say
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import mentions
from ar_cockpit.services.people.colleagues import colleagues_of

OPENED, ANSWERED, CLOSED, HANDED = "opened", "answered", "closed", "handed"


def tell(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    what: tuple[str, str, str],
    emails: Iterable[str],
    said: str,
    when: Moment,
) -> int | None:
    """Tell who of ``emails`` may see the customer, but for the actor, and return the touchpoint that says so.

    ``what`` is what happened, the invoice, and the reason or outcome; the sentence is in the company's language.
    """
    wanted = {email.lower() for email in emails if email} - {actor.email.lower()}
    who = [one for one in colleagues_of(session, line) if one.email.lower() in wanted] if wanted else []
    if not who:
        return None
    row = TouchpointRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        kind="dispute_told",
        happened_on=when.on,
        happened_at=when.at,
        actor_email=actor.email,
        text=_sentence(session, line, what, said),
        facts={"told": sorted(one.email for one in who)},
    )
    session.add(row)
    session.flush()
    mentions.ring(session, actor, line, row.id, who, at=when.at)
    return row.id


def take_back(session: Session, facts: dict[str, object], row: TouchpointRow) -> None:
    """Take what was told back with the act ``row`` that it told of."""
    told = facts.get("told_touchpoint")
    if isinstance(told, int):
        session.get_one(TouchpointRow, told).undone_at = row.happened_at


def _sentence(session: Session, line: CustomerLine, what: tuple[str, str, str], said: str) -> str:
    happened, invoice, why = what
    found = session.exec(select(CompanyRow.language).where(CompanyRow.id == line.company_id)).first()
    language = found if found in {"en", "fr"} else "en"
    known = catalogue(language)
    words = known.get(f"dispute.outcome.{why}") or known.get(f"dispute.{why}") or ""
    sentence = say(language, f"agreements.told.{happened}", invoice=invoice, why=words).rstrip(" :,(")
    return f"{sentence}. {said}".strip()
