"""`ar-cockpit kpi`: the key figures and the ageing of any day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, asking, emit_json, parse_date
from ar_cockpit.domain.figures.ageing import AgeBasis
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.figures.reporting import KpiReport

_NOT_AVAILABLE = "—"
AgeingBy = Annotated[AgeBasis, typer.Option("--ageing-by", help="Count age from the due date or the invoice date.")]
Currency = Annotated[str, typer.Option("--currency", metavar="EUR", help="Only documents of this currency.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("kpi")(kpi)


def kpi(
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
    currency: Currency = "",
    ageing_by: AgeingBy = AgeBasis.DUE,
) -> None:
    """Receivables, overdue, DSO, CEI, ageing and the rest, as of any day."""
    given = parse_date(as_of) if as_of else None
    with asking(as_user) as (session, actor):
        day = given or reporting.business_date(session, actor, company)
        report = reporting.kpi(session, actor, as_of=day, company=company, currency=currency, basis=ageing_by)
    if as_json:
        emit_json(document(report))
    else:
        tables.print(_table(report))


def document(report: KpiReport) -> dict[str, Any]:
    """Return the report as its JSON document: amounts as strings, ratios and days as numbers."""
    figures, totals = report.figures, report.figures.totals
    return {
        "as_of": report.as_of.isoformat(),
        "currency": report.currency,
        "receivables": decimal_string(totals.receivables, report.currency),
        "unapplied_cash": decimal_string(report.unapplied_cash, report.currency),
        "overdue": decimal_string(totals.overdue, report.currency),
        "overdue_share": figures.overdue_share,
        "not_due": decimal_string(totals.not_due, report.currency),
        "dso": figures.dso,
        "dso_countback": figures.dso_countback,
        "best_possible_dso": figures.best_possible_dso,
        "add": figures.add,
        "cei": figures.cei,
        "turnover": figures.turnover,
        "average_days_late": report.average_days_late,
        "credit_sales": decimal_string(totals.credit_sales, report.currency),
        "ageing": {key: decimal_string(minor, report.currency) for key, minor in report.ageing.items()},
    }


def _table(report: KpiReport) -> Table:
    figures, totals, period = report.figures, report.figures.totals, report.figures.totals.period
    table = Table(title=f"{report.currency}, {_told(report.as_of)} ({_told(period.start)} to {_told(period.end)})")
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    for name, minor in (
        ("Receivables", totals.receivables),
        ("Overdue", totals.overdue),
        ("Not due", totals.not_due),
        ("Unapplied cash (apart)", report.unapplied_cash),
        (f"Credit sales, {period.days} days", totals.credit_sales),
    ):
        table.add_row(name, _amount(minor, report.currency))
    for name, value, unit in (
        ("Overdue share", None if figures.overdue_share is None else 100 * figures.overdue_share, " %"),
        ("DSO", figures.dso, " days"),
        ("DSO, count-back", figures.dso_countback, " days"),
        ("Best possible DSO", figures.best_possible_dso, " days"),
        ("Average days delinquent", figures.add, " days"),
        ("Collection effectiveness", figures.cei, " %"),
        ("Turnover a year", figures.turnover, " times"),
        ("Average days late, weighted", report.average_days_late, " days"),
    ):
        table.add_row(name, _NOT_AVAILABLE if value is None else f"{value:,.1f}{unit}")
    table.add_section()
    for key, minor in report.ageing.items():
        table.add_row(_AGES[key], _amount(minor, report.currency))
    return table


_AGES = {
    "not_due": "Not due",
    "1-30": "1 to 30 days overdue",
    "31-60": "31 to 60",
    "61-90": "61 to 90",
    "91-120": "91 to 120",
    "over_120": "over 120",
}


def _told(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _amount(minor: int, currency: str) -> str:
    whole, _, part = decimal_string(minor, currency).partition(".")
    grouped = f"{int(whole):,}" if whole not in {"-0", "0"} else whole
    return f"{grouped}.{part}" if part else grouped
