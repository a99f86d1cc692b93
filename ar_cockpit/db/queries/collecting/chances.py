"""What the kept forecast says of customers' overdue invoices, and the weights of a company's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerChanceRow,
    CustomerRow,
    ForecastRunRow,
    PolicyVersionRow,
    QueueWeightsRow,
    ReminderStopRow,
)

_COLUMNS = ("customer_id", "company_id", "forecast_on", "chance", "before", "before_on")
# How old the forecast may be that today's is held against: a week shows what changed, a day mostly noise.
WEEK = timedelta(days=7)
# An older forecast says nothing any more.
VALID = timedelta(days=10)
# What contacts change moves slowly, and is estimated anew only when the ledger changed.
ESTIMATE_VALID = timedelta(days=92)
_WORKS = "works:"  # how the scopes of these estimates begin, before the company's code


class Anyway(NamedTuple):
    """Of those who paid after a contact, the share that would have anyway, each with its 95 % interval."""

    observed: tuple[float, float, float] | None
    by_trial: tuple[float, float, float] | None  # a hold-out's answer, drawn to what was observed


@dataclass(frozen=True, slots=True)
class Chance:
    """Percent of the overdue amount paid within 30 days, by the kept forecast and by the one before it."""

    now: int
    before: int | None


def chances(session: Session, chosen: ColumnElement[bool], as_of: date) -> dict[int, Chance]:
    """Return what was forecast of the ``chosen`` customers by ``as_of`` and not long before it."""
    row = CustomerChanceRow
    question = (
        select(col(row.customer_id), col(row.chance), col(row.before))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(chosen, col(row.forecast_on).between(as_of - VALID, as_of))
    )
    return {key: Chance(now, before) for key, now, before in session.execute(question)}


def keep_chances(session: Session, company_id: int, forecast: Mapping[int, int], on: date) -> int:
    """Keep a company's forecast of ``on`` and return of how many customers; what is out of date goes."""
    row = CustomerChanceRow
    asked = select(*(getattr(row, name) for name in _COLUMNS)).where(col(row.company_id) == company_id)
    kept = {one[0]: tuple(one) for one in session.execute(asked)}
    rows = [_row(kept.get(key), key, company_id, chance, on) for key, chance in sorted(forecast.items())]
    # A row whose day alone changed is written too: an old one does not count.
    upsert(session, row, _COLUMNS, [one for one in rows if one != kept.get(one[0])], ("customer_id",))
    return len(rows)


def _row(kept: tuple[Any, ...] | None, key: int, company_id: int, chance: int, on: date) -> tuple[Any, ...]:
    if kept is None:
        return (key, company_id, on, chance, None, None)
    _, _, forecast_on, was, before, before_on = kept
    if forecast_on >= on:
        return (key, company_id, on, chance, before, before_on)
    if before_on is None or on - before_on >= 2 * WEEK:
        before, before_on = was, forecast_on
    return (key, company_id, on, chance, before, before_on)


def weights_in_force(session: Session) -> dict[int, dict[str, Any]]:
    """Return the newest weights of every company that chose some."""
    row = QueueWeightsRow
    newest = select(col(row.company_id), func.max(col(row.number)).label("number")).group_by(col(row.company_id))
    latest = newest.subquery()
    question = select(col(row.company_id), col(row.weights)).join(
        latest, (latest.c.company_id == col(row.company_id)) & (latest.c.number == col(row.number))
    )
    return dict(session.execute(question).all())


def paid_anyway(session: Session, as_of: date) -> dict[int, Anyway]:
    """Return by company which share of those who paid after a contact would have anyway, observed and by a trial.

    It is the newest estimate kept by ``as_of``; companies of which nothing is known are left out.
    """
    row = ForecastRunRow
    scope = literal(_WORKS) + col(CompanyRow.code)
    newest = (
        select(func.max(col(row.as_of)))
        .where(col(row.scope) == scope, col(row.as_of).between(as_of - ESTIMATE_VALID, as_of))
        .correlate(CompanyRow)
        .scalar_subquery()
    )
    question = select(col(CompanyRow.id), col(row.payload)).join(
        row, (col(row.scope) == scope) & (col(row.as_of) == newest)
    )
    kept = (
        (key, (_share(told.get(name)) for name in ("anyway", "by_trial"))) for key, told in session.execute(question)
    )
    found = {key: Anyway(*shares) for key, shares in kept}
    return {key: one for key, one in found.items() if any(one)}


def _share(told: Any) -> tuple[float, float, float] | None:
    return (told[0], told[1], told[2]) if told else None


def rules_mark(session: Session) -> tuple[Any, ...]:
    """Return a mark of the rules by which everybody is judged: another mark means that somebody changed one."""
    newest = func.max
    return tuple(
        session.execute(question).scalar()
        for question in (
            select(newest(col(PolicyVersionRow.activated_at))),
            select(newest(col(PolicyVersionRow.id))),
            select(newest(col(QueueWeightsRow.id))),
            select(newest(col(ReminderStopRow.id))),
            select(newest(col(ReminderStopRow.released_at))),
        )
    )
