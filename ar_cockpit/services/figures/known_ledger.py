"""A company's ledger as a forecast knows it; where a fit of that very ledger is kept, only what is open is read.

Whether a kept fit is of the very data takes reading hundreds of thousands of settled invoices, or a mark that changes
with every one of them. The mark stands beside the fit as it was before the ledger was read: a ledger that changes
meanwhile has another one, and is read whole again.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import forecast as ledger_queries
from ar_cockpit.db.queries.figures.forecast_basis import basis_mark
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.forecast import stored
from ar_cockpit.domain.forecast.fitted import FittedForecast
from ar_cockpit.domain.forecast.history import day_number, open_on, prepared
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import forecast_models, kept_runs
from ar_cockpit.services.people.companies import CompanySummary


def company_ledger(session: Session, one: CompanySummary, as_of: date, *, only_open: bool = False) -> pd.DataFrame:
    """Return a company's invoices as known on ``as_of``, with the promises and disputes open on it."""
    frame = ledger_queries.ledger_on(session, one.company_id, as_of, only_open=only_open)
    promised, disputed, by_plan = ledger_queries.commitments_on(session, one.company_id, as_of)
    frame["company"] = one.code
    frame["promised_on"] = frame["id"].map({key: day_number(first) for key, (first, _) in promised.items()})
    frame["promise_until"] = frame["id"].map({key: day_number(last) for key, (_, last) in promised.items()})
    frame["disputed"], frame["by_plan"] = frame["id"].isin(disputed), frame["id"].isin(by_plan)
    return prepared(frame)


def fit_and_open(session: Session, one: CompanySummary, as_of: date) -> tuple[FittedForecast, pd.DataFrame]:
    """Return what forecasts ``as_of`` and the invoices open on it, the same whether the ledger was read or known."""
    mark, day = basis_mark(session, one.company_id), day_number(as_of)
    fitted = forecast_models.chosen_on(session, one, as_of) or _known(session, one, as_of, mark)
    if fitted is not None:
        return fitted, open_on(company_ledger(session, one, as_of, only_open=True), day)
    ledger = company_ledger(session, one, as_of)
    data = stored.data_checksum(ledger, day)
    kept = forecast_models.kept_of(session, one, data)
    if kept is not None:
        note(session, one, as_of, mark, data)
    return kept or forecast_models.learn(session, one, ledger, as_of), open_on(ledger, day)


def note(session: Session, one: CompanySummary, as_of: date, mark: str | None, data: str) -> None:
    """Keep that the ledger of ``mark``, which was read before it, is the one of this checksum."""
    if mark is None:
        return
    row = {"scope": _scope(one), "as_of": as_of, "fingerprint": mark, "method": "basis"}
    kept_runs.keep(session, row | {"payload": {"data": data}, "created_at": now()})


def _known(session: Session, one: CompanySummary, as_of: date, mark: str | None) -> FittedForecast | None:
    if mark is None:
        return None
    row = ForecastRunRow
    question = select(col(row.payload)).where(
        col(row.scope) == _scope(one), col(row.as_of) == as_of, col(row.fingerprint) == mark
    )
    payload = session.execute(question).scalar_one_or_none()
    return None if payload is None else forecast_models.kept_of(session, one, payload["data"])


def _scope(one: CompanySummary) -> str:
    return f"basis:{one.code}"
