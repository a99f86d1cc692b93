"""Who collects, whose customers are whose, who is away, and who has which customer open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ar_cockpit.db.tables import (
    AbsenceRow,
    CompanyRow,
    CustomerRow,
    CustomerSegmentRow,
    InvoiceRow,
    PortfolioRuleRow,
    RoleGrantRow,
    TaskClaimRow,
    UserRow,
)
from ar_cockpit.db.together import AS_OF, Together
from ar_cockpit.domain.access import Role
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.portfolios import Owned, Rule, all_covered

# Without a sign of life for so long a customer is free again: a closed lid, a lost line.
LAPSES = timedelta(seconds=45)
_COLLECTING = (Role.COLLECTOR.value, Role.CREDIT_MANAGER.value)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a customer open since when."""

    customer_id: int
    email: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, and somebody else has the customers."""

    absence_id: int
    collector_email: str
    cover_email: str
    from_on: date
    to_on: date
    note: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """A customer whom nobody looks after: it has no collector, or one who does not collect here any more."""

    customer_id: int
    company_code: str
    code: str
    name: str
    country: str
    currency: str
    open_minor: int
    collector_email: str


def collectors(session: Session, company_ids: Sequence[int] | None = None) -> list[tuple[str, str]]:
    """Return (e-mail, name) of everybody who collects (in one of these companies), by name."""
    grant = RoleGrantRow
    held = [col(grant.user_id) == col(UserRow.id), col(grant.role).in_(_COLLECTING)]
    if company_ids is not None:
        held.append(or_(col(grant.company_id).is_(None), col(grant.company_id).in_(company_ids)))
    question = select(col(UserRow.email), col(UserRow.name)).where(col(UserRow.is_active), exists().where(*held))
    return [(email, name) for email, name in session.execute(question.order_by(col(UserRow.name), col(UserRow.email)))]


def collects_for(session: Session, email: str) -> set[int]:
    """Return the companies that a user collects for."""
    grant, company = RoleGrantRow, CompanyRow
    question = (
        select(col(company.id))
        .join(grant, or_(col(grant.company_id).is_(None), col(grant.company_id) == col(company.id)))
        .join(UserRow, col(UserRow.id) == col(grant.user_id))
        .where(col(UserRow.email) == email, col(UserRow.is_active), col(grant.role).in_(_COLLECTING))
    )
    return set(session.execute(question).scalars())


def collecting(session: Session) -> set[tuple[str, int | None]]:
    """Return who collects for which company; no company means all of them."""
    grant = RoleGrantRow
    question = (
        select(col(UserRow.email), col(grant.company_id))
        .join(grant, col(grant.user_id) == col(UserRow.id))
        .where(col(UserRow.is_active), col(grant.role).in_(_COLLECTING))
    )
    return {(email, company_id) for email, company_id in session.execute(question)}


def has_nobody() -> ColumnElement[bool]:
    """Return the customers whose collector is empty or nobody who collects in their company."""
    grant = RoleGrantRow
    works = (
        exists()
        .where(
            col(UserRow.email) == func.lower(col(CustomerRow.collector_email)),
            col(UserRow.is_active),
            col(grant.user_id) == col(UserRow.id),
            col(grant.role).in_(_COLLECTING),
            or_(col(grant.company_id).is_(None), col(grant.company_id) == col(CustomerRow.company_id)),
        )
        .correlate(CustomerRow)
    )
    return or_(col(CustomerRow.collector_email) == "", ~works)


def orphans(session: Session, reached: ColumnElement[bool], most: int) -> tuple[int, list[Orphan]]:
    """Return how many of ``reached`` have nobody, and the first of them, the largest open amount in front."""
    these = and_(reached, has_nobody())
    total = int(session.execute(select(func.count()).select_from(CustomerRow).where(these)).scalar_one())
    owed = _owed().label("open_minor")
    question: Select[*tuple[Any, ...]] = (
        select(
            col(CustomerRow.id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(CustomerRow.country),
            col(CustomerRow.currency),
            owed,
            col(CustomerRow.collector_email),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(these)
        .order_by(owed.desc(), col(CustomerRow.id))
        .limit(most)
    )
    rows = session.execute(question)
    return total, [
        Orphan(key, company, code, name, country, currency, int(minor), email)
        for key, company, code, name, country, currency, minor, email in rows
    ]


def owned(session: Session, company_id: int, *, only_orphans: bool) -> list[Owned]:
    """Return what each customer of a company is assigned by."""
    segment = func.coalesce(col(CustomerSegmentRow.segment), col(CustomerRow.segment_key))
    question: Select[*tuple[Any, ...]] = (
        select(
            col(CustomerRow.id),
            col(CustomerRow.name),
            col(CustomerRow.country),
            segment,
            _owed(),
            func.lower(col(CustomerRow.collector_email)),
            col(CustomerRow.currency),
        )
        .outerjoin(CustomerSegmentRow, col(CustomerSegmentRow.customer_id) == col(CustomerRow.id))
        .where(col(CustomerRow.company_id) == company_id)
    )
    if only_orphans:
        question = question.where(has_nobody())
    rows = session.execute(question.order_by(col(CustomerRow.id)))
    return [
        Owned(key, name, country, segment, int(minor), email, currency)
        for key, name, country, segment, minor, email, currency in rows
    ]


def rules(session: Session, company_id: int) -> list[tuple[int, Rule]]:
    """Return a company's rules with their keys, the first to decide in front."""
    row = PortfolioRuleRow
    question = select(
        col(row.id),
        col(row.collector_email),
        col(row.country),
        col(row.segment),
        col(row.name_from),
        col(row.name_to),
        col(row.least_minor),
        col(row.most_minor),
        col(row.currency),
    ).where(col(row.company_id) == company_id)
    return [(one[0], Rule(*one[1:])) for one in session.execute(question.order_by(col(row.place), col(row.id)))]


def absences(session: Session, since: date) -> list[Absence]:
    """Return the absences that are not over by ``since``, the next first."""
    row = AbsenceRow
    question = select(
        col(row.id), col(row.collector_email), col(row.cover_email), col(row.from_on), col(row.to_on), col(row.note)
    ).where(col(row.cancelled_at).is_(None), col(row.to_on) >= since)
    return [Absence(*one) for one in session.execute(question.order_by(col(row.from_on), col(row.id)))]


def covered_by(session: Session, email: str, on: date) -> list[str]:
    """Return whose customers ``email`` has on a day besides the own ones, through other covers too."""
    return sorted(all_covered(email, [(away, cover) for away, cover in _COVERS.ask(session, as_of=on)["covers"]]))


def _covers() -> dict[str, Select[*tuple[Any, ...]]]:
    row = AbsenceRow
    is_away = (col(row.cancelled_at).is_(None), col(row.from_on) <= AS_OF, col(row.to_on) >= AS_OF)
    return {"covers": select(col(row.collector_email), col(row.cover_email)).where(*is_away)}


_COVERS = Together(_covers)  # asked at every look at a day


def companies_of(session: Session, emails: Collection[str]) -> dict[int, str]:
    """Return the companies in which any of these collectors has customers, with their codes."""
    has = func.lower(col(CustomerRow.collector_email)).in_(emails)
    question = select(col(CompanyRow.id), col(CompanyRow.code)).where(
        col(CompanyRow.id).in_(select(col(CustomerRow.company_id)).where(has))
    )
    return dict(session.execute(question.order_by(col(CompanyRow.code))).all())


def claim(session: Session, customer_id: int, email: str, at: datetime) -> None:
    """Take a customer, unless somebody else has it; whoever has it already keeps it and is seen."""
    make: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = TaskClaimRow
    new = make(row).values(customer_id=customer_id, email=email, taken_at=at, seen_at=at)
    lapsed = {"email": email, "taken_at": at, "seen_at": at}
    session.execute(
        new.on_conflict_do_update(index_elements=["customer_id"], set_=lapsed, where=col(row.seen_at) < at - LAPSES)
    )
    seen = update(row).where(col(row.customer_id) == customer_id, col(row.email) == email)
    session.execute(seen.values(seen_at=at))


def release(session: Session, email: str, but: int = 0) -> None:
    """Let go of everything that ``email`` has, but one customer."""
    row = TaskClaimRow
    session.execute(delete(row).where(col(row.email) == email, col(row.customer_id) != but))


def release_customer(session: Session, customer_id: int) -> None:
    """Let a customer be free, whoever has it."""
    session.execute(delete(TaskClaimRow).where(col(TaskClaimRow.customer_id) == customer_id))


def claims(session: Session, at: datetime) -> dict[int, Claim]:
    """Return who has which customer open at ``at``."""
    row = TaskClaimRow
    question = select(col(row.customer_id), col(row.email), col(row.taken_at)).where(col(row.seen_at) >= at - LAPSES)
    return {one[0]: Claim(*one) for one in session.execute(question)}


def _owed() -> ColumnElement[int]:
    return (
        select(func.coalesce(func.sum(col(InvoiceRow.open_minor)), 0))
        .where(
            col(InvoiceRow.customer_id) == col(CustomerRow.id),
            col(InvoiceRow.closed_on) == OPEN_END,
            col(InvoiceRow.currency) == col(CustomerRow.currency),
        )
        .correlate(CustomerRow)
        .scalar_subquery()
    )
