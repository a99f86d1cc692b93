"""The sentences that say what the executive's charts show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ar_cockpit.domain.figures.kpis import combined, ratio
from ar_cockpit.drawn.cockpit import WEEKS
from ar_cockpit.i18n import say
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.rates import missing_told

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_outlook import CashOutlook


def ageing_summary(shown: Cockpit, language: str) -> str:
    """Return what the ageing chart shows: where the overdue share goes, and how much is old."""
    now, before, totals = shown.now.overdue_share, shown.before.overdue_share, shown.now.totals
    old = combined(totals.ageing["91-120"], totals.ageing["over_120"])
    told_old = say(
        language,
        "executive.ageing.old",
        amount=rows.money(old, shown.currency, language),
        share=rows.percent(ratio(old, totals.receivables), language),
    )
    if now is None or before is None:
        return told_old
    direction = "same" if round(100 * now) == round(100 * before) else "down" if now < before else "up"
    told = say(
        language,
        f"executive.ageing.{direction}",
        now=rows.percent(now, language, 0),
        before=rows.percent(before, language, 0),
        date=rows.day_short(shown.compared_on, language),
    )
    return f"{told} {told_old}"


def dso_summary(shown: Cockpit, language: str) -> str:
    """Return what reaching the goal would bring in, or what one day is worth."""
    target, value, worth = shown.targets.get("dso_countback"), shown.now.dso_countback, shown.now.day_of_dso
    if value is None or worth is None:
        return say(language, "executive.dso.none")
    if target is None:
        return say(language, "executive.dso.day", amount=rows.money(worth, shown.currency, language))
    if value <= target:
        return say(language, "executive.dso.met")
    freed = round((value - target) * worth)
    return say(language, "executive.dso.freed", amount=rows.money_short(freed, shown.currency, language))


def cash_summary(outlook: CashOutlook, language: str) -> str:
    """Return how last quarter's forecast did: honesty in plain sight."""
    if outlook.missing:
        return missing_told(outlook.missing, language)
    if not outlook.is_confident or not outlook.forecast.methods:
        return say(language, "executive.cash.short_history")
    weeks, currency = outlook.last_quarter, outlook.currency
    forecast, came = sum(week.forecast.expected for week in weeks), sum(week.came for week in weeks)
    off = ratio(came - forecast, forecast)
    if off is None:
        return say(language, "executive.cash.no_past")
    told = say(
        language,
        "executive.cash.judged",
        forecast=rows.money_short(forecast, currency, language),
        came=rows.money_short(came, currency, language),
        off=("+" if off > 0 else "") + rows.percent(off, language),
        inside=sum(week.forecast.low <= week.came <= week.forecast.high for week in weeks),
        weeks=len(weeks),
    )
    return f"{told} {judged_by(outlook, language)}"


def judged_by(outlook: CashOutlook, language: str) -> str:
    """Return whether last quarter's forecast is the one that people saw then, or remade."""
    key = "executive.cash.kept" if not outlook.remade else "executive.cash.kept_of" if outlook.as_seen else ""
    on = rows.day(outlook.as_of - timedelta(weeks=WEEKS), language)
    return say(language, key or "executive.cash.remade", date=on, companies=", ".join(outlook.as_seen))
