"""Keep what the forecast says of each open invoice, and beside each customer what it says of the overdue ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting import chances as stored
from ar_cockpit.db.queries.figures import foreseen
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.history import day_number, to_date
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.figures.known_ledger import fit_and_open

_NO_FORECAST = "prior"  # a wide guess from general experience: no better than the rule of the order itself


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One company's forecast: percent of the overdue amount paid within 30 days by customer, and a row an invoice."""

    customers: Mapping[int, int]
    invoices: Sequence[tuple[Any, ...]] = ()


def forecast_of(session: Session, actor: Actor, *, as_of: date) -> dict[int, Foreseen]:
    """Return by company what the forecast of ``as_of`` says of its open invoices and of its customers.

    Takes seconds: give it a reading session.
    """
    actor.require(Permission.RUN_JOBS)
    found: dict[int, Foreseen] = {}
    for one in reporting.visible_companies(session, actor):
        fitted, pending = fit_and_open(session, one, as_of)
        pending = pending[pending["open"] > 0].reset_index(drop=True)
        if fitted.method == _NO_FORECAST or pending.empty:
            continue
        predicted = forecast.predict(fitted, pending)
        keys = select(col(CustomerRow.code), col(CustomerRow.id)).where(col(CustomerRow.company_id) == one.company_id)
        ids: dict[str, int] = dict(session.execute(keys).all())
        overdue = (pending["due"] < day_number(as_of)).to_numpy()
        by_code = _by_customer(predicted[overdue], pending[overdue])
        customers = {ids[code]: chance for code, chance in by_code.items() if code in ids}
        found[one.company_id] = Foreseen(customers, _rows(predicted, pending, one.company_id, as_of))
    return found


def keep(session: Session, actor: Actor, company_id: int, found: Foreseen, *, as_of: date) -> int:
    """Keep one company's forecast of ``as_of`` and return of how many customers."""
    actor.require(Permission.RUN_JOBS)
    foreseen.keep(session, company_id, found.invoices, as_of)
    return stored.keep_chances(session, company_id, found.customers, as_of)


def _rows(predicted: pd.DataFrame, pending: pd.DataFrame, company_id: int, as_of: date) -> list[tuple[Any, ...]]:
    """Return the invoices as they are stored; both frames have the same ones in the same order."""
    known: dict[int, date] = {}
    days = [
        [known.get(day) or known.setdefault(day, to_date(day)) for day in predicted[name].tolist()]
        for name in ("expected", "p10", "p90")
    ]
    chances = [(100 * predicted[name]).round().clip(0, 100).astype(int).tolist() for name in ("p_late", "p_paid_30")]
    same = [[value] * len(pending) for value in (company_id, as_of)]
    return list(zip(pending["id"].tolist(), *same, *days, *chances, predicted["basis"].tolist(), strict=True))


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
