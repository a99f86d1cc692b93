"""What happened in a week with the customers of sales owners: of whom there is anything to tell, and what.

Whatever is asked of a week is asked of its days from ``first`` to ``last``, both counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select, union
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.tables import (
    CompanyRow,
    CreditAlertRow,
    CustomerRow,
    DisputeCaseRow,
    DisputeRow,
    InvoiceRow,
    StandingChangeRow,
    UserRow,
)
from ar_cockpit.domain.calendar import OPEN_END

MOST_TOLD = 400  # of each kind, for one person


@dataclass(frozen=True, slots=True)
class Week:
    """The days that a mail tells of."""

    first: date
    last: date


class Reader(NamedTuple):
    """A sales owner of whose customers there is something to tell, and how that company writes."""

    user_id: int
    email: str
    mail_from: str
    mail_reply_to: str


class Owned(NamedTuple):
    """A customer in a mail."""

    customer_id: int
    company_id: int
    company_code: str
    code: str
    name: str
    sales_email: str


class Moved(NamedTuple):
    """A change of standing; the reasons are those of the new one."""

    owned: Owned
    before: str
    after: str
    reasons: list[dict[str, Any]]


class Limited(NamedTuple):
    """What began to be told of a customer's limit and still holds."""

    owned: Owned
    kind: str
    facts: dict[str, Any]


class Disputed(NamedTuple):
    """A dispute of the week: one that waits for the reader's answer, or one that somebody answered."""

    owned: Owned
    invoice: str
    reason: str
    answer_due_on: date
    is_answered: bool
    answer: str


class Overdue(NamedTuple):
    """What of a customer became overdue in the week and is not paid."""

    owned: Owned
    currency: str
    minor: int
    invoices: int


def readers(session: Session, week: Week) -> list[Reader]:
    """Return the active users who want the mail and of whose customers or disputes there is anything to tell."""
    customer = CustomerRow
    owners = [
        _of_customers(select(col(customer.sales_email)), row).where(condition)
        for row, condition in (
            (StandingChangeRow, _within(col(StandingChangeRow.changed_on), week)),
            (CreditAlertRow, _alerts(week)),
            (InvoiceRow, _became_overdue(week)),
        )
    ]
    owners.append(
        _of_customers(select(col(customer.sales_email)), DisputeRow)
        .join(DisputeCaseRow, col(DisputeCaseRow.dispute_id) == col(DisputeRow.id))
        .where(_within(col(DisputeCaseRow.answered_on), week))
    )
    owners.append(select(col(DisputeRow.owner_email)).where(_opened(week)))
    emails = union(*owners).subquery()
    first = func.min(col(CompanyRow.id))
    companies = select(first).scalar_subquery()
    question = (
        select(col(UserRow.id), col(UserRow.email), col(CompanyRow.mail_from), col(CompanyRow.mail_reply_to))
        .join(emails, emails.c[0] == col(UserRow.email))
        .join(CompanyRow, col(CompanyRow.id) == companies)
        .where(col(UserRow.is_active), col(UserRow.wants_weekly))
        .order_by(col(UserRow.id))
    )
    return [Reader(*values) for values in session.execute(question)]


def moved(session: Session, email: str, week: Week) -> list[Moved]:
    """Return the changes of standing of a person's customers, the oldest first."""
    row = StandingChangeRow
    question = _of_customers(select(*_owned(), col(row.before), col(row.after), col(row.reasons)), row)
    found = question.where(col(CustomerRow.sales_email) == email, _within(col(row.changed_on), week))
    return [Moved(Owned(*one[:6]), *one[6:]) for one in session.execute(_some(found, col(row.id)))]


def limited(session: Session, email: str, week: Week) -> list[Limited]:
    """Return what began to be told of the limits of a person's customers."""
    row = CreditAlertRow
    question = _of_customers(select(*_owned(), col(row.kind), col(row.facts)), row)
    found = question.where(col(CustomerRow.sales_email) == email, _alerts(week))
    return [Limited(Owned(*one[:6]), *one[6:]) for one in session.execute(_some(found, col(row.id)))]


def disputed(session: Session, email: str, week: Week) -> list[Disputed]:
    """Return the disputes that wait for a person, then those of its customers that somebody answered."""
    row, case = DisputeRow, DisputeCaseRow
    is_answered = _within(col(case.answered_on), week)
    mine = (col(row.owner_email) == email) & _opened(week) & col(case.answered_on).is_(None)
    answered = (col(CustomerRow.sales_email) == email) & is_answered & (col(case.answered_by) != email)
    question = _of_customers(
        select(
            *_owned(),
            col(InvoiceRow.number),
            col(row.reason),
            col(row.answer_due_on),
            func.coalesce(is_answered, False),
            func.coalesce(col(case.answer), ""),
        ),
        row,
    )
    found = (
        question.join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .outerjoin(case, col(case.dispute_id) == col(row.id))
        .where(mine | answered)
    )
    ordered = _some(found, col(row.id))
    told = [Disputed(Owned(*one[:6]), *one[6:]) for one in session.execute(ordered)]
    return sorted(told, key=lambda one: one.is_answered)


def overdue(session: Session, email: str, week: Week) -> list[Overdue]:
    """Return what became overdue in the week, by customer and currency, the largest first."""
    row = InvoiceRow
    total = func.sum(col(row.open_minor))
    question = _of_customers(select(*_owned(), col(row.currency), total, func.count()), row)
    found = (
        question.where(col(CustomerRow.sales_email) == email, _became_overdue(week))
        .group_by(*_owned(), col(row.currency))
        .order_by(total.desc(), col(CustomerRow.id))
        .limit(MOST_TOLD)
    )
    return [Overdue(Owned(*one[:6]), one[6], int(one[7]), int(one[8])) for one in session.execute(found)]


def _owned() -> tuple[Any, ...]:
    row = CustomerRow
    return (
        col(row.id),
        col(row.company_id),
        col(CompanyRow.code),
        col(row.code),
        col(row.name),
        col(row.sales_email),
    )


def _of_customers(question: Select[Any], row: Any) -> Select[Any]:
    """Join the customers of a table's rows, archived ones left out, and their companies."""
    return (
        question.select_from(row)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(col(CustomerRow.archived_at).is_(None))
    )


def _some(question: Select[Any], key: Any) -> Select[Any]:
    return question.order_by(key).limit(MOST_TOLD)


def _within(day: SQLColumnExpression[Any], week: Week) -> ColumnElement[bool]:
    return day.between(week.first, week.last)


def _alerts(week: Week) -> ColumnElement[bool]:
    row = CreditAlertRow
    return _within(col(row.since_on), week) & col(row.ended_on).is_(None)


def _opened(week: Week) -> ColumnElement[bool]:
    row = DisputeRow
    still = col(row.closed_on) == OPEN_END
    return _within(col(row.opened_on), week) & still & col(row.opened_on_is_known) & (col(row.owner_email) != "")


def _became_overdue(week: Week) -> ColumnElement[bool]:
    """Return the invoices that are overdue on the last day and were not before the first."""
    row = InvoiceRow
    is_late = (col(row.due_on) >= _day_before(week.first)) & (col(row.due_on) < week.last)
    return is_late & is_open_on(week.last) & (col(row.amount_minor) > 0)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def with_a_mail(session: Session, user_ids: Sequence[int], on: date, row: Any) -> set[int]:
    """Return which of ``user_ids`` have their mail of a day already."""
    question = select(col(row.user_id)).where(col(row.user_id).in_(user_ids), col(row.business_on) == on)
    return set(session.execute(question).scalars())
