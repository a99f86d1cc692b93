"""What each customer owes today, kept: by customer, and by the few kinds that customers are grouped by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import owing, parts
from ar_cockpit.db.queries.figures.parts import Traits
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.streaming import narrow, whole
from ar_cockpit.db.tables import CustomerBalanceRow, CustomerRow, FiguresStateRow, KindBalanceRow

_OWING = (*owing.KEY, *owing.AMOUNTS)
_COUNTED = ("customers", "firsts", "overdue_customers")
_KIND = ("company_id", "currency", *Traits._fields)
_KINDS = (*_KIND, *_COUNTED, *owing.AMOUNTS[1:])


class KindSum(NamedTuple):
    """What the customers of one kind owe in one currency; see :class:`ar_cockpit.db.tables.KindBalanceRow`."""

    customers: int
    firsts: int
    overdue_customers: int
    overdue_documents: int
    open_minor: int
    overdue_minor: int
    left_minor: int
    of_due_minor: int
    collected_minor: int


def are_kept(session: Session, company_ids: Collection[int], on: date) -> bool:
    """Return whether what the customers of all these companies owe on a day may be read from what is kept."""
    row = FiguresStateRow
    kept = select(func.count()).where(
        col(row.company_id).in_(company_ids), col(row.flows_are_built), col(row.balances_on) == on
    )
    return int(session.execute(kept).scalar_one()) == len(set(company_ids))


def outdated(session: Session, on: date) -> list[int]:
    """Return the companies of which it is to be kept anew; those whose sums by day are first."""
    row = FiguresStateRow
    is_other = or_(col(row.balances_on).is_(None), col(row.balances_on) != on)
    missing = select(col(row.company_id)).where(col(row.flows_are_built), is_other).order_by(col(row.company_id))
    return list(session.execute(missing).scalars())


def rebuild(session: Session, company_id: int, on: date) -> None:
    """Keep what the customers of a company, which is held, owe on a day."""
    for row in (CustomerBalanceRow, KindBalanceRow):
        session.execute(delete(row).where(col(row.company_id) == company_id))
    session.execute(insert(CustomerBalanceRow).from_select(_OWING, owing.of_company(company_id, on)))
    session.execute(insert(KindBalanceRow).from_select(_KINDS, _kinds_of(company_id)))
    state = FiguresStateRow
    session.execute(update(state).where(col(state.company_id) == company_id).values(balances_on=on))


def by_kind(session: Session, company_ids: Sequence[int]) -> dict[str, dict[Traits, KindSum]]:
    """Return the sums of every kind of customers by currency, also of those who owe nothing."""
    row = KindBalanceRow
    key = [col(getattr(row, name)) for name in _KIND[1:]]
    sums = (cast(func.sum(getattr(row, name)), BigInteger) for name in KindSum._fields)
    question = select(*key, *sums).where(col(row.company_id).in_(company_ids)).group_by(*key)
    found: dict[str, dict[Traits, KindSum]] = {}
    for currency, *told in narrow(session, question):
        kind, amounts = told[: len(Traits._fields)], told[len(Traits._fields) :]
        found.setdefault(currency, {})[Traits._make(kind)] = KindSum._make(amounts)
    return found


def of_customers(session: Session, about: Slice) -> list[tuple[Any, ...]]:
    """Return each customer with open documents, what is open and what of it is overdue."""
    row = CustomerBalanceRow
    question = select(col(row.customer_id), col(row.open_minor), col(row.overdue_minor)).where(
        col(row.company_id).in_(about.company_ids), col(row.currency) == about.currency, col(row.documents) > 0
    )
    if about.part:
        question = question.where(parts.is_of(about.part, about.company_ids, col(row.customer_id)))
    return whole(session, question)


def stored(session: Session, company_id: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows kept of a company's customers by key."""
    row = CustomerBalanceRow
    kept = select(*(col(getattr(row, name)) for name in _OWING)).where(col(row.company_id) == company_id)
    return _by_key(session.execute(kept), len(owing.KEY))


def computed(session: Session, company_id: int, on: date) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows that a company's ledger makes."""
    return _by_key(session.execute(owing.of_company(company_id, on)), len(owing.KEY))


def stored_kinds(session: Session, company_id: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows kept of a company's kinds of customers by key."""
    row = KindBalanceRow
    kept = select(*(col(getattr(row, name)) for name in _KINDS)).where(col(row.company_id) == company_id)
    return _by_key(session.execute(kept), len(_KIND))


def computed_kinds(session: Session, company_id: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the rows that what is kept of a company's customers makes."""
    return _by_key(session.execute(_kinds_of(company_id)), len(_KIND))


def kept_days(session: Session) -> dict[int, date]:
    """Return the companies of which it is kept, with the day."""
    row = FiguresStateRow
    kept = select(col(row.company_id), col(row.balances_on)).where(
        col(row.flows_are_built), col(row.balances_on).is_not(None)
    )
    return {company_id: on for company_id, on in session.execute(kept)}  # noqa: C416 (a row is no tuple to mypy)


def _kinds_of(company_id: int) -> Any:
    """Return the sums of what is kept of a company's customers, by kind; a row of noughts for who owes nothing."""
    row, customer, nothing = CustomerBalanceRow, CustomerRow, literal(0, Integer)
    owes = col(row.documents) > 0
    firsts = (
        select(col(row.customer_id), func.min(col(row.currency)).label("currency"))
        .where(col(row.company_id) == company_id, owes)
        .group_by(col(row.customer_id))
        .subquery("firsts")
    )
    is_first = and_(owes, firsts.c.currency == col(row.currency))
    counted = [_one(owes), _one(is_first), _one(col(row.overdue_minor) > 0)]
    amounts = [*counted, *(col(getattr(row, name)) for name in owing.AMOUNTS[1:])]
    names = _KINDS[len(_KIND) :]
    owed = (
        parts.told_of_customers(
            select(
                col(row.currency).label("currency"),
                *parts.traits(),
                *(amount.label(name) for amount, name in zip(amounts, names, strict=True)),
            )
            .select_from(row)
            .join(customer, col(customer.id) == col(row.customer_id))
        )
        .outerjoin(firsts, firsts.c.customer_id == col(row.customer_id))
        .where(col(row.company_id) == company_id)
    )
    others = parts.told_of_customers(
        select(col(customer.currency), *parts.traits(), *(nothing for _ in names)).select_from(customer)
    ).where(col(customer.company_id) == company_id)
    both = union_all(owed, others).subquery("both")
    key = [both.c[name] for name in _KIND[1:]]
    sums = (cast(func.sum(both.c[name]), BigInteger if name.endswith("_minor") else Integer) for name in names)
    return select(literal(company_id, Integer), *key, *sums).group_by(*key)


def _one(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _by_key(rows: Any, width: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return {tuple(row[:width]): tuple(int(one) for one in row[width:]) for row in rows}
