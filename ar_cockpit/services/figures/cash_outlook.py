"""The executive's cash: what came by week, what is expected, and last quarter's forecast against what came.

The costly part, a company's sums as forecast on a day, is kept in the database under a fingerprint of the ledger:
every process finds it there, and a changed ledger makes it anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine, delete, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import cash_in
from ar_cockpit.db.queries.figures.forecast import fingerprint
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.session import reading
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.consolidation import MissingRate
from ar_cockpit.domain.forecast.cash import WEEK, Sums
from ar_cockpit.domain.forecast.fitted import CashSums
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import apart, driving_kept, forecast_models, kept_runs, reporting
from ar_cockpit.services.figures.forecasting import (
    CashForecast,
    CompanyCash,
    ExpectedCash,
    FitReport,
    cash_forecast,
    company_cash,
    half_band,
)
from ar_cockpit.services.people.companies import CompanySummary

WEEKS = 13
DAYS = WEEKS * WEEK
KEPT_DAYS = 14  # a result for an older as-of date than this before the newest is dropped
VERSION = 4  # of the method and of what is kept: a new one makes everything anew
_PARTS = ("expected", "variance", "third")


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

    @property
    def is_confident(self) -> bool:
        """Whether the history was long enough for every company."""
        return all(report.method != "prior" for report in self.forecast.methods)


def outlook(session: Session, actor: Actor, *, as_of: date, company: str = "", currency: str = "") -> CashOutlook:
    """Return the cash seen from ``as_of`` over the companies ``actor`` may see or one of them."""
    seen = reporting.visible_companies(session, actor, company)
    chosen = reporting.chosen_currency(session, seen, currency, as_of)
    about = Slice(tuple(one.company_id for one in seen), chosen)
    quarter_ago = as_of - timedelta(days=DAYS)
    marks = {one.code: _mark(session, one) for one in seen}  # each a pass over the company's ledger
    ahead = _parts(session, seen, as_of, chosen, marks)
    behind = cash_forecast(_parts(session, seen, quarter_ago, chosen, marks), quarter_ago, chosen, DAYS)
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
    )


def refresh(session: Session, actor: Actor, *, as_of: date, company: str = "") -> int:
    """Make and keep what :func:`outlook` needs for ``as_of``; return the number of companies.

    Give it a reading session: making takes seconds, and keeping opens short transactions of its own.
    """
    seen = reporting.visible_companies(session, actor, company)
    for one in seen:
        for day in _days(as_of):
            company_parts(session, one, day)
    return len(seen)


def is_ready(session: Session, actor: Actor, *, as_of: date, company: str = "") -> bool:
    """Return whether all is kept that :func:`outlook` needs for ``as_of``."""
    seen = reporting.visible_companies(session, actor, company)
    marks = {one.code: _mark(session, one) for one in seen}
    return all(_kept(session, one, day, marks[one.code]) is not None for one in seen for day in _days(as_of))


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
    oldest = as_of - timedelta(days=DAYS + KEPT_DAYS)
    session.execute(delete(ForecastRunRow).where(col(ForecastRunRow.as_of) < oldest))
    forecast_models.drop_old(session, actor)


def _parts(
    session: Session, seen: Sequence[CompanySummary], as_of: date, currency: str, marks: Mapping[str, str]
) -> list[CompanyCash]:
    found = [company_parts(session, one, as_of, marks[one.code]).get(currency) for one in seen]
    return [part for part in found if part is not None]


def company_parts(session: Session, one: CompanySummary, as_of: date, mark: str = "") -> dict[str, CompanyCash]:
    """Return a company's sums by currency, from the database when they were made of this very ledger.

    ``mark``: of the ledger, when it is known already.
    """
    mark = mark or _mark(session, one)  # of the ledger as it is now, not as it may be when this is done
    kept = _kept(session, one, as_of, mark)
    if kept is None and apart.is_wanted() and apart.make(one.code, as_of):
        with reading(_plain(session)) as fresh:  # ours began before that process was done
            kept = _kept(fresh, one, as_of, mark)
    if kept is not None:
        return {currency: _from_payload(part) for currency, part in kept.items()}
    made = company_cash(session, one, as_of, DAYS)
    row = {
        "as_of": as_of,
        "fingerprint": mark,
        "method": next((part.report.method for part in made.values()), "none"),
        "created_at": now(),
    }
    # What drives the sums first: whoever finds the sums finds it too.
    driving = {currency: driving_kept.told(part.driving) for currency, part in made.items() if part.driving}
    kept_runs.keep(session, row | {"scope": f"driving:{one.code}", "payload": driving})
    kept_runs.keep(
        session,
        row | {"scope": _scope(one), "payload": {currency: _payload(part) for currency, part in made.items()}},
    )
    return made


def company_driving(session: Session, one: CompanySummary, as_of: date) -> dict[str, CompanyCash]:
    """Return a company's sums by currency with what drives them, from the database."""
    parts = company_parts(session, one, as_of)
    kept = _kept(session, one, as_of, _mark(session, one), f"driving:{one.code}")
    if kept is None:
        with reading(_plain(session)) as fresh:  # ours began before they were kept
            kept = _kept(fresh, one, as_of, _mark(fresh, one), f"driving:{one.code}") or {}
    return {
        currency: replace(part, driving=driving_kept.read(kept[currency]))
        for currency, part in parts.items()
        if currency in kept
    }


def _days(as_of: date) -> tuple[date, date]:
    """Return the days of which a page of ``as_of`` needs the forecast: its own, and the one it judges."""
    return as_of, as_of - timedelta(days=DAYS)


def _kept(session: Session, one: CompanySummary, as_of: date, mark: str, scope: str = "") -> Mapping[str, Any] | None:
    question = select(col(ForecastRunRow.payload)).where(
        col(ForecastRunRow.scope) == (scope or _scope(one)),
        col(ForecastRunRow.as_of) == as_of,
        col(ForecastRunRow.fingerprint) == mark,
    )
    found: Mapping[str, Any] | None = session.execute(question).scalar_one_or_none()
    return found


def _scope(one: CompanySummary) -> str:
    return f"cash:{one.code}"


def _mark(session: Session, one: CompanySummary) -> str:
    return f"{VERSION}-{fingerprint(session, one.company_id)}{forecast_models.chosen_mark(session, one.company_id)}"


def _plain(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def _payload(part: CompanyCash) -> dict[str, Any]:
    sums = {
        name: {part: getattr(totals, part).tolist() for part in _PARTS}
        for name, totals in (("days", part.sums.days), ("weeks", part.sums.weeks), ("within", part.sums.within))
    }
    return {"sums": sums, "report": asdict(part.report)}


def _from_payload(payload: Mapping[str, Any]) -> CompanyCash:
    told = payload["sums"]
    days, weeks, within = (
        Sums(*(np.array(told[name][part]) for part in _PARTS)) for name in ("days", "weeks", "within")
    )
    report = payload["report"] | {"features": tuple(payload["report"]["features"])}
    return CompanyCash(CashSums(days, weeks, within), FitReport(**report))


def by_week(by_day: Sequence[tuple[date, int]], start: date) -> list[int]:
    """Return the sums of the thirteen weeks that begin on ``start``."""
    weeks = [0] * WEEKS
    for day, minor in by_day:
        weeks[(day - start).days // WEEK] += minor
    return weeks
