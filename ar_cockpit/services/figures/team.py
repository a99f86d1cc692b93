"""The collectors side by side: what they look after, what they collected this month, promises kept and touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.promises import promises
from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.figures import collectors, parts
from ar_cockpit.db.queries.figures.debtors import Balance
from ar_cockpit.db.queries.figures.parts import Kinds
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.calendar import Period, month_end, month_start, reporting_period
from ar_cockpit.domain.collecting.promises import Outcome, kept_share
from ar_cockpit.services.figures.breakdown import by_kind


@dataclass(frozen=True, slots=True)
class CollectorLine:
    """A collector's portfolio and month (without an e-mail: what nobody looks after).

    ``goal_minor`` is the share of the companies' goal that the portfolio has of what fell due.
    """

    email: str
    name: str
    open_minor: int | None
    overdue_minor: int | None
    collected_minor: int | None
    goal_minor: int | None
    kept: int
    decided: int
    touches: int


@dataclass(frozen=True, slots=True)
class CollectorSums:
    """What collectors look after and did in one currency, by their e-mail."""

    portfolios: Mapping[str, tuple[int | None, int | None]]
    collected: Mapping[str, int | None]
    falling_due: Mapping[str, int]
    touches: Mapping[str, int]
    kept: Mapping[str, tuple[int, int]]


def collector_sums(session: Session, about: Slice, owed: Sequence[Balance], known: Kinds, as_of: date) -> CollectorSums:
    """Return what collectors look after in one currency, of what is ``owed``, and what they did this month."""
    month = Period(month_start(as_of), as_of)
    portfolios: dict[str, tuple[int, int]] = {}
    falling_due: Counter[str] = Counter()
    for kind, one in by_kind(owed, known).items():
        whole, late = portfolios.get(kind.collector, (0, 0))
        portfolios[kind.collector] = (whole + one.open_minor, late + one.overdue_minor)
        falling_due[kind.collector] += one.left_minor
    applied = collectors.applied_in_month(session, about, month, month_end(as_of))
    for email, since in applied.items():
        falling_due[email] += since.of_due_minor
    collected = {email: since.collected_minor for email, since in applied.items() if since.collected_minor}
    touches = collectors.touches(session, about, month)
    return CollectorSums(
        portfolios, collected, dict(falling_due), touches, _promises_kept(session, about, known, as_of)
    )


def collector_lines(session: Session, one: CollectorSums, goal: float | None) -> list[CollectorLine]:
    """Return a line for each collector, the goal shared by what falls due."""
    emails = sorted(one.portfolios.keys() | one.collected.keys())
    names = names_of(session, emails)
    whole = sum(max(0, minor) for minor in one.falling_due.values())
    lines = [
        CollectorLine(
            email=email,
            name=names.get(email, email),
            open_minor=one.portfolios.get(email, (0, 0))[0],
            overdue_minor=one.portfolios.get(email, (0, 0))[1],
            collected_minor=one.collected.get(email, 0),
            goal_minor=round(goal * max(0, one.falling_due.get(email, 0)) / whole) if goal and whole else None,
            kept=one.kept.get(email, (0, 0))[0],
            decided=one.kept.get(email, (0, 0))[1],
            touches=one.touches.get(email, 0),
        )
        for email in emails
    ]
    return sorted(lines, key=lambda line: (-(line.open_minor or 0), line.email))


def _promises_kept(session: Session, about: Slice, known: Kinds, as_of: date) -> dict[str, tuple[int, int]]:
    """Return how many of the promises decided in the period were kept, and of how many, by collector."""
    period = reporting_period(as_of)
    chosen = and_(col(CustomerRow.company_id).in_(about.company_ids), *parts.conditions(about.part))
    decided: dict[str, list[Outcome]] = {}
    for promise in promises(session, chosen, as_of):
        outcome = promise.outcome(as_of)
        if promise.currency == about.currency and outcome and outcome.decided_on and outcome.decided_on >= period.start:
            decided.setdefault(known.kind(promise.customer_id).collector, []).append(outcome)
    return {email: kept_share(outcomes) for email, outcomes in decided.items()}
