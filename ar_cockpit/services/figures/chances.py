"""Keep beside each customer what the forecast says of its overdue invoices, for the order of the collectors' day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting import chances as stored
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.history import day_number, open_on
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.figures.forecasting import company_ledger

_NO_FORECAST = "prior"  # a wide guess from general experience: no better than the rule of the order itself


def forecast_of(session: Session, actor: Actor, *, as_of: date) -> dict[int, Mapping[int, int]]:
    """Return by company and customer the percent of the overdue amount that is paid within 30 days of ``as_of``.

    Takes seconds: give it a reading session.
    """
    actor.require(Permission.RUN_JOBS)
    found: dict[int, Mapping[int, int]] = {}
    for one in reporting.visible_companies(session, actor):
        ledger = company_ledger(session, one, as_of)
        fitted = forecast.fit(ledger, day_number(as_of))
        pending = open_on(ledger, day_number(as_of))
        overdue = pending[(pending["due"] < day_number(as_of)) & (pending["open"] > 0)]
        if fitted.method == _NO_FORECAST or overdue.empty:
            continue
        keys = select(col(CustomerRow.code), col(CustomerRow.id)).where(col(CustomerRow.company_id) == one.company_id)
        ids: dict[str, int] = dict(session.execute(keys).all())
        by_code = _by_customer(forecast.predict(fitted, overdue), overdue)
        found[one.company_id] = {ids[code]: chance for code, chance in by_code.items() if code in ids}
    return found


def keep(session: Session, actor: Actor, company_id: int, found: Mapping[int, int], *, as_of: date) -> int:
    """Keep one company's forecast of ``as_of`` and return of how many customers."""
    actor.require(Permission.RUN_JOBS)
    return stored.keep_chances(session, company_id, found, as_of)


def _by_customer(predicted: pd.DataFrame, overdue: pd.DataFrame) -> dict[str, int]:
    """Return the chances weighted by amount; both frames have the same invoices in the same order."""
    weight = overdue["open"].to_numpy(dtype=float)
    frame = pd.DataFrame({"customer": predicted["customer"].to_numpy(), "weight": weight})
    frame["paid"] = predicted["p_paid_30"].to_numpy(dtype=float) * weight
    sums = frame.groupby("customer")[["paid", "weight"]].sum()
    percent = (100 * sums["paid"] / sums["weight"]).round().clip(0, 100)
    return {
        str(key).split("\x1f", 1)[1]: int(value)
        for key, value in zip(percent.index.tolist(), percent.tolist(), strict=True)
    }
