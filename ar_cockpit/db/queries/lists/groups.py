"""Groups of customers with what they owe together: filtered, sorted and paged by the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Subquery, case, func, literal_column, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.lists.customers import conditions, debts_of, owed_currency
from ar_cockpit.db.queries.lists.words import worth_of
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.figures.listing import PAGE_SIZE, CustomerQuestion


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group, or a customer outside of groups: its members and what they owe by currency."""

    company: str
    code: str
    name: str
    is_group: bool
    members: int
    oldest_due_on: date | None
    open_by_currency: Mapping[str, int]
    overdue_by_currency: Mapping[str, int]


def group_count(session: Session, reached: ColumnElement[bool], asked: CustomerQuestion) -> int:
    """Return how many groups and single customers the list has."""
    whole = _groups(reached, asked, None)
    return int(session.execute(select(func.count()).select_from(whole)).scalar_one())


def group_page(
    session: Session, reached: ColumnElement[bool], asked: CustomerQuestion, worth: Mapping[str, float] | None
) -> list[GroupLine]:
    """Return one page of groups; ``worth`` compares amounts of many currencies."""
    whole = _groups(reached, asked, worth)
    first = _first(whole, asked)
    page = (
        select(whole.c.company_id, whole.c.head, whole.c.members, whole.c.oldest_due_on)
        .order_by(first, whole.c.company_id, whole.c.head)
        .limit(PAGE_SIZE)
        .offset((asked.page - 1) * PAGE_SIZE)
    )
    rows = session.execute(page).all()
    keys = [(company_id, head) for company_id, head, _, _ in rows]
    names = _heads(session, keys)
    sums = _sums(session, reached, asked, {head for _, head in keys})
    lines = []
    for company_id, head, members, oldest in rows:
        company, name, group_code = names[company_id, head]
        opened, overdue = sums.get((company_id, head), ({}, {}))
        lines.append(GroupLine(company, head, name, bool(group_code), members, oldest, opened, overdue))
    return lines


def _head() -> ColumnElement[str]:
    # Without a parameter: PostgreSQL takes the expression of the columns and that of the grouping for the same.
    nothing: ColumnElement[str] = literal_column("''")
    return case((col(CustomerRow.group_code) != nothing, col(CustomerRow.group_code)), else_=col(CustomerRow.code))


def _groups(reached: ColumnElement[bool], asked: CustomerQuestion, worth: Mapping[str, float] | None) -> Subquery:
    debts = debts_of(asked)
    weight = worth_of(owed_currency(debts), worth)
    head = _head()
    return (
        select(
            col(CustomerRow.company_id),
            head.label("head"),
            func.count(col(CustomerRow.id).distinct()).label("members"),
            func.sum(func.coalesce(debts.c.open_minor, 0) * weight).label("opened"),
            func.sum(func.coalesce(debts.c.overdue_minor, 0) * weight).label("overdue"),
            func.min(debts.c.oldest_due_on).label("oldest_due_on"),
            func.min(func.lower(col(CustomerRow.name))).label("name"),
        )
        .select_from(CustomerRow)
        .outerjoin(debts, debts.c.customer_id == col(CustomerRow.id))
        .where(reached, *conditions(asked, debts))
        .group_by(col(CustomerRow.company_id), head)
        .subquery("groups")
    )


def _first(whole: Subquery, asked: CustomerQuestion) -> ColumnElement[Any]:
    columns: dict[str, SQLColumnExpression[Any]] = {
        "overdue": whole.c.overdue,
        "name": whole.c.name,
        "open": whole.c.opened,
        "oldest": func.coalesce(whole.c.oldest_due_on, asked.as_of),
    }
    column = columns[asked.sort.key]
    return column.desc() if asked.sort.descending is not (asked.sort.key == "oldest") else column.asc()


def _heads(session: Session, keys: list[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, str, str]]:
    """Return company code, name and group of the customers that stand for their groups."""
    question = (
        select(
            col(CustomerRow.company_id),
            col(CustomerRow.code),
            col(CompanyRow.code),
            col(CustomerRow.name),
            col(CustomerRow.group_code),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(col(CustomerRow.code).in_({head for _, head in keys}))
    )
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in session.execute(question)}


def _sums(
    session: Session, reached: ColumnElement[bool], asked: CustomerQuestion, heads: set[str]
) -> dict[tuple[int, str], tuple[dict[str, int], dict[str, int]]]:
    """Return what the groups on a page owe, and what of it is overdue, by currency."""
    debts = debts_of(asked)
    head = _head()
    question = (
        select(
            col(CustomerRow.company_id),
            head,
            debts.c.currency,
            func.sum(debts.c.open_minor),
            func.sum(debts.c.overdue_minor),
        )
        .select_from(CustomerRow)
        .join(debts, debts.c.customer_id == col(CustomerRow.id))
        .where(reached, head.in_(heads), *conditions(asked, debts))
        .group_by(col(CustomerRow.company_id), head, debts.c.currency)
    )
    found: dict[tuple[int, str], tuple[dict[str, int], dict[str, int]]] = {}
    for company_id, code, currency, opened, overdue in session.execute(question):
        whole, late = found.setdefault((company_id, code), ({}, {}))
        whole[currency], late[currency] = int(opened), int(overdue)
    return found
