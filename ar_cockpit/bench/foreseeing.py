"""The forecast among the questions of the benchmark: fitting every company, and predicting whatever is open."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.forecast.history import MAX_HISTORY

_ME = Actor.local_operator()
_COLUMNS = (
    "invoice.id, number, code, invoice.currency, invoice_on, due_on, amount_minor, open_minor, closed_on, country,"
    " segment_key, CAST(invoice.custom AS text) AS told"
)
_OF_COMPANY = (
    f"SELECT {_COLUMNS} FROM invoice JOIN customer ON customer.id = invoice.customer_id"
    " WHERE invoice.company_id = :company AND kind = 'invoice' AND amount_minor > 0"
)


def fit(session: Session, today: date) -> object:
    """Fit every company and keep the versions."""
    from ar_cockpit.services.figures import forecasting  # noqa: PLC0415 (its libraries are slow to load)

    return forecasting.fit(session, _ME, as_of=today)


def predict(session: Session, today: date) -> object:
    """Predict every open invoice by the fits of the day, which the first turn makes."""
    from ar_cockpit.services.figures import forecast_models, forecasting  # noqa: PLC0415 (likewise)

    if all(one.as_of != today for one in forecast_models.versions(session, _ME)):
        forecasting.fit(session, _ME, as_of=today)
    return forecasting.predict(session, _ME, as_of=today)


def plain_open(about: tuple[int, ...]) -> list[tuple[str, dict[str, Any]]]:
    """Return the plainest reading of what is predicted."""
    return [(f"{_OF_COMPANY} AND closed_on = '9999-12-31'", {"company": company}) for company in about]


def plain_history(about: tuple[int, ...]) -> list[tuple[str, dict[str, Any]]]:
    """Return the plainest reading of what is learned from: the newest settled documents, and the open ones."""
    settled = f"{_OF_COMPANY} AND closed_on < '9999-12-31' ORDER BY invoice_on DESC LIMIT {MAX_HISTORY}"
    return [*plain_open(about), *((settled, {"company": company}) for company in about)]
