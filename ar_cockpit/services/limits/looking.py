"""What a credit manager looks at: limits due for review, alerts, holds, exposure of groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.credit import limits as stored
from ar_cockpit.db.queries.credit.limits import AlertLine, HeldLine, LimitLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CreditLimitRow, CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit_limits import ENDS_SOON
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.figures.consolidation import MissingRate
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting.touchpoints import Moment, subject
from ar_cockpit.services.limits.requests import replace_limit
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.rates.book import rates_into
from ar_cockpit.services.reminders import policy as policies

MOST = 100


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a group owes and may owe, in the head's currency; ``None`` is not available."""

    company_code: str
    code: str
    name: str
    currency: str
    open_minor: int | None
    overdue_minor: int | None
    limit_minor: int | None
    members_owing: int
    missing: tuple[MissingRate, ...] = ()

    @property
    def use(self) -> float | None:
        """The share of the limits together that is used."""
        return self.open_minor / self.limit_minor if self.limit_minor and self.open_minor is not None else None


def reviews(session: Session, actor: Actor, on: date, company: str = "") -> tuple[list[LimitLine], int]:
    """Return the limits that are due for a look, and how many there are in all."""
    days = policies.in_force(session).policy.credit.review_every_days
    seen = _seen(session, actor, Permission.SET_CREDIT, company)
    return stored.reviews(session, seen, on - timedelta(days=days), on + ENDS_SOON, MOST)


def keep(session: Session, actor: Actor, customer_id: int, when: Moment) -> None:
    """Note that a limit was looked at and stays as it is; one that has ended has to be decided anew."""
    line = reach.customer(session, actor, Permission.SET_CREDIT, customer_id)
    if line.limit_minor is None:
        raise RefusedError(f"{line.name} has no limit.", "Ask for one.")
    in_force = select(CreditLimitRow).where(
        col(CreditLimitRow.company_id) == line.company_id,
        col(CreditLimitRow.customer_id) == line.customer_id,
        col(CreditLimitRow.replaced_at).is_(None),
        col(CreditLimitRow.amount_minor) == line.limit_minor,
    )
    row = session.exec(in_force).first()
    if row is not None and row.valid_until is not None and row.valid_until < when.on + ENDS_SOON:
        raise RefusedError(f"The limit of {line.name} ends on {row.valid_until}.", "Ask for it anew, with another end.")
    before = row.reviewed_on.isoformat() if row else None
    if row is None:
        replace_limit(session, line, when)
        row = CreditLimitRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            amount_minor=line.limit_minor,
            currency=line.currency,
            decided_on=when.on,
            decided_at=when.at,
            decided_by=actor.email,
            reviewed_on=when.on,
            reviewed_by=actor.email,
        )
        session.add(row)
    row.reviewed_on, row.reviewed_by = when.on, actor.email
    session.flush()
    after = {"reviewed_on": when.on.isoformat(), "amount_minor": line.limit_minor}
    audit.record(session, actor, "credit.review", subject(line), before={"reviewed_on": before}, after=after)


def alerts(session: Session, actor: Actor, company: str = "") -> tuple[list[AlertLine], int]:
    """Return what is told of limits, the newest first, and how many there are."""
    return stored.alerts(session, _seen(session, actor, Permission.SET_CREDIT, company), MOST)


def held(session: Session, actor: Actor, on: date, company: str = "") -> list[HeldLine]:
    """Return the customers that finance holds."""
    return stored.held(session, _seen(session, actor, Permission.SET_CREDIT, company), on, MOST)


def exposures(session: Session, actor: Actor, on: date, company: str = "", most: int = 20) -> list[Exposure]:
    """Return the groups that owe most, each in the currency of its head."""
    seen = _seen(session, actor, Permission.SET_CREDIT, company)
    heads = stored.heads(session, seen)
    owed: dict[tuple[int, str], dict[str, int]] = {}
    late: dict[tuple[int, str], dict[str, int]] = {}
    owing: dict[tuple[int, str], int] = {}
    for company_id, code, currency, open_minor, overdue, members in stored.group_sums(session, seen, on):
        owed.setdefault((company_id, code), {})[currency] = open_minor
        late.setdefault((company_id, code), {})[currency] = overdue
        owing[company_id, code] = owing.get((company_id, code), 0) + members
    limits: dict[tuple[int, str], dict[str, int]] = {}
    unlimited: set[tuple[int, str]] = set()
    for company_id, code, currency, minor, without in stored.group_limits(session, seen):
        limits.setdefault((company_id, code), {})[currency] = minor
        unlimited |= {(company_id, code)} if without else set()
    found = []
    for key, (company_code, name, currency) in heads.items():
        if key not in owed:
            continue
        own = limits.get(key, {})
        rates = rates_into(currency, {*owed[key], *own}, on)
        found.append(
            Exposure(
                company_code,
                key[1],
                name,
                currency,
                rates.total(owed[key]),
                rates.total(late[key]),
                None if key in unlimited else rates.total(own),
                owing[key],
                rates.missing(owed[key], own),
            )
        )
    return sorted(found, key=lambda one: (-(one.open_minor or 0), one.code))[:most]


def levels(session: Session, actor: Actor, company: str = "") -> dict[str, int]:
    """Return how many customers were last judged ok, to watch and on hold."""
    return stored.levels(session, _seen(session, actor, Permission.SET_CREDIT, company))


def _seen(session: Session, actor: Actor, permission: Permission, company: str) -> ColumnElement[bool]:
    seen = customer_clause(actor.scope(permission), actor.email)
    if company:
        seen &= col(CustomerRow.company_id).in_(chosen_companies(session, actor, permission, company))
    return seen
