"""How good the forecast would have been: rolling origins, each knowing only its past, beside naive forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ar_cockpit.domain.calendar import month_start, months_before
from ar_cockpit.domain.forecast.cash import Sums, band, by_week, sums
from ar_cockpit.domain.forecast.distribution import HORIZON, Distribution, conditioned
from ar_cockpit.domain.forecast.fitted import fit
from ar_cockpit.domain.forecast.history import FAR, Flags, Floats, Ints, day_number, known_on, open_on, to_date
from ar_cockpit.domain.forecast.model import distribution

WEEKS = 13
BINS = 10
FIRST_WEEKS = 4  # 28 days


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of one method over all origins; ``None`` where there was nothing to measure."""

    mae_at_issue: float | None
    mae_open: float | None
    auc_late: float | None
    brier_late: float | None
    wape_4: float | None
    wape_8: float | None
    wape_13: float | None
    total_28: float | None
    interval_coverage: float | None
    band_coverage: float | None
    band_width: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Invoices that were given about the same chance of being late: that chance, and the share that was."""

    chance: float
    came: float
    invoices: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The errors of each method, the origins they were measured from and the invoices they were measured on."""

    origins: Sequence[int]
    at_issue: int
    open_on_origin: int
    methods: dict[str, Errors]
    reliability: dict[str, tuple[Bin, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forecaster:
    """A fitted method: when invoices are paid, given they are unpaid at the end of a start day; how it widens sums."""

    when: Callable[[pd.DataFrame, Ints], Distribution]
    widen: Callable[[Sums], Sums] = lambda totals: totals


Method = Callable[[pd.DataFrame, int], Forecaster]


@dataclass(slots=True)
class _Tally:
    at_issue: list[Floats] = field(default_factory=list)
    open_: list[Floats] = field(default_factory=list)
    covered: list[Floats] = field(default_factory=list)
    chance_late: list[Floats] = field(default_factory=list)
    was_late: list[Floats] = field(default_factory=list)
    forecast: list[Floats] = field(default_factory=list)
    came: list[Floats] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)


def backtest(
    ledgers: Sequence[pd.DataFrame],
    origins: Sequence[int],
    until: int,
    *,
    methods: dict[str, Method] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Backtest:
    """Return the errors from each of ``origins`` (ascending), each judged on what is known on ``until``.

    Every company has a ledger of its own, is fitted by itself and judged with the others. An invoice still open on
    ``until`` counts with the error it has at least.
    """
    chosen = METHODS if methods is None else methods
    tallies = {name: _Tally() for name in chosen}
    known_now = [_in_usual_amounts(known_on(ledger, until)) for ledger in ledgers]
    counts = np.zeros(2, dtype=int)
    for number, (origin, following) in enumerate(zip(origins, [*origins[1:], None], strict=True)):
        end = _a_month_later(origin) if following is None else following
        for known in known_now:
            past = known_on(known, origin)
            if not (past["settled"] < FAR).any():
                continue
            new = known[(known["issued"] > origin) & (known["issued"] <= end)].reset_index(drop=True)
            pending = open_on(known, origin)
            counts += [len(new), len(pending)]
            for name, method in chosen.items():
                _judge(tallies[name], method(past, origin), new, pending, (origin, until))
        progress(number + 1)
    errors = {name: _errors(tally) for name, tally in tallies.items()}
    reliability = {name: _bins(tally) for name, tally in tallies.items()}
    return Backtest(tuple(origins), int(counts[0]), int(counts[1]), errors, reliability)


def month_starts(ledgers: Sequence[pd.DataFrame], as_of: int, count: int) -> list[int]:
    """Return the last ``count`` first days of months after which all the weeks to judge are over, in order."""
    known = [known_on(ledger, as_of) for ledger in ledgers]
    spans = [(int(one["issued"].min()), _last_event(one)) for one in known if len(one)]
    if not spans:
        return []
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    newest = month_start(to_date(last - WEEKS * 7))
    starts = [day_number(months_before(newest, back)) for back in range(count - 1, -1, -1)]
    return [start for start in starts if start > first]


def _last_event(known: pd.DataFrame) -> int:
    """Return the last day on which anything is known to have happened: an old ledger ends before today."""
    settled = known["settled"]
    return int(max(known["issued"].max(), settled[settled < FAR].max() if (settled < FAR).any() else 0))


def _in_usual_amounts(known: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices with amounts as multiples of their currency's median, so that currencies can be added."""
    usual = known.groupby("currency")["amount"].transform("median").clip(lower=0.01)
    return known.assign(amount=known["amount"] / usual)


def _a_month_later(origin: int) -> int:
    return day_number(months_before(to_date(origin), -1))


def _judge(tally: _Tally, made: Forecaster, new: pd.DataFrame, pending: pd.DataFrame, span: tuple[int, int]) -> None:
    if len(new):
        when = made.when(new, new["issued"].to_numpy() - 1)
        due, paid, is_settled = new["due"].to_numpy(), new["until"].to_numpy(), new["settled"].to_numpy() < FAR
        tally.at_issue.append(_days_off(when, new))
        within = (paid >= when.quantile(0.1)) & (paid <= when.quantile(0.9))
        tally.covered.append(within[is_settled].astype(float))
        decided = is_settled | (paid > due)
        tally.chance_late.append(when.unpaid_after(np.maximum(due - when.start, 0))[decided])
        tally.was_late.append((paid > due)[decided].astype(float))
    if len(pending):
        when = made.when(pending, np.full(len(pending), span[0]))
        tally.open_.append(_days_off(when, pending))
        _judge_cash(tally, made, when, pending, span)


def _days_off(when: Distribution, frame: pd.DataFrame) -> Floats:
    median, paid = when.quantile(0.5), frame["until"].to_numpy()
    off = np.where(frame["settled"].to_numpy() < FAR, np.abs(median - paid), np.maximum(paid - median, 0))
    return off.astype(float)


def _judge_cash(
    tally: _Tally, made: Forecaster, when: Distribution, pending: pd.DataFrame, span: tuple[int, int]
) -> None:
    """Tally receipts by week; a week that is not over on the judging day has not come (NaN)."""
    origin, until = span
    week = (pending["settled"].to_numpy() - origin - 1) // 7
    over = np.where(np.arange(1, WEEKS + 1) * 7 <= until - origin, 1.0, np.nan)
    chance = by_week(when.paid_on_days(WEEKS * 7))
    for currency in sorted(pending["currency"].unique()):
        rows = (pending["currency"] == currency).to_numpy()
        amount = pending["amount"].to_numpy()[rows]
        totals = sums(chance[rows], amount)
        low, high = band(made.widen(totals))
        came = np.bincount(np.minimum(week[rows], WEEKS), amount, minlength=WEEKS + 1)[:WEEKS]
        for kept, values in (
            (tally.forecast, totals.expected),
            (tally.came, came),
            (tally.low, low),
            (tally.high, high),
        ):
            kept.append(np.asarray(over * values, dtype=float))


def _errors(tally: _Tally) -> Errors:
    if not tally.at_issue or not tally.forecast:
        return Errors(*([None] * len(fields(Errors))))
    late, chance = np.concatenate(tally.was_late), np.concatenate(tally.chance_late)
    made, came = np.array(tally.forecast), np.array(tally.came)
    low, high = np.array(tally.low), np.array(tally.high)
    over = np.isfinite(came[:, :FIRST_WEEKS]).all(axis=1) & (came[:, :FIRST_WEEKS].sum(axis=1) > 0)
    made_28, came_28 = made[over, :FIRST_WEEKS].sum(axis=1), came[over, :FIRST_WEEKS].sum(axis=1)
    return Errors(
        mae_at_issue=float(np.mean(np.concatenate(tally.at_issue))),
        mae_open=float(np.mean(np.concatenate(tally.open_))),
        auc_late=_auc(late, chance),
        brier_late=float(np.mean((chance - late) ** 2)),
        wape_4=_share(np.abs(made - came)[:, :4], came[:, :4]),
        wape_8=_share(np.abs(made - came)[:, :8], came[:, :8]),
        wape_13=_share(np.abs(made - came), came),
        total_28=float(np.mean(np.abs(made_28 - came_28) / came_28)) if over.any() else None,
        interval_coverage=float(np.mean(np.concatenate(tally.covered))),
        band_coverage=_share(((came >= low) & (came <= high))[:, :8], np.isfinite(came[:, :8])),
        band_width=_share((high - low)[:, :8], came[:, :8]),
    )


def _bins(tally: _Tally) -> tuple[Bin, ...]:
    if not tally.chance_late:
        return ()
    chance, late = np.concatenate(tally.chance_late), np.concatenate(tally.was_late)
    at = np.minimum((chance * BINS).astype(int), BINS - 1)
    found = ((at == number) for number in range(BINS))
    return tuple(
        Bin(float(chance[here].mean()), float(late[here].mean()), int(here.sum())) for here in found if here.any()
    )


def _share(part: Floats | Flags, whole: Floats | Flags) -> float | None:
    total = float(np.nansum(whole))
    return float(np.nansum(part)) / total if total > 0 else None


def _auc(late: Floats, chance: Floats) -> float | None:
    """Return the chance that a late invoice was given the higher chance of being late."""
    positive = late == 1
    pairs = int(positive.sum()) * int((~positive).sum())
    if not pairs:
        return None
    ranks = rankdata(chance)[positive].sum()
    return float((ranks - positive.sum() * (positive.sum() + 1) / 2) / pairs)


def _the_forecast(past: pd.DataFrame, origin: int) -> Forecaster:
    fitted = fit(past, origin)
    learned = fitted.calibration
    return Forecaster(lambda frame, start: distribution(fitted.core, frame, start, learned.weights), learned.widened)


def _naive(point: Callable[[pd.DataFrame], tuple[pd.Series, float]]) -> Method:
    """Return a method that expects a customer's (or everyone's) usual days late, give or take what past ones were."""

    def method(past: pd.DataFrame, _origin: int) -> Forecaster:
        settled = past[past["settled"] < FAR]
        late = (settled["settled"] - settled["due"]).astype(float)
        usual, otherwise = point(settled.assign(late=late))
        residuals = np.sort((late - settled["customer"].map(usual).fillna(otherwise)).to_numpy())
        return Forecaster(lambda frame, start: _around(frame, start, usual, otherwise, residuals))

    return method


def _around(frame: pd.DataFrame, start: Ints, usual: pd.Series, otherwise: float, residuals: Floats) -> Distribution:
    expected = frame["customer"].map(usual).fillna(otherwise).to_numpy(dtype=float)
    late = (start - frame["due"].to_numpy())[:, None] + np.arange(HORIZON + 1) + 0.5 - expected[:, None]
    share = np.searchsorted(residuals, late) / (len(residuals) + 1.0)
    return Distribution(start, conditioned(1.0 - share))


def _on_due_date(_past: pd.DataFrame, _origin: int) -> Forecaster:
    def when(frame: pd.DataFrame, start: Ints) -> Distribution:
        due = np.maximum(frame["due"].to_numpy() - start, 1)[:, None]
        return Distribution(start, (np.arange(HORIZON + 1)[None, :] < due).astype(float))

    return Forecaster(when)


METHODS: dict[str, Method] = {
    "forecast": _the_forecast,
    "due_date": _on_due_date,
    "customer_mean": _naive(lambda s: (s.groupby("customer")["late"].mean(), float(s["late"].mean()))),
    "customer_median": _naive(lambda s: (s.groupby("customer")["late"].median(), float(s["late"].median()))),
    "global_median": _naive(lambda s: (pd.Series(dtype=float), float(s["late"].median()))),
}
