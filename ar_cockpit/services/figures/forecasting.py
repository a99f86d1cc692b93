"""Forecasts: when open and planned invoices are paid, what cash comes, and how good that would have been.

Each company is forecast from its own ledger, so that nobody's figures depend on what else they may see, and
from the as-of date alone: nothing fitted before is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlmodel import Session

from ar_cockpit.db.queries.figures.forecast_basis import basis_mark
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.backtest import Backtest, month_starts
from ar_cockpit.domain.forecast.backtest import backtest as run_backtest
from ar_cockpit.domain.forecast.calibration import LEAST_ORIGINS
from ar_cockpit.domain.forecast.cash import INTERVAL, WEEK, Sums, band, nothing
from ar_cockpit.domain.forecast.driving import Driving, Watch
from ar_cockpit.domain.forecast.fitted import CashSums, FittedForecast
from ar_cockpit.domain.forecast.history import MAX_HISTORY, Floats, day_number, to_date
from ar_cockpit.domain.forecast.parted import KindOf, Parted
from ar_cockpit.services.figures import forecast_models, known_ledger, reporting
from ar_cockpit.services.figures.known_ledger import fit_and_open
from ar_cockpit.services.people.companies import CompanySummary

MOST_DAYS, WITHIN, HALF = 365, 30, 0.5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FitReport:
    """What was learned from one company's ledger, and by which method."""

    company: str
    method: str
    reason: str
    settled: int
    customers: int
    features: tuple[str, ...]
    origins_tested: int
    band_scale: float
    design: str = ""
    band_common: float = 0.0
    days_off: float | None = None
    brier_late: float | None = None
    coverage: float | None = None
    version: int | None = None  # under which the fit is kept
    better_before: tuple[int, float] | None = None  # an earlier version that was off by fewer days, and those
    note: str = ""

    @property
    def is_band_tested(self) -> bool:
        """Whether there was history enough to hold the weekly band against earlier months."""
        return self.origins_tested >= LEAST_ORIGINS


@dataclass(frozen=True, slots=True)
class PredictedPayment:
    """When an invoice is expected to be paid, and how sure that is."""

    company: str
    invoice_number: str
    customer: str
    expected_on: date
    p10_on: date
    p50_on: date
    p90_on: date
    p_late: float
    p_paid: tuple[float, float, float]  # within 30, 60 and 90 days of the as-of date
    basis: str  # customer new_customer promise plan dispute


@dataclass(frozen=True, slots=True)
class ExpectedCash:
    """Cash expected from ``start`` on for a day or a week, in minor units, with its band."""

    start: date
    expected: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CashForecast:
    """The cash of the coming days and weeks from the ledger as it stands, and how it was made by company."""

    as_of: date
    currency: str
    interval: float
    days: tuple[ExpectedCash, ...]
    weeks: tuple[ExpectedCash, ...]
    within_30: ExpectedCash
    methods: tuple[FitReport, ...]


@dataclass(frozen=True, slots=True)
class CompanyCash:
    """One company's sums in one currency, their variances scaled as its own past asks for."""

    sums: CashSums
    report: FitReport
    driving: Driving | None = None  # what drives them, its variances not scaled; not kept beside the sums
    by_kind: Mapping[KindOf, Floats] | None = None  # of the customers, likewise


def fit(session: Session, actor: Actor, *, as_of: date, company: str = "") -> list[FitReport]:
    """Return what the ledgers of the companies ``actor`` may see teach by ``as_of``; keep each fit as a version."""
    seen = reporting.visible_companies(session, actor, company)
    return [_fit_and_keep(session, actor, one, as_of) for one in seen]


def _fit_and_keep(session: Session, actor: Actor, one: CompanySummary, as_of: date) -> FitReport:
    mark = basis_mark(session, one.company_id)
    ledger = company_ledger(session, one, as_of)
    fitted = forecast_models.learn(session, one, ledger, as_of)
    report = _report(one, fitted)
    if not actor.may(Permission.RUN_JOBS, one.company_id):
        return replace(report, note=f"{report.note} Not kept as a version: that takes the right to run jobs.".strip())
    kept = forecast_models.keep(session, actor, one, ledger, fitted)
    known_ledger.note(session, one, as_of, mark, kept.version.data_checksum)
    better = kept.better_before
    if better is None:
        return replace(report, version=kept.version.number)
    note = f"Version {kept.version.number} is worse on earlier months than version {better.number}"
    note += f" ({_days(kept.version.days_off)} off against {_days(better.days_off)})."
    note += f" It is in use all the same; `forecast rollback {better.number} --company {one.code}` goes back."
    return replace(
        report, version=kept.version.number, better_before=(better.number, better.days_off or 0.0), note=note
    )


def _days(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f} days"


def company_ledger(session: Session, one: CompanySummary, as_of: date) -> pd.DataFrame:
    """Return a company's invoices as known on ``as_of``; the caller has checked that they may be seen."""
    return known_ledger.company_ledger(session, one, as_of)


def predict(
    session: Session, actor: Actor, *, as_of: date, company: str = "", progress: Progress = lambda _done, _of: None
) -> list[PredictedPayment]:
    """Return a forecast for every invoice open on ``as_of``, by company and number."""
    seen = reporting.visible_companies(session, actor, company)
    predicted: list[PredictedPayment] = []
    for done, one in enumerate(sorted(seen, key=lambda each: each.code)):
        progress(done, len(seen))
        fitted, pending = fit_and_open(session, one, as_of)
        predicted += predicted_payments(one, forecast.predict(fitted, pending))
    progress(len(seen), len(seen))
    return predicted


def cash(
    session: Session, actor: Actor, *, as_of: date, days: int = 90, company: str = "", currency: str = ""
) -> CashForecast:
    """Return the cash of the coming ``days`` from the invoices open on ``as_of``, in one currency."""
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"{days} days cannot be forecast.", f"Choose 1 to {MOST_DAYS}.")
    seen = reporting.visible_companies(session, actor, company)
    chosen = reporting.chosen_currency(session, seen, currency, as_of)
    parts = [company_cash(session, one, as_of, days).get(chosen) for one in seen]
    return cash_forecast([part for part in parts if part is not None], as_of, chosen, days)


def backtest(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    origins: int = 6,
    company: str = "",
    progress: Progress = lambda _done, _of: None,
) -> Backtest:
    """Return the errors of the forecast and of naive ones from the last month starts."""
    if not 1 <= origins <= 60:
        raise InputError(f"{origins} origins cannot be tested.", "Choose 1 to 60.")
    seen = reporting.visible_companies(session, actor, company)
    ledgers = [ledger for one in seen if len(ledger := company_ledger(session, one, as_of))]
    starts = month_starts(ledgers, day_number(as_of), origins)
    if not starts:
        raise InputError("The ledger is too short to look back.", "Import at least two months of invoices.")
    return run_backtest(ledgers, starts, day_number(as_of), progress=lambda done: progress(done, len(starts)))


def company_cash(
    session: Session, one: CompanySummary, as_of: date, days: int, parted: Callable[[], Parted] | None = None
) -> dict[str, CompanyCash]:
    """Return a company's sums by currency, ``parted`` by kind of customers; the caller has checked the right."""
    fitted, pending = fit_and_open(session, one, as_of)
    found: dict[str, CompanyCash] = {}
    for currency in sorted(pending["currency"].unique()):
        watch, kinds = Watch(day_number(as_of)), parted() if parted else None
        watches = [one for one in (watch, kinds) if one is not None]
        sums = forecast.cash(fitted, pending[pending["currency"] == currency], days, WITHIN, watches)
        if sums is not None:
            told = _widened(sums, fitted), _report(one, fitted), watch.driving()
            found[str(currency)] = CompanyCash(*told, kinds.found if kinds else None)
    return found


def cash_forecast(parts: Sequence[CompanyCash], as_of: date, currency: str, days: int) -> CashForecast:
    """Return the companies' sums as one forecast; without any, nothing is expected."""
    by_day, by_week, within = (
        _total(parts, part, n) for part, n in (("days", days), ("weeks", days // WEEK), ("within", 1))
    )
    whole = _whole_units(by_day.expected)
    weekly = whole[: len(whole) // WEEK * WEEK].reshape(-1, WEEK).sum(axis=1)
    return CashForecast(
        as_of,
        currency,
        INTERVAL,
        spans(as_of, 1, whole, by_day),
        spans(as_of, WEEK, weekly, by_week),
        spans(as_of, WITHIN, np.round(within.expected), within)[0],
        tuple(part.report for part in parts),
    )


def half_band(parts: Sequence[CompanyCash], as_of: date, days: int) -> tuple[ExpectedCash, ...]:
    """Return the weeks with the band that holds half of what may come."""
    weeks = _total(parts, "weeks", days // WEEK)
    return spans(as_of, WEEK, np.round(weeks.expected), weeks, HALF)


def spans(
    as_of: date, length: int, expected: Floats, totals: Sums, interval: float = INTERVAL
) -> tuple[ExpectedCash, ...]:
    """Return one entry for each span of ``length`` days from the day after ``as_of``, with its band."""
    low, high = band(totals, interval)
    return tuple(
        ExpectedCash(
            as_of + timedelta(days=1 + number * length),
            int(amount),
            min(int(amount), round(float(low[number]))),
            max(int(amount), round(float(high[number]))),
        )
        for number, amount in enumerate(expected)
    )


def predicted_payments(one: CompanySummary, frame: pd.DataFrame) -> list[PredictedPayment]:
    """Return the rows of a prediction as values."""
    numbers = [frame[name].tolist() for name in ("expected", "p10", "p50", "p90")]
    known = {day: to_date(day) for day in set().union(*numbers)}
    days = [[known[day] for day in some] for some in numbers]
    chances = [frame[name].tolist() for name in ("p_late", "p_paid_30", "p_paid_60", "p_paid_90")]
    codes = [customer.split("\x1f", 1)[1] for customer in frame["customer"].tolist()]
    rows = zip(frame["number"].tolist(), codes, *days, *chances, frame["basis"].tolist(), strict=True)
    return [
        PredictedPayment(one.code, number, code, expected, p10, p50, p90, late, (p30, p60, p90_paid), basis)
        for number, code, expected, p10, p50, p90, late, p30, p60, p90_paid, basis in rows
    ]


def _report(one: CompanySummary, fitted: FittedForecast) -> FitReport:
    learned, shown = fitted.calibration, fitted.calibration.shown
    sample = f"Learned from {MAX_HISTORY:,} of {fitted.sampled_of:,} invoices; the errors told are of that sample."
    return FitReport(
        one.code,
        fitted.method,
        fitted.reason,
        fitted.settled,
        fitted.customers,
        fitted.features,
        learned.origins,
        learned.band_scale,
        learned.design,
        learned.band_common,
        days_off=shown.days_off if shown else None,
        brier_late=shown.brier_late if shown else None,
        coverage=shown.coverage if shown else None,
        note=sample if fitted.sampled_of else "",
    )


def _widened(sums: CashSums, fitted: FittedForecast) -> CashSums:
    widened = fitted.calibration.widened
    return CashSums(widened(sums.days), widened(sums.weeks), widened(sums.within))


def _total(parts: Iterable[CompanyCash], name: str, length: int) -> Sums:
    total = nothing(length)
    for part in parts:
        one: Sums = getattr(part.sums, name)
        total += one.each(lambda spans: spans[:length])
    return total


def _whole_units(expected: Floats) -> Floats:
    """Round so that every sum of days is off by less than a unit: differences of the rounded running total."""
    return np.diff(np.round(np.cumsum(expected)), prepend=0.0)
