"""Stored priorities: which may be relied on, a page of them by index, and their sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.queries.customers import CustomerLine, lines_question
from ar_cockpit.db.tables import (
    CustomerPriorityRow,
    CustomerRow,
    CustomerSegmentRow,
    FiguresStateRow,
    PriorityMarkRow,
)
from ar_cockpit.db.together import AS_OF, Together

COLUMNS = (
    "customer_id",
    "company_id",
    "judged_on",
    "collector_email",
    "state",
    "rank_key",
    "score",
    "at_stake",
    "oldest_days",
    "currency",
    "overdue_minor",
    "open_minor",
    "action",
    "reasons",
    "codes",
    "snoozed_until",
    "done_by",
)
Kept = CustomerPriorityRow
# The day of priorities that are just being judged: changes are marked, and nobody reads them yet.
BEING_JUDGED = date(1, 1, 1)
MOST_WITHOUT = 50  # customers that a look leaves out of what is kept, since it judges them itself
NOBODY = 0
_ROWS = 50  # asked for at once, or twice, four times … as many: each number is a statement of its own


@dataclass(frozen=True, slots=True)
class Tab:
    """How many tasks of one state and currency there are, and what of them is overdue."""

    state: str
    currency: str
    count: int
    overdue_minor: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose tasks: of these companies, of these collectors or (none) of all; ``without`` some customers."""

    company_ids: tuple[int, ...]
    collectors: tuple[str | BindParameter[str], ...] = ()
    without: tuple[int | BindParameter[int], ...] = ()

    @property
    def clause(self) -> ColumnElement[bool]:
        """The rows that are meant."""
        parts: list[ColumnElement[bool]] = [col(Kept.company_id).in_(self.company_ids)]
        if len(self.collectors) == 1:
            parts.append(col(Kept.collector_email) == self.collectors[0])
        elif self.collectors:
            parts.append(or_(*(col(Kept.collector_email) == one for one in self.collectors)))
        if self.without:
            parts.append(col(Kept.customer_id).not_in(self.without))
        return and_(*parts)


def are_of(session: Session, company_ids: Collection[int], day: date) -> bool:
    """Return whether priorities of ``day`` are stored for all these companies."""
    return kept_on(session, company_ids, day)[0]


def kept_on(session: Session, company_ids: Collection[int], day: date) -> tuple[bool, bool]:
    """Return whether priorities of ``day`` are stored for all these companies, and whether any customer is marked."""
    companies = tuple(sorted(set(company_ids)))
    told = _kept_of(companies).ask(session, as_of=day)
    return len(told["judged"]) == len(companies), bool(told["mark"])


@lru_cache(maxsize=128)
def _kept_of(company_ids: tuple[int, ...]) -> Together:
    row = FiguresStateRow
    of_day = (col(row.company_id).in_(company_ids), col(row.priorities_on) == AS_OF)
    return Together(
        lambda: {
            "judged": select(col(row.company_id)).where(*of_day),
            "mark": select(col(PriorityMarkRow.id)).limit(1),
        }
    )


def tabs(session: Session, reach: Reach) -> list[Tab]:
    """Return the number of tasks and what is overdue, by state and currency."""
    key = (col(Kept.state), col(Kept.currency))
    question = select(*key, func.count(), func.sum(col(Kept.overdue_minor)))
    rows = session.execute(question.where(reach.clause).group_by(*key))
    return [Tab(state, currency, count, int(minor)) for state, currency, count, minor in rows]


@dataclass(frozen=True, slots=True)
class Front:
    """A tab's page without a filter: rows as tuples of :data:`COLUMNS`, whose they are, and what all tabs hold."""

    tabs: list[Tab]
    codes: set[str]
    rows: list[tuple[Any, ...]]
    lines: dict[int, CustomerLine]


def front(session: Session, reach: Reach, state: str, span: slice) -> Front:
    """Return a span of a tab in working order with what is shown around it: all by one statement."""
    most = span.stop - span.start
    asked = _ROWS << ((most - 1) // _ROWS).bit_length()
    asking = _front(reach.company_ids, len(reach.collectors), bool(reach.without), state, asked)
    told_of: dict[str, Any] = {f"collector_{place}": email for place, email in enumerate(reach.collectors)}
    if reach.without:
        places = range(MOST_WITHOUT)
        told_of |= {f"without_{place}": key for place, key in zip_longest(places, reach.without, fillvalue=NOBODY)}
    told = asking.ask(session, first=span.start, **told_of)
    return Front(
        tabs=_tabs(told["tabs"] if "tabs" in told else ((*row[:2], *row[3:]) for row in told["held"])),
        codes={code for (said,) in told["codes"] for code in said.split()}
        if "codes" in told
        else {code for held, _, said, *_ in told["held"] if held == state for code in said.split()},
        rows=[tuple(row) for row in told["rows"][:most]],
        lines={row[0]: CustomerLine(*row) for row in told["lines"]},
    )


def _tabs(rows: Iterable[Sequence[Any]]) -> list[Tab]:
    """Return what each state and currency holds, from parts of it."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for state, currency, count, minor in rows:
        held, before = found.get((state, currency), (0, 0))
        found[state, currency] = held + count, before + int(minor)
    return [Tab(*key, *sums) for key, sums in found.items()]


@lru_cache(maxsize=128)
def _front(company_ids: tuple[int, ...], collectors: int, leaves_out: bool, state: str, most: int) -> Together:
    whose = tuple(bindparam(f"collector_{place}", None, type_=String()) for place in range(collectors))
    # As many places whoever is left out: one statement, composed and planned once.
    places = range(MOST_WITHOUT if leaves_out else 0)
    reach = Reach(company_ids, whose, tuple(bindparam(f"without_{place}", None, type_=Integer()) for place in places))
    return Together(lambda: {**_held(reach, state), **_of_page(reach, state, most)})


def _held(reach: Reach, state: str) -> dict[str, Select[*tuple[Any, ...]]]:
    """Return what asks for the tabs and the codes: of a collector by one walk, of all by an index for each."""
    key, sums = (col(Kept.state), col(Kept.currency)), (func.count(), func.sum(col(Kept.overdue_minor)))
    if reach.collectors:
        grouped = (*key, col(Kept.codes))
        return {"held": select(*grouped, *sums).where(reach.clause).group_by(*grouped)}
    return {
        "tabs": select(*key, *sums).where(reach.clause).group_by(*key),
        "codes": select(col(Kept.codes)).where(reach.clause, col(Kept.state) == state).distinct(),
    }


def _of_page(reach: Reach, state: str, most: int) -> dict[str, Select[*tuple[Any, ...]]]:
    """Return what asks for the rows of a page and whose they are; which these are is looked up once, in the index.

    How many is written out: PostgreSQL takes a number it is told for a tenth of all, and then plans anew each time.
    """
    first, limit = bindparam("first", None, type_=Integer()), literal_column(str(most), Integer)
    keys = select(col(Kept.customer_id), col(Kept.rank_key)).where(reach.clause, col(Kept.state) == state)
    on_page = keys.order_by(col(Kept.rank_key)).offset(first).limit(limit).cte("on_page")
    rows = select(*(getattr(Kept, name) for name in COLUMNS)).join(on_page, on_page.c.customer_id == Kept.customer_id)
    return {
        "rows": rows.order_by(on_page.c.rank_key),
        "lines": lines_question(col(CustomerRow.id).in_(select(on_page.c.customer_id))),
    }


def codes(session: Session, reach: Reach, state: str) -> set[str]:
    """Return the codes of the reasons of all tasks of one state."""
    question = select(col(Kept.codes)).where(reach.clause, col(Kept.state) == state).distinct()
    return {code for said in session.execute(question).scalars() for code in said.split()}


def has(code: str, least: dict[str, int], segment: str = "") -> ColumnElement[bool]:
    """Return the tasks with a reason ``code`` and of a ``segment`` (if any), at least that much overdue."""
    wanted: list[ColumnElement[bool]] = [col(Kept.codes).contains(f" {code} ", autoescape=True)] if code else [true()]
    if least:
        bound = case(*((col(Kept.currency) == currency, minor) for currency, minor in least.items()), else_=0)
        wanted.append(col(Kept.overdue_minor) >= bound)
    if segment:
        row = CustomerSegmentRow
        wanted.append(col(Kept.customer_id).in_(select(col(row.customer_id)).where(col(row.segment) == segment)))
    return and_(*wanted)


def segments_of(session: Session, customer_ids: Collection[int]) -> dict[int, str]:
    """Return the keys of the segments in which these customers were last found."""
    row = CustomerSegmentRow
    question = select(col(row.customer_id), col(row.segment))
    return dict(session.execute(question.where(among(session, col(row.customer_id), sorted(customer_ids)))).all())


def count(session: Session, reach: Reach, state: str, wanted: ColumnElement[bool]) -> int:
    """Return how many tasks of one state are ``wanted``."""
    question = select(func.count()).select_from(Kept).where(reach.clause, col(Kept.state) == state, wanted)
    return int(session.execute(question).scalar_one())


def page(session: Session, reach: Reach, state: str, wanted: ColumnElement[bool], span: slice) -> list[tuple[Any, ...]]:
    """Return a span of the ``wanted`` tasks of one state in working order, as tuples of :data:`COLUMNS`."""
    question = (
        select(*(getattr(Kept, name) for name in COLUMNS))
        .where(reach.clause, col(Kept.state) == state, wanted)
        .order_by(col(Kept.rank_key))
        .offset(span.start)
        .limit(span.stop - span.start)
    )
    return [tuple(row) for row in session.execute(question)]


def keys(session: Session, reach: Reach, state: str) -> list[str]:
    """Return the keys of all tasks of one state in working order."""
    question = select(col(Kept.rank_key)).where(reach.clause, col(Kept.state) == state)
    return list(session.execute(question.order_by(col(Kept.rank_key))).scalars())


def all_of(session: Session, customer_ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """Return what is stored of these customers, by customer."""
    question = select(*(getattr(Kept, name) for name in COLUMNS))
    rows = session.execute(question.where(among(session, col(Kept.customer_id), sorted(customer_ids))))
    return {row[0]: tuple(row) for row in rows}


def all_on(session: Session, day: date) -> dict[int, tuple[Any, ...]]:
    """Return whatever is stored for a day, by customer."""
    question = select(*(getattr(Kept, name) for name in COLUMNS)).where(col(Kept.judged_on) == day)
    return {row[0]: tuple(row) for row in session.execute(question)}


def every(session: Session) -> list[int]:
    """Return all companies."""
    row = FiguresStateRow
    return list(session.execute(select(col(row.company_id)).order_by(col(row.company_id))).scalars())


def outdated(session: Session, day: date) -> list[int]:
    """Return the companies whose priorities are not of ``day``."""
    row = FiguresStateRow
    question = select(col(row.company_id)).where(func.coalesce(col(row.priorities_on), BEING_JUDGED) != day)
    return list(session.execute(question.order_by(col(row.company_id))).scalars())


def state_day(session: Session, company_id: int, day: date) -> None:
    """Say of which day the stored priorities of a company are."""
    row = FiguresStateRow
    session.execute(update(row).where(col(row.company_id) == company_id).values(priorities_on=day))


def customers_of(session: Session, company_id: int) -> list[int]:
    """Return the customers of a company."""
    question = select(col(CustomerRow.id)).where(col(CustomerRow.company_id) == company_id)
    return list(session.execute(question.order_by(col(CustomerRow.id))).scalars())


def replace(session: Session, customer_ids: Sequence[int], rows: Sequence[tuple[Any, ...]]) -> None:
    """Store the tasks of these customers, who have no others."""
    session.execute(delete(Kept).where(among(session, col(Kept.customer_id), customer_ids)))
    upsert(session, Kept, COLUMNS, rows)
