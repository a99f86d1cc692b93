"""Groups of customers: who belongs together, and what they owe together in one currency."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.standing import CreditBook, judged_book
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit import Level, standing
from ar_cockpit.domain.figures.consolidated import due_or_not
from ar_cockpit.domain.figures.consolidation import Conversion, MissingRate
from ar_cockpit.domain.groups import Groups, groups_of
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.policy.credit_rules import GROUP_MEANS, StandingRules
from ar_cockpit.services import portfolio
from ar_cockpit.services.rates.book import rates_into


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """What a customer's group owes, in the customer's currency, over the members that the actor may see."""

    code: str
    name: str
    company_code: str
    members: tuple[CustomerLine, ...]
    level: Level  # the worst of its members
    open_minor: int | None
    overdue_minor: int | None
    limit_minor: int | None  # of all members together; none when one that owes has no limit
    rates: Conversion
    missing: tuple[MissingRate, ...]

    @property
    def available_minor(self) -> int | None:
        """What is left of the limits together."""
        if self.limit_minor is None or self.open_minor is None:
            return None
        return self.limit_minor - self.open_minor

    @property
    def currency(self) -> str:
        """The currency of the amounts."""
        return self.rates.into


def assign_groups(session: Session, company_id: int) -> Groups:
    """Write the group of every customer of a company as its parents tell; return what was found."""
    row = CustomerRow
    of_company = col(row.company_id) == company_id
    told = sqlalchemy.select(col(row.id)).where(of_company, (col(row.parent_code) != "") | (col(row.group_code) != ""))
    if session.execute(told.limit(1)).first() is None:
        return groups_of({})
    question = sqlalchemy.select(col(row.id), col(row.code), col(row.parent_code), col(row.group_code))
    known = session.execute(question.where(of_company)).all()
    found = groups_of({code: parent for _, code, parent, _ in known})
    changed = [
        {"id": customer_id, "group_code": found.head_of.get(code, "")}
        for customer_id, code, _, before in known
        if found.head_of.get(code, "") != before
    ]
    if changed:
        session.execute(sqlalchemy.update(CustomerRow), changed)
    return found


def group_of(session: Session, actor: Actor, line: CustomerLine, currency: str, as_of: date) -> GroupStanding | None:
    """Return what the customer's group owes in ``currency``, or ``None`` for a customer outside of groups.

    Only members whose standing the actor may see are counted.
    """
    if not line.group_code:
        return None
    together = (col(CustomerRow.company_id) == line.company_id) & (col(CustomerRow.group_code) == line.group_code)
    seen = customer_clause(actor.scope(Permission.VIEW_STANDING), actor.email)
    book = judged_book(session, together & seen, as_of)
    owed, overdue, limits = _sums(book, as_of)
    needed = {*owed, *limits}
    rates = rates_into(currency, needed, as_of)
    not_due = {code: minor - overdue.get(code, 0) for code, minor in owed.items()}
    _, late = due_or_not(not_due, overdue, rates)
    levels = [portfolio.judged(one, book, as_of)[1].level for one in book.lines]
    return GroupStanding(
        code=line.group_code,
        name=_name_of(session, line),
        company_code=line.company_code,
        members=tuple(book.lines),
        level=max(levels, key=list(Level).index, default=Level.OK),
        open_minor=rates.total(owed),
        overdue_minor=late,
        limit_minor=rates.total(limits) if _every_debtor_has_a_limit(book) else None,
        rates=rates,
        missing=rates.missing(owed, overdue),
    )


def group_told(group: GroupStanding) -> dict[str, Any]:
    """Return what a group owes as programs are told it, by API and command line alike."""
    currency, day = group.currency, group.rates.rate_date

    def amount(minor: int | None) -> str | None:
        return None if minor is None else decimal_string(minor, currency)

    return {
        "code": group.code,
        "name": group.name,
        "customers": [member.code for member in group.members],
        "standing": group.level.value,
        "currency": currency,
        "credit_limit": amount(group.limit_minor),
        "open": amount(group.open_minor),
        "overdue": amount(group.overdue_minor),
        "available_credit": amount(group.available_minor),
        "rate_date": day.isoformat() if day else None,
        "errors": [
            {"currency": one.currency, "date": one.on.isoformat(), "message": one.sentence} for one in group.missing
        ],
    }


def held_beside(session: Session, book: CreditBook, as_of: date, rules: StandingRules | None = None) -> dict[int, int]:
    """Return how many others of their groups are on hold, for the customers of ``book``, where the policy asks it.

    It asks so of every member, whoever may see it: a group's trouble is no secret, and no name is told. ``rules`` are
    those to judge by, if not those in force.
    """
    rules = rules or portfolio.rules_of(book)
    if rules.group == GROUP_MEANS[0]:
        return {}
    heads = {(line.company_id, line.group_code) for line in book.lines if line.group_code}
    if not heads:
        return {}
    codes = sorted({code for _, code in heads})
    members = judged_book(session, col(CustomerRow.group_code).in_(codes), as_of)
    held: dict[tuple[int, str], set[int]] = {}
    for line in members.lines:
        if standing(portfolio.credit_facts(line, members, as_of), rules).level is Level.HOLD:
            held.setdefault((line.company_id, line.group_code), set()).add(line.customer_id)
    counts = {
        line.customer_id: len(held.get((line.company_id, line.group_code), set()) - {line.customer_id})
        for line in book.lines
    }
    return {key: number for key, number in counts.items() if number}


def _sums(book: CreditBook, as_of: date) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return what is open, what of it is overdue, and the limits, by currency; invoices only, as a standing has it."""
    owed: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for items in book.items.values():
        for item in items:
            if item.open_minor > 0:
                owed[item.currency] += item.open_minor
                overdue[item.currency] += item.open_minor if item.due_on < as_of else 0
    limits: Counter[str] = Counter()
    for line in book.lines:
        limits[line.currency] += line.limit_minor or 0
    return owed, overdue, limits


def _every_debtor_has_a_limit(book: CreditBook) -> bool:
    owing = {key for key, items in book.items.items() if any(item.open_minor > 0 for item in items)}
    limited = [line for line in book.lines if line.limit_minor is not None]
    return bool(limited) and owing <= {line.customer_id for line in limited}


def _name_of(session: Session, line: CustomerLine) -> str:
    """Return the name of the head, whom everybody in the group may know of."""
    question = sqlalchemy.select(col(CustomerRow.name)).where(
        col(CustomerRow.company_id) == line.company_id, col(CustomerRow.code) == line.group_code
    )
    return str(session.execute(question).scalar_one())
