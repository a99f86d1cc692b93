"""Invoices that do not exist yet (a quote, an order): the same forecast, from a file of canonical columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from sqlmodel import Session

from ar_cockpit.db.queries.figures import forecast as ledger_queries
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast.history import FEATURE_PREFIX, day_number, known_on, prepared, with_usual_traits
from ar_cockpit.domain.money import exponent
from ar_cockpit.importing.records import Defect, InvoiceRecord, Table
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import recognise
from ar_cockpit.importing.tabular.mapping import shipped
from ar_cockpit.services.figures import forecast_models, reporting
from ar_cockpit.services.figures.forecasting import PredictedPayment, predicted_payments
from ar_cockpit.services.figures.known_ledger import company_ledger
from ar_cockpit.services.people.companies import CompanySummary
from ar_cockpit.settings import get_settings

Customers = Mapping[str, tuple[int, str, str, str]]
SHOWN = 5  # names told of many


@dataclass(frozen=True, slots=True)
class PlannedForecast:
    """The forecasts in the order of the file's rows, and the rows that could not be forecast."""

    payments: tuple[PredictedPayment, ...]
    set_aside: tuple[Defect, ...]


def predict_new(session: Session, actor: Actor, path: Path, *, as_of: date, company: str = "") -> PlannedForecast:
    """Return the forecast of the planned invoices in the file at ``path``, from the history as of ``as_of``."""
    seen = reporting.visible_companies(session, actor, company)
    if not seen:
        raise InputError("There is no company yet to learn from.", "Import a ledger first.")
    records, set_aside = _read(path)
    customers = {one.code: ledger_queries.customers_of(session, one.company_id) for one in seen}
    placed: dict[str, list[InvoiceRecord]] = {one.code: [] for one in seen}
    for record in records:
        placed[_company_of(record, customers, company)].append(record)
    found: dict[int, PredictedPayment] = {}
    for one in seen:
        found |= _predicted(session, one, placed[one.code], customers[one.code], as_of)
    return PlannedForecast(tuple(found[line] for line in sorted(found)), tuple(set_aside))


def _read(path: Path) -> tuple[list[InvoiceRecord], list[Defect]]:
    file = recognise(path, known=shipped())
    if file.table is not Table.INVOICES:
        raise InputError(f"{path.name} holds {file.table}, not invoices.", "Give a file with invoice columns.")
    records: list[InvoiceRecord] = []
    set_aside: list[Defect] = []
    for batch in CsvReader(file).batches():
        records += [record for record in batch.records if record.amount > 0]
        set_aside += [reject.defect for reject in batch.rejects]
        set_aside += [_no_invoice(record) for record in batch.records if record.amount <= 0]
    return records, sorted(set_aside, key=lambda defect: defect.line)


def _no_invoice(record: InvoiceRecord) -> Defect:
    return Defect(record.line, "amount", str(record.amount), "Only invoices are paid; this is none")


def _company_of(record: InvoiceRecord, customers: Mapping[str, Customers], asked: str) -> str:
    """Return the company of a planned invoice: the row's, else the one asked for, else the one with that customer."""
    if record.company:
        if record.company not in customers:
            raise NotFoundError(f"There is no company {record.company} (line {record.line}).")
        return record.company
    holding = [code for code, known in customers.items() if asked == code or record.customer in known]
    candidates = holding or list(customers)
    if len(candidates) > 1:
        raise InputError(
            f"Line {record.line}: {record.customer} may be a customer of {', '.join(sorted(candidates))}.",
            "Choose one with --company, or add a column company.",
        )
    return candidates[0]


def _predicted(
    session: Session, one: CompanySummary, records: Sequence[InvoiceRecord], customers: Customers, as_of: date
) -> dict[int, PredictedPayment]:
    """Return the forecasts by line of the file."""
    if not records:
        return {}
    taken = sorted({record.number for record in records} & ledger_queries.numbers_known(session, one.company_id, as_of))
    if taken:
        raise InputError(
            f"In the ledger already: {', '.join(taken[:SHOWN])}{' …' if len(taken) > SHOWN else ''}.",
            "Forecast those without --new.",
        )
    ledger = company_ledger(session, one, as_of)
    fitted = forecast_models.fitted_on(session, one, ledger, as_of)
    # The line stands in for the number: a planned invoice may have none of its own yet.
    frame = pd.DataFrame([_row(one, record, customers) for record in records])
    planned = with_usual_traits(prepared(frame), known_on(ledger, day_number(as_of)))
    predicted = predicted_payments(one, forecast.predict(fitted, planned))
    numbers = {record.line: record.number for record in records}
    by_line = {int(payment.invoice_number): payment for payment in predicted}
    return {line: replace(payment, invoice_number=numbers[line]) for line, payment in by_line.items()}


def _row(one: CompanySummary, record: InvoiceRecord, customers: Customers) -> dict[str, object]:
    terms, currency, country, segment = customers.get(
        record.customer, (get_settings().default_terms_days, one.currency, "", "")
    )
    chosen = record.currency or currency or one.currency
    due_on = record.due_on or record.invoice_on + timedelta(days=terms)
    custom = {f"{FEATURE_PREFIX}{name.lower()}": value for name, value in record.custom.items()}
    return {
        "company": one.code,
        "invoice_number": str(record.line),
        "customer": record.customer,
        "currency": chosen,
        "issued_on": record.invoice_on,
        "due_on": max(due_on, record.invoice_on),
        "amount": float(record.amount.scaleb(exponent(chosen))),
        f"{FEATURE_PREFIX}customer country": country,
        f"{FEATURE_PREFIX}customer segment": segment,
        **custom,
    }
