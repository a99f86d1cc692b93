"""`ar-cockpit rates`: the exchange rates in force, and newer ones."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsUser, acting, asking, business_date, emit_json, parse_date
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.figures.consolidation import EURO, Rate
from ar_cockpit.domain.money import check_currency
from ar_cockpit.services.rates.book import rates_into
from ar_cockpit.services.rates.refresh import refresh as take

rates = typer.Typer(help="Exchange rates of the European Central Bank.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(rates, name="rates")


@rates.command("show")
def show(
    currency: str,
    on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day; today by default.")] = "",
    into: Annotated[str, typer.Option("--into", metavar="EUR", help="Into which currency.")] = EURO,
    as_json: AsJson = False,
    as_user: AsUser = "",
) -> None:
    """What one unit of a currency is worth on a day, and on which day that was published."""
    day = parse_date(on) if on else business_date("")
    source, target = check_currency(currency.upper()), check_currency(into.upper())
    with asking(as_user):
        found = rates_into(target, [source], day).rates.get(source)
    if found is not None and not isinstance(found, Rate):
        raise NotFoundError(found.sentence, "Newer rates: ar-cockpit rates refresh.")
    rate, published = ("1", day) if found is None else (f"{found.told:f}", found.published_on)
    if as_json:
        told = {"as_of": day.isoformat(), "currency": source, "into": target}
        emit_json(told | {"rate": rate, "date": published.isoformat()})
    else:
        table = Table("Currency", f"In {target}", "Published")
        table.add_row(source, rate, published.isoformat())
        tables.print(table)


@rates.command("refresh")
def refresh(
    file: Annotated[
        str, typer.Option("--file", metavar="PATH|URL", help="A file, or an https address; the bank's by default.")
    ] = "",
    as_json: AsJson = False,
    as_user: AsUser = "",
) -> None:
    """Take newer rates into force; what cannot be read or ends earlier changes nothing."""
    today = business_date("")
    with acting(as_user) as (session, actor):
        found = take(session, actor, file, today=today)
    if as_json:
        span = {"first_date": found.first_on.isoformat(), "last_date": found.last_on.isoformat()}
        emit_json(span | {"currencies": found.currencies, "changed": found.is_newer})
    elif found.is_newer:
        messages.print(f"Rates of {found.currencies} currencies up to {found.last_on} are in force.", markup=False)
    else:
        messages.print(f"Nothing new: the rates up to {found.last_on} are in force already.", markup=False)
