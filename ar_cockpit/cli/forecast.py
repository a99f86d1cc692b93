"""`ar-cockpit forecast`: when invoices are paid, what cash comes, and how good such forecasts were."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress as Bar
from rich.table import Table
from sqlmodel import Session

from ar_cockpit.cli import forecast_models
from ar_cockpit.cli.console import DONE, IN_PART, messages, tables
from ar_cockpit.cli.forecast_models import told, write_whole
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, asking, emit_json, parse_date
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.forecast.backtest import Backtest
from ar_cockpit.domain.forecast.history import to_date
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.importing.records import Defect
from ar_cockpit.services.figures import forecasting, planned_invoices, reporting
from ar_cockpit.services.figures.forecasting import CashForecast, ExpectedCash, FitReport, PredictedPayment, Progress

COLUMNS = (
    "invoice_number",
    "customer_id",
    "expected_date",
    "p10_date",
    "p50_date",
    "p90_date",
    "p_late",
    "p_paid_30",
    "p_paid_60",
    "p_paid_90",
)
_DECIMALS = 4
_BASES = {
    "promise": "follow an open promise",
    "plan": "follow an instalment of a payment plan",
    "dispute": "are disputed, so later and less sure",
}
Currency = Annotated[str, typer.Option("--currency", metavar="EUR", help="Only documents of this currency.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Write here instead of to stdout.")]
New = Annotated[
    Path | None, typer.Option("--new", metavar="FILE.csv", help="Planned invoices instead of the open ones.")
]

forecast = typer.Typer(help="Expected payments and cash, on what was known on the as-of date.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    forecast_models.register(forecast)
    app.add_typer(forecast, name="forecast")


@forecast.command("fit")
def fit(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """Fit on what was known on the day, keep it as a version and say what was learned and how good it was."""
    with asking(as_user) as (session, actor):
        day = _day(session, actor, as_of, company)
        reports = forecasting.fit(session, actor, as_of=day, company=company)
    if as_json:
        emit_json({"as_of": day.isoformat(), "companies": [asdict(report) for report in reports]})
    else:
        table = Table("Company", "Version", "Method", "Design", "Settled invoices", "Customers", "Days off", "Features")
        for one in reports:
            numbers = (str(one.settled), str(one.customers), told(one.days_off))
            version = "—" if one.version is None else str(one.version)
            table.add_row(one.company, version, one.method, one.design, *numbers, ", ".join(one.features))
        tables.print(table)
    _tell_reasons(reports)


@forecast.command("predict")
def predict(
    new: New = None,
    out: Out = None,
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Forecast every open invoice, or the planned ones of a file: dates, chances of lateness and of payment."""
    set_aside: Sequence[Defect] = ()
    with asking(as_user) as (session, actor), _progress("Forecasting") as progress:
        day = _day(session, actor, as_of, company)
        if new is None:
            payments = forecasting.predict(session, actor, as_of=day, company=company, progress=progress)
        else:
            made = planned_invoices.predict_new(session, actor, new, as_of=day, company=company)
            payments, set_aside = list(made.payments), made.set_aside
    rows = [_row(payment) for payment in payments]
    if out is not None:
        write_whole(out, _csv(rows))
    if as_json:
        emit_json(_predictions(day, payments, set_aside, None if out else rows))
    elif out is None:
        sys.stdout.write(_csv(rows))
    _tell_predictions(payments, set_aside, out)
    raise typer.Exit(IN_PART if set_aside else DONE)


@forecast.command("cash")
def cash(
    days: Annotated[int, typer.Option("--days", help="How many days ahead.")] = 90,
    currency: Currency = "",
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Cash of the coming days and weeks with its band, from the ledger as it stands: no future sales."""
    with asking(as_user) as (session, actor):
        day = _day(session, actor, as_of, company)
        made = forecasting.cash(session, actor, as_of=day, days=days, company=company, currency=currency)
    if as_json:
        emit_json(cash_document(made))
        return
    table = Table("Week from", title=f"Cash expected, {made.currency}, seen from {day}")
    for heading in ("Expected", "Low", "High"):
        table.add_column(heading, justify="right")
    for week in made.weeks:
        table.add_row(week.start.isoformat(), *_amounts(week, made.currency))
    table.add_section()
    table.add_row("Within 30 days", *_amounts(made.within_30, made.currency))
    tables.print(table)
    _tell_reasons(made.methods)


@forecast.command("backtest")
def backtest(
    origins: Annotated[int, typer.Option("--origins", help="How many month starts to look back from.")] = 6,
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Errors of the forecast from past month starts, beside the due date and customers' averages."""
    with asking(as_user) as (session, actor), _progress("Looking back") as progress:
        day = _day(session, actor, as_of, company)
        result = forecasting.backtest(session, actor, as_of=day, origins=origins, company=company, progress=progress)
    if as_json:
        emit_json(backtest_document(day, result))
        return
    names = list(next(iter(asdict(one) for one in result.methods.values())))
    table = Table("Error", *result.methods, title=f"{len(result.origins)} origins, {result.at_issue} invoices at issue")
    for name in names:
        table.add_row(name, *(told(getattr(errors, name)) for errors in result.methods.values()))
    tables.print(table)


def cash_document(made: CashForecast) -> dict[str, Any]:
    """Return the forecast of cash as its JSON document."""
    return {
        "as_of": made.as_of.isoformat(),
        "currency": made.currency,
        "days": [{"date": one.start.isoformat()} | _spans(one, made.currency) for one in made.days],
        "weeks": [{"start": one.start.isoformat()} | _spans(one, made.currency) for one in made.weeks],
        "within_30": _spans(made.within_30, made.currency),
        "interval": made.interval,
        "methods": [{"company": r.company, "method": r.method, "reason": r.reason} for r in made.methods],
    }


def backtest_document(day: date, result: Backtest) -> dict[str, Any]:
    """Return the errors as their JSON document."""
    return {
        "as_of": day.isoformat(),
        "origins": [to_date(origin).isoformat() for origin in result.origins],
        "invoices": {"at_issue": result.at_issue, "open": result.open_on_origin},
        "methods": {
            name: {key: None if value is None else round(value, _DECIMALS) for key, value in asdict(errors).items()}
            for name, errors in result.methods.items()
        },
    }


def _day(session: Session, actor: Actor, as_of: str, company: str) -> date:
    return parse_date(as_of) if as_of else reporting.business_date(session, actor, company)


def _row(one: PredictedPayment) -> dict[str, Any]:
    dates = (one.expected_on, one.p10_on, one.p50_on, one.p90_on)
    chances = (round(chance, _DECIMALS) for chance in (one.p_late, *one.p_paid))
    values = (one.invoice_number, one.customer, *(day.isoformat() for day in dates), *chances)
    return dict(zip(COLUMNS, values, strict=True))


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _predictions(
    day: date, payments: Sequence[PredictedPayment], set_aside: Sequence[Defect], rows: list[dict[str, Any]] | None
) -> dict[str, Any]:
    document: dict[str, Any] = {"as_of": day.isoformat(), "predicted": len(payments)}
    document["basis"] = dict(sorted(Counter(one.basis for one in payments).items()))
    document["set_aside"] = [defect._asdict() for defect in set_aside]
    if rows is not None:
        document["invoices"] = rows
    return document


def _tell_predictions(payments: Sequence[PredictedPayment], set_aside: Sequence[Defect], out: Path | None) -> None:
    counted = Counter(one.basis for one in payments)
    if out is not None:
        messages.print(f"{len(payments)} invoices forecast, written to {out}.", markup=False)
    for basis, sentence in _BASES.items():
        if counted[basis]:
            messages.print(f"{counted[basis]} of them {sentence}.", markup=False)
    for defect in set_aside:
        messages.print(f"Line {defect.line}, {defect.column}: {defect.value!r}: {defect.reason}.", markup=False)


def _tell_reasons(reports: Sequence[FitReport]) -> None:
    for report in reports:
        for sentence in filter(None, (report.reason, report.note)):
            messages.print(f"{report.company}: {sentence}", markup=False)


def _spans(one: ExpectedCash, currency: str) -> dict[str, str]:
    return dict(zip(("expected", "low", "high"), _amounts(one, currency), strict=True))


def _amounts(one: ExpectedCash, currency: str) -> list[str]:
    return [decimal_string(minor, currency) for minor in (one.expected, one.low, one.high)]


@contextmanager
def _progress(title: str) -> Iterator[Progress]:
    """Draw a bar on a terminal, nothing when piped."""
    with Bar(console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
