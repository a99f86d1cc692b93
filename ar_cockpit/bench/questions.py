"""The questions that have a goal: how the product answers each, and the cheapest plain SQL for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from ar_cockpit.bench import executives, foreseeing, planning
from ar_cockpit.bench.asking import ME, Asked, Plain, Question
from ar_cockpit.bench.columns import collector
from ar_cockpit.db.queries.figures import sums
from ar_cockpit.domain.access import Permission
from ar_cockpit.services import credit, reach
from ar_cockpit.services.clock import now
from ar_cockpit.services.collecting import customer_record, worklist
from ar_cockpit.services.collecting.worklist import Wanted
from ar_cockpit.services.figures import reporting

_PAGE = 50
_MONTHS = 24


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


def _standing_of(session: Session, asked: Asked) -> object:
    line = reach.customer(session, ME, Permission.VIEW_STANDING, asked.customer)
    return credit.standing_of(session, ME, line, asked.today)


def _record_of(session: Session, asked: Asked) -> object:
    line = reach.customer(session, ME, Permission.VIEW_CUSTOMERS, asked.customer)
    return customer_record.record(session, ME, line, as_of=asked.today, at=now())


def _page_of(first: int) -> Callable[[Session, Asked], object]:
    wanted = Wanted(first=first, most=_PAGE)
    return lambda session, asked: worklist.page(
        session, ME, as_of=asked.today, wanted=wanted, collector=collector(asked.turn)
    )


def _the_day_after(session: Session, asked: Asked) -> None:
    planning.begin_the_day_after(session, asked.today)


def _plan_of(name: str, product: Callable[[Session, date], object], **how: Any) -> Question:
    """Return a question about the day's plan: asked once unless it says otherwise, beside the plainest plan."""
    return Question(
        name,
        1000,
        lambda session, asked: product(session, asked.today),
        lambda asked: planning.plain_plan(asked.today),
        **{"turns": 1, "warmed": 0} | how,
    )


QUESTIONS = (
    Question(
        "ageing_today",
        10,
        lambda session, asked: reporting.ageing(session, asked.about, asked.today),
        lambda asked: executives.flows(asked.today, asked),
    ),
    Question(
        "ageing_past",
        300,
        lambda session, asked: reporting.ageing(session, asked.about, asked.past),
        lambda asked: executives.flows(asked.past, asked),
    ),
    Question(
        "ageing_past_from_the_ledger",
        300,
        lambda session, asked: sums.ageing_on(session, asked.about, [asked.past]),
        executives.scan,
        turns=5,
    ),
    Question(
        "dso_24_months",
        5,
        lambda session, asked: reporting.count_back_series(session, asked.about, asked.today, _MONTHS),
        executives.months,
    ),
    Question("worklist_page_1", 10, _page_of(0), lambda asked: _page(asked, 0)),
    Question("worklist_page_20", 10, _page_of(19 * _PAGE), lambda asked: _page(asked, 19 * _PAGE)),
    Question("customer_360", 5, _record_of, _customer, is_p99=True, turns=300),
    Question("standing", 1, _standing_of, standing_floor, is_p99=True, turns=300),
    *executives.QUESTIONS,
    _plan_of("plan", planning.plan, turns=3, warmed=1, is_weighed=True),
    _plan_of("plan_and_outbox", planning.plan_and_record, is_undone=True),
    _plan_of("plan_next_day", planning.plan, is_undone=True, before=_the_day_after),
    _plan_of("plan_and_outbox_next_day", planning.plan_and_record, is_undone=True, before=_the_day_after),
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
