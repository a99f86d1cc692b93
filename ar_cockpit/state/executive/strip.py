"""The executive's key figures in words: value, change, goal, supporting fact and the formula behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ar_cockpit.domain.figures.consolidation import FigureError
from ar_cockpit.domain.figures.kpis import Kpis, combined
from ar_cockpit.i18n import count, say
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.figures import Kpi, sparkline
from ar_cockpit.state.display.rates import missing_told

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_outlook import CashOutlook

Figure = Callable[[Kpis], float | None]
Link = Callable[[str], str]  # which documents -> the address of their list


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a figure is compared: its unit, its decimals, and whether less of it is better."""

    key: str
    figure: Figure
    unit: str  # days, points or percent
    less_is_better: bool = True


_SHARE = _Measure("overdue_share", lambda told: _times_100(told.overdue_share), "points")
_DSO = _Measure("dso_countback", lambda told: told.dso_countback, "days")
_ADD = _Measure("add", lambda told: told.add, "days")
_CEI = _Measure("cei", lambda told: told.cei, "points", less_is_better=False)
_RECEIVABLES = _Measure("receivables", lambda told: told.totals.receivables, "percent")
_FIGURES = ("receivables", "overdue", "dso_countback", "add", "cei")  # in the order of the strip


def strip(shown: Cockpit, language: str, link: Link) -> list[Kpi]:
    """Return the figures of the ledger: receivables, overdue, DSO, ADD and CEI."""
    cells = [
        _receivables(shown, language, link),
        _overdue(shown, language, link),
        _dso(shown, language, link),
        _add(shown, language, link),
        _cei(shown, language, link),
    ]
    return [_with_reason(cell, figure, shown, language) for cell, figure in zip(cells, _FIGURES, strict=True)]


def _with_reason(cell: Kpi, figure: str, shown: Cockpit, language: str) -> Kpi:
    """Return the cell; where a missing rate took the figure, with the reason in the place of the fact."""
    missing = [error.missing for error in _errors(shown) if error.figure == figure]
    if not missing:
        return cell
    fact = say(language, "consolidation.missing.short", currency=missing[0].currency)
    return replace(cell, fact=fact, more="", target="", target_kind="", explanation=missing_told(missing, language))


def _errors(shown: Cockpit) -> Sequence[FigureError]:
    return shown.consolidation.errors if shown.consolidation else ()


def cash_figure(shown: Cockpit, outlook: CashOutlook | None, language: str, link: Link, ahead: str = "") -> Kpi:
    """Return the cash expected in 30 days; while it is computed, an empty cell of the same size.

    It leads ``ahead``, to the page that says the same sum and who is to pay it: what is open today is another sum.
    """
    label = say(language, "executive.cash_30")
    if outlook is not None and outlook.missing:
        fact = say(language, "consolidation.missing.short", currency=outlook.missing[0].currency)
        told = missing_told(outlook.missing, language)
        return Kpi(label, rows.NOT_AVAILABLE, fact=fact, href=link("open"), explanation=told)
    if outlook is None or not outlook.forecast.methods:
        none = say(language, "executive.cash_30.wait" if outlook is None else "executive.cash_30.none")
        return Kpi(label, rows.NOT_AVAILABLE, fact=none, href=link("open"), explanation=none)
    expected, currency, target = outlook.forecast.within_30, shown.currency, shown.targets.get("cash_30")
    low, high = (rows.money_short(minor, currency, language) for minor in (expected.low, expected.high))
    grown = _grown(expected.expected, shown.came_within_30.get(shown.compared_on))
    came = [shown.came_within_30.get(day) for day, _ in shown.series[:-1]]
    return Kpi(
        label,
        rows.money_short(expected.expected, currency, language),
        "",
        *_told_change(grown, "percent", language, less_is_better=False),
        *_cash_goal(expected.expected, target, currency, language),
        say(language, "executive.cash_30.fact", low=low, high=high),
        "",
        ahead or link("open"),
        say(language, "executive.cash_30.why", expected=rows.money(expected.expected, currency, language)),
        sparkline([*came, expected.expected], target),
    )


def _receivables(shown: Cockpit, language: str, link: Link) -> Kpi:
    totals, currency = shown.now.totals, shown.currency
    target = shown.targets.get("receivables")
    goal, goal_kind = "", ""
    if target is not None and totals.receivables is not None:
        beyond = rows.money_short(round(abs(totals.receivables - target)), currency, language)
        is_met = totals.receivables <= target
        told = rows.money_short(round(target), currency, language)
        goal = say(language, f"executive.goal.{'met_below' if is_met else 'above'}", target=told, by=beyond)
        goal_kind = "ok" if is_met else "watch"
    grown = _grown(totals.receivables, shown.before.totals.receivables)
    unapplied, turns = rows.money(shown.unapplied_cash, currency, language), shown.now.turnover
    return Kpi(
        say(language, "executive.receivables"),
        rows.money(totals.receivables, currency, language),
        "",
        *_told_change(grown, "percent", language, less_is_better=True),
        goal,
        goal_kind,
        say(language, "executive.receivables.fact", amount=unapplied),
        "" if turns is None else say(language, "executive.turnover", number=rows.number(turns, language, 1)),
        link("open"),
        say(language, "executive.receivables.why", date=rows.day(shown.as_of, language), **_period(shown, language)),
        _line(shown, _RECEIVABLES),
    )


def _overdue(shown: Cockpit, language: str, link: Link) -> Kpi:
    totals, target = shown.now.totals, shown.targets.get("overdue_share")
    share = rows.percent(shown.now.overdue_share, language)
    goal, goal_kind = say(language, "executive.overdue.share", share=share), ""
    if target is not None and shown.now.overdue_share is not None:
        goal_kind = "ok" if shown.now.overdue_share <= target else "watch"
        goal = say(language, "executive.overdue.goal", share=share, target=rows.percent(target, language))
    documents = count(
        language,
        "executive.documents",
        shown.overdue_documents,
        total=rows.number(shown.overdue_documents, language),
    )
    customers = count(
        language,
        "executive.customers_of",
        shown.overdue_customers,
        total=rows.number(shown.overdue_customers, language),
    )
    return Kpi(
        say(language, "executive.overdue"),
        rows.money(totals.overdue, shown.currency, language),
        "",
        *_change(shown, _SHARE, language),
        goal,
        goal_kind,
        f"{documents} {customers}" if shown.is_whole else "\u00a0",  # the line is kept while they are counted
        "",
        link("overdue"),
        say(language, "executive.overdue.why", date=rows.day(shown.as_of, language)),
        _line(shown, _SHARE, 100),
    )


def _dso(shown: Cockpit, language: str, link: Link) -> Kpi:
    simple, best = (rows.number(value, language, 1) for value in (shown.now.dso, shown.now.best_possible_dso))
    one_day = shown.now.day_of_dso
    worth = None if one_day is None else rows.money(one_day, shown.currency, language)
    return Kpi(
        say(language, "executive.dso"),
        rows.number(shown.now.dso_countback, language, 1),
        "\u00a0" + say(language, "executive.days"),
        *_change(shown, _DSO, language),
        *_goal(shown, _DSO, language),
        say(language, "executive.dso.fact", simple=simple, best=best),
        "" if worth is None else say(language, "executive.dso.one_day", amount=worth),
        link("open"),
        say(language, "executive.dso.why", **_period(shown, language)),
        _line(shown, _DSO),
    )


def _add(shown: Cockpit, language: str, link: Link) -> Kpi:
    return Kpi(
        say(language, "executive.add"),
        rows.number(shown.now.add, language, 1),
        "\u00a0" + say(language, "executive.days"),
        *_change(shown, _ADD, language),
        *_goal(shown, _ADD, language),
        say(language, "executive.add.fact"),
        "",
        link("overdue"),
        say(language, "executive.add.why", **_period(shown, language)),
        _line(shown, _ADD),
    )


def _cei(shown: Cockpit, language: str, link: Link) -> Kpi:
    totals = shown.now.totals
    collected = combined(totals.receivables_at_start, totals.credit_sales, minus=(totals.receivables,))
    return Kpi(
        say(language, "executive.cei"),
        rows.percent(None if shown.now.cei is None else shown.now.cei / 100, language),
        "",
        *_change(shown, _CEI, language),
        *_goal(shown, _CEI, language),
        say(
            language,
            "executive.cei.fact",
            amount=rows.money_short(collected, shown.currency, language),
            days=totals.period.days,
        ),
        "",
        link("billed"),
        say(language, "executive.cei.why", **_period(shown, language)),
        _line(shown, _CEI),
    )


def _change(shown: Cockpit, measure: _Measure, language: str) -> tuple[str, str, str]:
    now, before = measure.figure(shown.now), measure.figure(shown.before)
    difference = None if now is None or before is None else now - before
    return _told_change(difference, measure.unit, language, less_is_better=measure.less_is_better)


def _told_change(difference: float | None, unit: str, language: str, *, less_is_better: bool) -> tuple[str, str, str]:
    """Return the change in words, whether it is better (ok) or worse (bad), and the arrow of its direction."""
    if difference is None:
        return say(language, "executive.no_comparison"), "", "minus"
    told = say(language, f"executive.change.{unit}", number=rows.number(abs(difference), language, 1))
    if round(abs(difference), 1) == 0:
        return say(language, "executive.same"), "", "minus"
    is_better = (difference < 0) is less_is_better
    word = say(language, "executive.better" if is_better else "executive.worse")
    return f"{told}, {word}", "ok" if is_better else "bad", "arrow-up" if difference > 0 else "arrow-down"


def _goal(shown: Cockpit, measure: _Measure, language: str) -> tuple[str, str]:
    target, value = shown.targets.get(measure.key), measure.figure(shown.now)
    if target is None or value is None:
        return "", ""
    is_met = value <= target if measure.less_is_better else value >= target
    told = rows.number(target, language, 1)
    by = say(language, f"executive.change.{measure.unit}", number=rows.number(abs(value - target), language, 1))
    if measure.unit == "points":
        told = rows.percent(target / 100, language)
    side = "met" if is_met else "above" if value > target else "below"
    return say(language, f"executive.goal.{side}", target=told, by=by), "ok" if is_met else "watch"


def _cash_goal(expected: int, target: float | None, currency: str, language: str) -> tuple[str, str]:
    if target is None:
        return "", ""
    told = rows.money_short(round(target), currency, language)
    if expected >= target:
        return say(language, "executive.goal.on_course", target=told), "ok"
    by = rows.money_short(round(target - expected), currency, language)
    return say(language, "executive.goal.below", target=told, by=by), "watch"


def _line(shown: Cockpit, measure: _Measure, times: float = 1) -> object:
    target = shown.targets.get(measure.key)
    values: Sequence[float | None] = [measure.figure(told) for _, told in shown.series]
    return sparkline(values, None if target is None else target * times)


def _period(shown: Cockpit, language: str) -> dict[str, object]:
    period = shown.now.totals.period
    return {
        "start": rows.day(period.start, language),
        "end": rows.day(period.end, language),
        "days": period.days,
        "sales": rows.money(shown.now.totals.credit_sales, shown.currency, language),
    }


def _grown(now: float | None, before: float | None) -> float | None:
    """Return the growth in per cent, or ``None`` when there was nothing to grow from."""
    return 100 * (now - before) / before if now is not None and before is not None and before > 0 else None


def _times_100(share: float | None) -> float | None:
    return None if share is None else 100 * share
