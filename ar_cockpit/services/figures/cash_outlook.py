"""The executive's cash: what came by week, what is expected, and last quarter's forecast against what came.

The costly part, a company's sums as forecast on a day, is kept in the database under a fingerprint of the ledger:
every process finds it there, and a changed ledger makes it anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import cash_in
from ar_cockpit.db.queries.figures.forecast import fingerprint
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.session import reading
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.consolidation import MissingRate
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.domain.forecast.cash import WEEK
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import (
    apart,
    driving_kept,
    forecast_models,
    kept_runs,
    parted_kept,
    reporting,
    sums_kept,
)
from ar_cockpit.services.figures.forecasting import (
    CashForecast,
    CompanyCash,
    ExpectedCash,
    cash_forecast,
    company_cash,
    half_band,
)
from ar_cockpit.services.people.companies import CompanySummary

WEEKS = 13
DAYS = WEEKS * WEEK
KEPT_DAYS = 14  # a result for an older as-of date than this before the newest is dropped
VERSION = 5  # of the method and of what is kept: a new one makes everything anew
# The sums, and what is kept beside them: what drives them, and by kind of customers.
_CASH, _DRIVING, _PARTED = "cash", "driving", "parted"


@dataclass(frozen=True, slots=True)
class WeekReceived:
    """Money received in the week that begins on ``start``, in minor units."""

    start: date
    received: int


@dataclass(frozen=True, slots=True)
class WeekJudged:
    """A past week as it was forecast a quarter ago, and what then came of the invoices open at that time."""

    forecast: ExpectedCash
    came: int


@dataclass(frozen=True, slots=True)
class CashOutlook:
    """Everything the cash chart shows, in one currency."""

    as_of: date
    currency: str
    received: tuple[WeekReceived, ...]
    forecast: CashForecast  # weeks with the 80 % band, and the cash within 30 days
    half: tuple[ExpectedCash, ...]  # the same weeks with the 50 % band
    last_quarter: tuple[WeekJudged, ...]
    missing: tuple[MissingRate, ...] = ()  # rates without which there is no forecast
    as_seen: tuple[str, ...] = ()  # the companies whose last quarter's forecast is the one kept on its day
    remade: tuple[str, ...] = ()  # and those of whom none was kept: today's method, of what was known then

    @property
    def is_confident(self) -> bool:
        """Whether the history was long enough for every company."""
        return all(report.method != "prior" for report in self.forecast.methods)


def outlook(
    session: Session, actor: Actor, *, as_of: date, company: str = "", currency: str = "", part: Part = ALL
) -> CashOutlook:
    """Return the cash seen from ``as_of`` over the companies ``actor`` may see or one, or a part of their customers."""
    seen = reporting.visible_companies(session, actor, company)
    chosen = reporting.chosen_currency(session, seen, currency, as_of)
    about = Slice(tuple(one.company_id for one in seen), chosen, part)
    quarter_ago = as_of - timedelta(days=DAYS)
    marks = marks_of(session, seen)
    ahead = [cash for one in seen for cash in _in(parts_of(session, one, as_of, part, marks[one.code]), chosen)]
    then, as_seen, remade = judged(session, seen, quarter_ago, part, marks)
    behind = cash_forecast([cash for _, parts in then for cash in _in(parts, chosen)], quarter_ago, chosen, DAYS)
    past = Period(quarter_ago + timedelta(days=1), as_of)
    received = by_week(cash_in.received_by_day(session, about, past), past.start)
    came = by_week(cash_in.settled_by_day(session, about, quarter_ago, past), past.start)
    return CashOutlook(
        as_of,
        chosen,
        tuple(WeekReceived(past.start + timedelta(weeks=n), minor) for n, minor in enumerate(received)),
        cash_forecast(ahead, as_of, chosen, DAYS),
        half_band(ahead, as_of, DAYS),
        tuple(WeekJudged(week, minor) for week, minor in zip(behind.weeks, came, strict=True)),
        as_seen=as_seen,
        remade=remade,
    )


def refresh(session: Session, actor: Actor, *, as_of: date, company: str = "") -> int:
    """Make and keep what :func:`outlook` needs for ``as_of``; return the number of companies.

    Give it a reading session: making takes seconds, and keeping opens short transactions of its own.
    """
    seen = reporting.visible_companies(session, actor, company)
    for one in seen:
        for day in _days(as_of):
            mark = _mark(session, one)
            if not _is_whole(session, one, day, mark):
                _made(session, one, day, mark)
    return len(seen)


def is_ready(session: Session, actor: Actor, *, as_of: date, company: str = "") -> bool:
    """Return whether all is kept that :func:`outlook` needs for ``as_of``."""
    seen = reporting.visible_companies(session, actor, company)
    marks = marks_of(session, seen)
    return all(_is_whole(session, one, day, marks[one.code]) for one in seen for day in _days(as_of))


def _is_whole(session: Session, one: CompanySummary, as_of: date, mark: str) -> bool:
    return kept_runs.are_kept(session, [_scope(one, kind) for kind in (_CASH, _DRIVING, _PARTED)], as_of, mark)


def make_ready(actor: Actor, *, as_of: date, company: str = "") -> None:
    """Let another process make what :func:`outlook` needs, where this one serves people and it is not kept yet."""
    if not apart.is_wanted():
        return
    with reading() as session:
        is_kept = is_ready(session, actor, as_of=as_of, company=company)
    if not is_kept:
        apart.make(company, as_of)


def drop_outdated(session: Session, actor: Actor, *, as_of: date) -> None:
    """Drop the results that no page of ``as_of`` needs any more."""
    actor.require(Permission.RUN_JOBS)
    row, oldest = ForecastRunRow, as_of - timedelta(days=DAYS + KEPT_DAYS)
    session.execute(delete(row).where(col(row.as_of) < oldest))
    # By kind of customers they are many values; nobody is shown them as they were.
    is_of_old_day = col(row.as_of).not_in([day - timedelta(days=back) for day in _days(as_of) for back in (0, 1)])
    session.execute(delete(row).where(col(row.scope).startswith(f"{_PARTED}:"), is_of_old_day))
    forecast_models.drop_old(session, actor)


def _in(parts: Mapping[str, CompanyCash], currency: str) -> list[CompanyCash]:
    return [parts[currency]] if currency in parts else []


def judged(
    session: Session, seen: Sequence[CompanySummary], day: date, part: Part, marks: Mapping[str, str]
) -> tuple[list[tuple[CompanySummary, dict[str, CompanyCash]]], tuple[str, ...], tuple[str, ...]]:
    """Return each company's sums of a past day, and of which companies they are the ones that people saw on it.

    Those of a part are always remade, of its customers as they were when it was made: who belonged then is not kept.
    """
    found: list[tuple[CompanySummary, dict[str, CompanyCash]]] = []
    as_seen: list[str] = []
    for one in seen:
        then = None if part else _as_seen(session, one, day)
        if then is not None:
            as_seen.append(one.code)
        found.append((one, parts_of(session, one, day, part, marks[one.code]) if then is None else then))
    return found, tuple(as_seen), tuple(one.code for one in seen if one.code not in as_seen)


def _as_seen(session: Session, one: CompanySummary, day: date) -> dict[str, CompanyCash] | None:
    """Return a company's sums as the last forecast made on that very day says, if it is kept and can be read."""
    row = ForecastRunRow
    question = (
        select(col(row.payload))
        .where(col(row.scope) == _scope(one), parted_kept.was_seen(day, one))
        .order_by(col(row.created_at).desc(), col(row.id).desc())
        .limit(1)
    )
    kept = session.execute(question).scalar_one_or_none()
    try:
        return None if kept is None else {currency: sums_kept.read(part) for currency, part in kept.items()}
    except (KeyError, TypeError):  # kept by a version that told it otherwise
        return None


def parts_of(session: Session, one: CompanySummary, as_of: date, part: Part, mark: str) -> dict[str, CompanyCash]:
    """Return a company's sums by currency, of all its customers or of a part of them."""
    parts = company_parts(session, one, as_of, mark)
    if not part:
        return parts
    kept = _beside(session, one, as_of, _PARTED, mark)
    found = {key: parted_kept.of_part(kept.get(key, []), cash.report, part, WEEKS) for key, cash in parts.items()}
    return {currency: cash for currency, cash in found.items() if cash is not None}


def company_parts(session: Session, one: CompanySummary, as_of: date, mark: str) -> dict[str, CompanyCash]:
    """Return a company's sums by currency, from the database when they were made of this very ledger.

    ``mark``: of the ledger as it was when this began, not as it may be when this is done.
    """
    kept = _found(session, one, as_of, _CASH, mark)
    if kept is None:
        return _made(session, one, as_of, mark)
    return {currency: sums_kept.read(part) for currency, part in kept.items()}


def company_driving(session: Session, one: CompanySummary, as_of: date) -> dict[str, CompanyCash]:
    """Return a company's sums by currency with what drives them, from the database."""
    mark = _mark(session, one)
    parts = company_parts(session, one, as_of, mark)
    kept = _beside(session, one, as_of, _DRIVING, mark)
    return {
        currency: replace(part, driving=driving_kept.read(kept[currency]))
        for currency, part in parts.items()
        if currency in kept
    }


def _made(session: Session, one: CompanySummary, as_of: date, mark: str) -> dict[str, CompanyCash]:
    """Make a company's sums with what stands beside them, and keep what is not kept."""
    made = company_cash(session, one, as_of, DAYS, lambda: parted_kept.watching(session, one, WEEKS))
    row = {
        "as_of": as_of,
        "fingerprint": mark,
        "method": next((part.report.method for part in made.values()), "none"),
        "created_at": now(),
    }
    # What stands beside the sums first: whoever finds the sums finds it too.
    for kind in (_DRIVING, _PARTED):
        kept_runs.keep(session, row | {"scope": _scope(one, kind), "payload": _told(made, kind)})
    if not kept_runs.are_kept(session, [_scope(one)], as_of, mark):  # those that people saw stay as they were
        sums = {currency: sums_kept.told(part) for currency, part in made.items()}
        seen_until = parted_kept.made_by(as_of, one)
        kept_runs.keep(session, row | {"scope": _scope(one), "payload": sums}, seen_until=seen_until)
    return made


def _told(made: Mapping[str, CompanyCash], kind: str) -> dict[str, Any]:
    if kind == _DRIVING:
        return {currency: driving_kept.told(part.driving) for currency, part in made.items() if part.driving}
    return {currency: parted_kept.told(part.by_kind or {}) for currency, part in made.items()}


def _beside(session: Session, one: CompanySummary, as_of: date, kind: str, mark: str) -> Mapping[str, Any]:
    """Return what is kept beside a company's sums; it may be gone, or of another ledger, where they are still kept."""
    kept = _found(session, one, as_of, kind, mark)
    return _told(_made(session, one, as_of, mark), kind) if kept is None else kept


def _found(session: Session, one: CompanySummary, as_of: date, kind: str, mark: str) -> Mapping[str, Any] | None:
    """Return what is kept, where this process serves people after another has made it."""
    which = _scope(one, kind), as_of, mark
    kept = kept_runs.kept(session, *which)
    if kept is None:
        kept = kept_runs.kept_since(session, *which)
    if kept is None and apart.is_wanted() and apart.make(one.code, as_of):
        kept = kept_runs.kept_since(session, *which)
    return kept


def _days(as_of: date) -> tuple[date, date]:
    """Return the days of which a page of ``as_of`` needs the forecast: its own, and the one it judges."""
    return as_of, as_of - timedelta(days=DAYS)


def _scope(one: CompanySummary, kind: str = _CASH) -> str:
    return f"{kind}:{one.code}"


def marks_of(session: Session, seen: Sequence[CompanySummary]) -> dict[str, str]:
    """Return by company of which ledger, and by which model, its sums would be made now."""
    return {one.code: _mark(session, one) for one in seen}


def _mark(session: Session, one: CompanySummary) -> str:
    return f"{VERSION}-{fingerprint(session, one.company_id)}{forecast_models.chosen_mark(session, one.company_id)}"


def by_week(by_day: Sequence[tuple[date, int]], start: date) -> list[int]:
    """Return the sums of the thirteen weeks that begin on ``start``."""
    weeks = [0] * WEEKS
    for day, minor in by_day:
        weeks[(day - start).days // WEEK] += minor
    return weeks
