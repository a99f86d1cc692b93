"""What every list of agreements shares: a subquery of judged rows, its filters, ages, sums, order and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select, true
from sqlmodel import Session

from ar_cockpit.db.queries.lists.words import any_holds
from ar_cockpit.domain.collecting.listing import ListQuestion
from ar_cockpit.domain.figures.listing import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows, and the sums of their two amounts."""

    count: int
    first_minor: int
    second_minor: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A list's rows: the subquery, which are shown by what, which have an age, the columns summed and sorted by."""

    rows: Subquery
    shown: Mapping[str, ColumnElement[bool]]
    is_aged: ColumnElement[bool]
    summed: tuple[ColumnElement[Any], ColumnElement[Any]]
    sorted_by: Mapping[str, ColumnElement[Any]]


def sums(session: Session, judged: Judged, asked: ListQuestion) -> Sums:
    """Return the count and the sums of the whole list."""
    first, second = judged.summed
    question = select(func.count(), func.sum(first), func.sum(second)).where(*_conditions(judged, asked))
    count, one, other = session.execute(question.select_from(judged.rows)).one()
    return Sums(int(count), int(one or 0), int(other or 0))


def ages(session: Session, judged: Judged, asked: ListQuestion) -> dict[str, Sums]:
    """Return count and sums of those that have an age, by age, whichever of them the list shows."""
    keys = asked.listing.age_keys
    if not keys:
        return {}
    first, second = judged.summed
    place = _age(judged, asked)
    question = (
        select(place, func.count(), func.sum(first), func.sum(second))
        .where(judged.is_aged, *_narrowed(judged, asked))
        .group_by(place)
    )
    found = {keys[index]: Sums(int(n), int(one), int(other)) for index, n, one, other in session.execute(question)}
    return {key: found.get(key, Sums(0, 0, 0)) for key in keys}


MOST_OWNERS = 200


def owners(session: Session, judged: Judged) -> list[str]:
    """Return whose the rows of the list are, whatever it shows."""
    owner = judged.rows.c.owner
    question = select(owner).where(owner != "").distinct().order_by(owner).limit(MOST_OWNERS)
    return list(session.execute(question).scalars())


def page(session: Session, judged: Judged, asked: ListQuestion) -> list[Any]:
    """Return the rows of one page."""
    rows = _ordered(judged, asked).limit(PAGE_SIZE).offset((asked.page - 1) * PAGE_SIZE)
    return list(session.execute(rows))


def every(session: Session, judged: Judged, asked: ListQuestion) -> Iterator[Sequence[Any]]:
    """Yield the rows of the whole list, for an export, without holding them in memory."""
    yield from session.execute(_ordered(judged, asked).execution_options(yield_per=1000))


def _ordered(judged: Judged, asked: ListQuestion) -> Select[Any]:
    first = judged.sorted_by[asked.sort.key]
    order = first.desc() if asked.sort.descending else first.asc()
    return select(judged.rows).where(*_conditions(judged, asked)).order_by(order, judged.rows.c.id)


def _conditions(judged: Judged, asked: ListQuestion) -> list[ColumnElement[bool]]:
    conditions = [judged.shown[asked.show], *_narrowed(judged, asked)]
    if asked.age:
        conditions += [judged.is_aged, _age(judged, asked) == asked.listing.age_keys.index(asked.age)]
    return conditions


def _narrowed(judged: Judged, asked: ListQuestion) -> list[ColumnElement[bool]]:
    c = judged.rows.c
    words = [c.customer_name, c.customer, *([c.invoice] if "invoice" in c else [])]
    given = [
        (asked.owner, c.owner == asked.owner),
        (asked.customer, c.customer == asked.customer),
        (asked.reason, c.reason == asked.reason if "reason" in c else true()),
        (asked.text, any_holds(asked.text, *words)),
    ]
    return [condition for is_asked, condition in given if is_asked]


def _age(judged: Judged, asked: ListQuestion) -> ColumnElement[int]:
    limits = [last for _, last in asked.listing.ages if last is not None]
    return case(*((judged.rows.c.age <= limit, index) for index, limit in enumerate(limits)), else_=len(limits))
