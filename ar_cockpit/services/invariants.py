"""Does what is derived still follow from what it is derived from? Told with the rows that differ, mended by nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.collecting import priorities, priority_marks
from ar_cockpit.db.queries.figures import balances, packs
from ar_cockpit.db.queries.figures import invariants as stored
from ar_cockpit.db.queries.figures.invariants import Broken
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import job_runs
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows
from ar_cockpit.services.people import companies

CHECK = "check_figures"  # the job that checks every night
MOST_SHOWN = 20
_CUSTOMERS_LOOKED_AT = 500  # of each company and night: another five hundred the next


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule, how often it is broken (0: it holds), and the first rows for which it is."""

    key: str
    rule: str
    count: int
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


_KEPT_AND_DUE = ("company", "number", "kept", "due")
_RULES: tuple[tuple[str, str, tuple[str, ...], Callable[[Session, int], Broken]], ...] = (
    ("open_amounts", "open amount = amount − allocations", _KEPT_AND_DUE, stored.open_amounts),
    ("settlement_dates", "settled on the day the open amount reached nil", _KEPT_AND_DUE, stored.settlement_dates),
    (
        "overpaid",
        "no more is applied to a document than it is about",
        ("company", "number", "amount", "open"),
        stored.overpaid,
    ),
    ("unapplied_cash", "unapplied cash = payment − allocations", _KEPT_AND_DUE, stored.unapplied_cash),
    (
        "overdrawn_payments",
        "no more is applied of a payment than it brought",
        ("company", "number", "amount", "applied"),
        stored.overdrawn_payments,
    ),
    (
        "owners",
        "what a customer owes and pays belongs to its company",
        ("company", "number", "owner"),
        stored.owners,
    ),
    (
        "sums_by_day",
        "the sums by day add up to what is open",
        ("company", "currency", "kept", "due"),
        stored.sums_by_day,
    ),
)


def check(session: Session, actor: Actor, on: date) -> list[Difference]:
    """Return every rule with the rows that break it."""
    actor.require(Permission.RUN_JOBS)
    found = [Difference(key, rule, *_first(columns, ask(session, MOST_SHOWN))) for key, rule, columns, ask in _RULES]
    return [*found, _flows(session), _balances(session), _packs(session), _priorities(session, on)]


def seen(session: Session, actor: Actor, on: date) -> list[Difference]:
    """Return every rule with those rows that break it whose company's figures ``actor`` may see."""
    found = check(session, actor, on)
    may = actor.may(Permission.VIEW_FIGURES)
    seen_here = companies.visible_companies(session, actor, Permission.VIEW_FIGURES) if may else []
    codes = {one.code for one in seen_here}
    return [replace(one, rows=[row for row in one.rows if row[0] in codes]) for one in found]


def told_last(session: Session, actor: Actor) -> int:
    """Return how many differences the last nightly check found; 0 for whoever is not to know."""
    if not actor.may(Permission.RUN_JOBS):
        return 0
    runs = job_runs.recent(session, actor, job=CHECK, limit=1)
    return sum(value for value in runs[0].counts.values() if isinstance(value, int)) if runs else 0


def _first(columns: tuple[str, ...], broken: Broken) -> tuple[int, tuple[str, ...], Sequence[tuple[Any, ...]]]:
    count, rows = broken
    return count, columns, rows


def _flows(session: Session) -> Difference:
    """Sum every company up beside what is kept, day by day."""
    rows = []
    for company_id, code in stored.built_companies(session):
        kept, due = flows.kept_of(session, company_id), flows.due_of(session, company_id)
        days = sorted(key for key in kept.keys() | due.keys() if kept.get(key) != due.get(key))
        rows += [(code, key[1], key[2].isoformat(), kept.get(key, ()), due.get(key, ())) for key in days]
    columns = ("company", "currency", "day", "kept", "due")
    return Difference(
        "ageing_by_day", "each day's sums follow from its documents", len(rows), columns, rows[:MOST_SHOWN]
    )


def _balances(session: Session) -> Difference:
    """Sum up what every customer, and every kind of customers, owes on the day it is kept of."""
    rows = []
    codes = dict(stored.companies(session))
    for company_id, on in balances.kept_days(session).items():
        customers = balances.stored(session, company_id), balances.computed(session, company_id, on)
        kinds = balances.stored_kinds(session, company_id), balances.computed_kinds(session, company_id)
        for kept, due in (customers, kinds):
            differing = sorted(key for key in kept.keys() | due.keys() if kept.get(key) != due.get(key))
            rows += [(codes[company_id], _named(key), kept.get(key, ()), due.get(key, ())) for key in differing]
    columns = ("company", "customer", "kept", "due")
    rule = "what each customer owes follows from its documents"
    return Difference("balances", rule, len(rows), columns, rows[:MOST_SHOWN])


def _packs(session: Session) -> Difference:
    """Make the columns of every ledger anew beside those that are kept."""
    rows = []
    codes = dict(stored.companies(session))
    for company_id in packs.kept(session):
        kept, due = packs.stored(session, company_id), packs.computed(session, company_id)
        differing = sorted(number for number in kept.keys() | due.keys() if kept.get(number) != due.get(number))
        rows += [(codes[company_id], number) for number in differing]
    rule = "the columns kept of a ledger follow from its documents"
    return Difference("packs", rule, len(rows), ("company", "number"), rows[:MOST_SHOWN])


def _named(key: tuple[Any, ...]) -> str:
    """Return the key of a customer or of a kind of customers, without its company."""
    return " ".join(str(part) for part in key[1:] if part != "")


def _priorities(session: Session, on: date) -> Difference:
    """Judge some customers anew; those of whom something changed since are known to be out of date."""
    rows = []
    for company_id, code in stored.companies(session):
        if not priorities.are_of(session, [company_id], on):
            continue
        customers = priority_marks.unmarked(session, company_id)
        step = max(1, len(customers) // _CUSTOMERS_LOOKED_AT)
        chosen = customers[on.toordinal() % step :: step]
        kept = priorities.all_of(session, chosen)
        due = {row[0]: row for row in keeping.judged(session, chosen, on)}
        differing = sorted(key for key in kept | due if kept.get(key) != due.get(key))
        rows += [(code, *_ranks(kept.get(key), due.get(key))) for key in differing]
    columns = ("company", "customer", "kept", "due")
    rule = "stored priorities are what judging anew says"
    return Difference("priorities", rule, len(rows), columns, rows[:MOST_SHOWN])


def _ranks(kept: tuple[Any, ...] | None, due: tuple[Any, ...] | None) -> tuple[str, str, str]:
    place, state = priorities.COLUMNS.index("rank_key"), priorities.COLUMNS.index("state")
    customer = (kept or due or ())[place].partition("\x01")[2]
    told = [f"{row[state]} {row[place].partition('.')[0]}" if row else "none" for row in (kept, due)]
    return customer, told[0], told[1]
