"""The collectors side by side: what they look after, what they collected this month, promises kept and touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, true
from sqlmodel import Session

from ar_cockpit.db.queries.collecting.promises import promises_decided
from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.figures import collectors, parts
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.calendar import Period, month_start, reporting_period
from ar_cockpit.domain.collecting.promises import Outcome, kept_share
from ar_cockpit.services.figures.owed import Owed, OwedInAll


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


def collector_sums(
    session: Session, slices: Mapping[str, Slice], owed: OwedInAll, as_of: date
) -> dict[str, CollectorSums]:
    """Return what collectors look after, of what is ``owed``, and what they did this month, by currency."""
    first = next(iter(slices), None)
    if first is None:
        return {}
    about = slices[first]
    touches = collectors.touches(session, about.company_ids, about.part, Period(month_start(as_of), as_of))
    return {
        # A contact has no currency: it counts once, with the first, so that the sum over all is right.
        currency: _sums(
            owed.by_currency[currency], touches if currency == first else {}, _promises_kept(session, one, as_of)
        )
        for currency, one in slices.items()
    }


def _sums(owed: Owed, touches: Mapping[str, int], kept: Mapping[str, tuple[int, int]]) -> CollectorSums:
    portfolios: dict[str, tuple[int, int]] = {}
    falling_due: Counter[str] = Counter()
    collected: Counter[str] = Counter()
    for kind, one in owed.by_kind.items():
        if one.customers:
            whole, late = portfolios.get(kind.collector, (0, 0))
            portfolios[kind.collector] = (whole + one.open_minor, late + one.overdue_minor)
        falling_due[kind.collector] += one.left_minor + one.of_due_minor
        collected[kind.collector] += one.collected_minor
    return CollectorSums(
        portfolios,
        {email: minor for email, minor in collected.items() if minor},
        dict(falling_due),
        touches,
        kept,
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


def _promises_kept(session: Session, about: Slice, as_of: date) -> dict[str, tuple[int, int]]:
    """Return how many of the promises decided in the period were kept, and of how many, by collector."""
    period = reporting_period(as_of)
    chosen = and_(true(), *parts.conditions(about.part))
    found = promises_decided(session, about.company_ids, chosen, about.currency, period)
    decided: dict[str, list[Outcome]] = {}
    owners = collectors.owners(session, {one.customer_id for one in found})
    for promise in found:
        outcome = promise.outcome(as_of)
        if outcome and outcome.decided_on and outcome.decided_on >= period.start:
            decided.setdefault(owners[promise.customer_id], []).append(outcome)
    return {email: kept_share(outcomes) for email, outcomes in decided.items()}
