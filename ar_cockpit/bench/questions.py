"""The questions that have a goal: how the product answers each, and the cheapest plain SQL for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from ar_cockpit.bench import foreseeing, planning
from ar_cockpit.bench.columns import collector
from ar_cockpit.db.queries.figures import sums
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.services import credit, reach
from ar_cockpit.services.clock import now
from ar_cockpit.services.collecting import customer_record, worklist
from ar_cockpit.services.collecting.worklist import Wanted
from ar_cockpit.services.figures import executive, reporting
from ar_cockpit.services.figures.executive import Cockpit

_ME = Actor.local_operator()
_PAGE = 50
_MONTHS = 24
Plain = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about, another one at every turn."""

    today: date
    about: Slice
    turn: int
    customers: int

    @property
    def past(self) -> date:
        """A day of the last two years."""
        return self.today - timedelta(days=1 + self.turn * 97 % 730)

    @property
    def customer(self) -> int:
        """A customer."""
        return 1 + self.turn * 7919 % self.customers


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its goal in milliseconds: of the median, or of the slowest of a hundred."""

    name: str
    goal: float
    product: Callable[[Session, Asked], object]
    floor: Callable[[Asked], Sequence[Plain]]
    is_p99: bool = False
    turns: int = 20
    warmed: int = 2  # turns before those that count
    is_weighed: bool = False  # whether it is told how much memory it takes
    is_undone: bool = False  # whether it writes, and is rolled back each time
    before: Callable[[Session, Asked], object] | None = None  # done first, untimed, and undone with it


def _flows(day: date, asked: Asked) -> list[Plain]:
    names = ("open", "past_0", "past_30", "past_60", "past_90", "past_120")
    listed = ", ".join(f"sum({name}_minor)" for name in names)
    return [
        (f"SELECT company_id, {listed} FROM ledger_flow WHERE {_ABOUT} AND day <= :day GROUP BY 1", _of(asked, day))
    ]


def _scan(asked: Asked) -> list[Plain]:
    later = "(SELECT invoice_id, sum(amount_minor) AS minor FROM allocation WHERE allocated_on > :day GROUP BY 1)"
    limits = {f"d{limit}": (asked.past - timedelta(days=limit)).isoformat() for limit in (0, 30, 60, 90, 120)}
    bucket = " ".join(f"WHEN due_on >= :{name} THEN {place}" for place, name in enumerate(limits))
    question = (
        f"SELECT company_id, CASE {bucket} ELSE 5 END, sum(open_minor + coalesce(later.minor, 0)) FROM invoice"
        f" LEFT JOIN {later} later ON later.invoice_id = invoice.id"
        f" WHERE {_ABOUT} AND invoice_on <= :day AND closed_on > :day GROUP BY 1, 2"
    )
    return [(question, _of(asked, asked.past) | limits)]


def _months(asked: Asked) -> list[Plain]:
    month = "substr(CAST(day AS varchar), 1, 7)"
    listed = (
        f"SELECT {month}, sum(sold_minor), sum(open_minor) FROM ledger_flow WHERE {_ABOUT} AND day <= :day GROUP BY 1"
    )
    return [(listed, _of(asked, asked.today))]


def _page(asked: Asked, first: int) -> list[Plain]:
    listed = (
        "SELECT customer_id, rank_key, overdue_minor, reasons FROM customer_priority WHERE collector_email = :mine"
        f" AND state = 'open' ORDER BY rank_key LIMIT {_PAGE} OFFSET {first}"
    )
    return [(listed, {"mine": collector(asked.turn)})]


def _customer(asked: Asked) -> list[Plain]:
    of = "customer_id = :customer"
    told = {"customer": asked.customer}
    lately = {"since": (asked.today - timedelta(days=180)).isoformat()}
    return [
        ("SELECT * FROM customer WHERE id = :customer", told),
        ("SELECT * FROM contact WHERE customer_id = :customer", told),
        (f"SELECT * FROM invoice WHERE {of} AND closed_on = '9999-12-31' ORDER BY due_on", told),
        (f"SELECT * FROM touchpoint WHERE {of} AND happened_on > :since ORDER BY happened_on", told | lately),
        (f"SELECT * FROM message WHERE {of} AND business_on > :since ORDER BY business_on", told | lately),
    ]


def standing_floor(asked: Asked) -> list[Plain]:
    """Return the least that has to be asked for a customer's standing."""
    owed = (
        "SELECT sum(open_minor), sum(CASE WHEN due_on < :day THEN open_minor ELSE 0 END), min(due_on)"
        " FROM invoice WHERE customer_id = :customer AND closed_on = '9999-12-31'"
    )
    told = {"customer": asked.customer, "day": asked.today.isoformat()}
    return [
        ("SELECT credit_limit_minor FROM customer WHERE id = :customer", {"customer": asked.customer}),
        (owed, told),
    ]


_ABOUT = "company_id IN (1, 2, 3) AND currency = :currency"


def _documents_of(asked: Asked) -> Plain:
    """Return the question that reads the documents of one collector's customers."""
    theirs = "SELECT id FROM customer WHERE collector_email = :collector"
    listed = f"SELECT sum(amount_minor), min(invoice_on) FROM invoice WHERE customer_id IN ({theirs})"
    return listed, {"collector": collector(asked.turn)}


def _of(asked: Asked, day: date) -> dict[str, Any]:
    return {"currency": asked.about.currency, "day": day.isoformat()}


def _standing_of(session: Session, asked: Asked) -> object:
    line = reach.customer(session, _ME, Permission.VIEW_STANDING, asked.customer)
    return credit.standing_of(session, _ME, line, asked.today)


def _record_of(session: Session, asked: Asked) -> object:
    line = reach.customer(session, _ME, Permission.VIEW_CUSTOMERS, asked.customer)
    return customer_record.record(session, _ME, line, as_of=asked.today, at=now())


def _page_of(first: int) -> Callable[[Session, Asked], object]:
    wanted = Wanted(first=first, most=_PAGE)
    return lambda session, asked: worklist.page(
        session, _ME, as_of=asked.today, wanted=wanted, collector=collector(asked.turn)
    )


class _SeenError(Exception):
    """The first look is there: the rest is not measured."""


def _first_look(part: Part = ALL) -> Callable[[Session, Asked], object]:
    """Return what asks for the key figures, the series and the charts, which are shown before the tables."""

    def seen(_: Cockpit) -> None:
        raise _SeenError

    def ask(session: Session, asked: Asked) -> object:
        with suppress(_SeenError):
            executive.cockpit(session, _ME, as_of=asked.today, currency=asked.about.currency, part=part, look=seen)
        return None

    return ask


QUESTIONS = (
    Question(
        "ageing_today",
        10,
        lambda session, asked: reporting.ageing(session, asked.about, asked.today),
        lambda asked: _flows(asked.today, asked),
    ),
    Question(
        "ageing_past",
        300,
        lambda session, asked: reporting.ageing(session, asked.about, asked.past),
        lambda asked: _flows(asked.past, asked),
    ),
    Question(
        "ageing_past_from_the_ledger",
        300,
        lambda session, asked: sums.ageing_on(session, asked.about, [asked.past]),
        _scan,
        turns=5,
    ),
    Question(
        "dso_24_months",
        5,
        lambda session, asked: reporting.count_back_series(session, asked.about, asked.today, _MONTHS),
        _months,
    ),
    Question("worklist_page_1", 10, _page_of(0), lambda asked: _page(asked, 0)),
    Question("worklist_page_20", 10, _page_of(19 * _PAGE), lambda asked: _page(asked, 19 * _PAGE)),
    Question("customer_360", 5, _record_of, _customer, is_p99=True, turns=300),
    Question("standing", 1, _standing_of, standing_floor, is_p99=True, turns=300),
    Question(
        "executive",
        300,
        lambda session, asked: executive.cockpit(session, _ME, as_of=asked.today, currency=asked.about.currency),
        lambda asked: [*_flows(asked.today, asked), *_months(asked)],
        turns=3,
    ),
    Question("executive_first", 300, _first_look(), lambda asked: _flows(asked.today, asked), turns=5),
    Question(
        "executive_part_first",
        300,
        lambda session, asked: _first_look(Part(collector=collector(asked.turn)))(session, asked),
        lambda asked: [_documents_of(asked)],
        turns=5,
    ),
    Question(
        "plan",
        1000,
        lambda session, asked: planning.plan(session, asked.today),
        lambda asked: planning.plain_plan(asked.today),
        turns=3,
        warmed=1,
        is_weighed=True,
    ),
    Question(
        "plan_and_outbox",
        1000,
        lambda session, asked: planning.plan_and_record(session, asked.today),
        lambda asked: planning.plain_plan(asked.today),
        turns=1,
        warmed=0,
        is_undone=True,
    ),
    Question(
        "plan_next_day",
        1000,
        lambda session, asked: planning.plan(session, asked.today),
        lambda asked: planning.plain_plan(asked.today),
        turns=1,
        warmed=0,
        is_undone=True,
        before=lambda session, asked: planning.begin_the_day_after(session, asked.today),
    ),
    Question(
        "plan_and_outbox_next_day",
        1000,
        lambda session, asked: planning.plan_and_record(session, asked.today),
        lambda asked: planning.plain_plan(asked.today),
        turns=1,
        warmed=0,
        is_undone=True,
        before=lambda session, asked: planning.begin_the_day_after(session, asked.today),
    ),
    Question(
        "forecast_fit",
        300_000,
        lambda session, asked: foreseeing.fit(session, asked.today),
        lambda asked: foreseeing.plain_history(asked.about.company_ids),
        turns=1,
        warmed=0,
        is_weighed=True,
    ),
    Question(
        "forecast_predict",
        10_000,
        lambda session, asked: foreseeing.predict(session, asked.today),
        lambda asked: foreseeing.plain_open(asked.about.company_ids),
        turns=3,
        warmed=1,
    ),
)
