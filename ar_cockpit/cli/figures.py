"""`ar-cockpit kpi`: the key figures and the ageing of any day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlmodel import Session

from ar_cockpit.cli.console import IN_PART, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, asking, emit_json, fail, parse_date
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, SeveralCurrenciesError
from ar_cockpit.domain.figures.ageing import AgeBasis
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.figures import consolidating, reporting
from ar_cockpit.services.figures.conversion_told import conversion_told
from ar_cockpit.services.figures.reporting import Consolidation, KpiReport

_NOT_AVAILABLE = "—"
AgeingBy = Annotated[AgeBasis, typer.Option("--ageing-by", help="Count age from the due date or the invoice date.")]
Currency = Annotated[str, typer.Option("--currency", metavar="EUR", help="Only documents of this currency.")]
Consolidate = Annotated[
    str, typer.Option("--consolidate", metavar="EUR", help="All currencies, converted at the ECB rate of the day.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("kpi")(kpi)


def kpi(
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
    currency: Currency = "",
    consolidate: Consolidate = "",
    ageing_by: AgeingBy = AgeBasis.DUE,
) -> None:
    """Receivables, overdue, DSO, CEI, ageing and the rest, as of any day."""
    if currency and consolidate:
        raise InputError("--currency chooses documents, --consolidate converts all of them.", "Give one of the two.")
    given = parse_date(as_of) if as_of else None
    with asking(as_user) as (session, actor):
        day = given or reporting.business_date(session, actor, company)
        asked: dict[str, Any] = {"as_of": day, "company": company, "basis": ageing_by}
        report = (
            consolidating.kpi(session, actor, into=consolidate, **asked)
            if consolidate
            else _of_one_currency(session, actor, currency=currency, **asked)
        )
    if as_json:
        emit_json(document(report))
    else:
        tables.print(_table(report))
        if report.consolidation:
            tables.print(_companies(report.consolidation, report.currency))
    if report.consolidation and report.consolidation.errors:
        reasons = sorted({error.missing.sentence for error in report.consolidation.errors})
        fail(f"Not every figure is available. {' '.join(reasons)} Newer rates: ar-cockpit rates refresh.", IN_PART)


def _of_one_currency(session: Session, actor: Actor, **asked: Any) -> KpiReport:
    try:
        return reporting.kpi(session, actor, **asked)
    except SeveralCurrenciesError as error:
        mend = "Choose one with --currency, or convert all of them with --consolidate."
        raise SeveralCurrenciesError(error.currencies, mend) from error


def document(report: KpiReport) -> dict[str, Any]:
    """Return the report as its JSON document: amounts as strings, ratios and days as numbers."""
    figures, totals = report.figures, report.figures.totals
    told = {
        "as_of": report.as_of.isoformat(),
        "currency": report.currency,
        "receivables": _decimal(totals.receivables, report.currency),
        "unapplied_cash": _decimal(report.unapplied_cash, report.currency),
        "overdue": _decimal(totals.overdue, report.currency),
        "overdue_share": figures.overdue_share,
        "not_due": _decimal(totals.not_due, report.currency),
        "dso": figures.dso,
        "dso_countback": figures.dso_countback,
        "best_possible_dso": figures.best_possible_dso,
        "add": figures.add,
        "cei": figures.cei,
        "turnover": figures.turnover,
        "average_days_late": report.average_days_late,
        "credit_sales": _decimal(totals.credit_sales, report.currency),
        "ageing": {key: _decimal(minor, report.currency) for key, minor in report.ageing.items()},
    }
    return told | conversion_told(report.consolidation, report.currency) if report.consolidation else told


def _companies(how: Consolidation, currency: str) -> Table:
    told = [f"{rate.source} {rate.told} ({rate.published_on})" for rate in how.conversion.used]
    table = Table(title=f"Companies in {currency}" + (f", at {', '.join(told)}" if told else ""))
    table.add_column("Company")
    for name in ("Own currencies", "Receivables", "Overdue", "Credit sales"):
        table.add_column(name, justify="right")
    for line in how.beside:
        own = ", ".join(f"{_amount(amounts['receivables'], one)} {one}" for one, amounts in line.by_currency.items())
        amounts = (line.converted[name] for name in ("receivables", "overdue", "credit_sales"))
        table.add_row(line.company.name, own, *(_amount(minor, currency) for minor in amounts))
    return table


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


def _decimal(minor: int | None, currency: str) -> str | None:
    return None if minor is None else decimal_string(minor, currency)


def _amount(minor: int | None, currency: str) -> str:
    if minor is None:
        return _NOT_AVAILABLE
    whole, _, part = decimal_string(minor, currency).partition(".")
    grouped = f"{int(whole):,}" if whole not in {"-0", "0"} else whole
    return f"{grouped}.{part}" if part else grouped
