"""`ar-cockpit db copy`: an installation moves to another database."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, emit_json
from ar_cockpit.db.session import engine
from ar_cockpit.jobs.process import LEADER
from ar_cockpit.services.database_copy import CopyReport, Measured, copy_database

database = typer.Typer(help="The database itself.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(database, name="db")


@database.callback()
def _database() -> None:
    """The database itself."""


@database.command("copy")
def copy(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The empty database to copy into.")],
    as_json: AsJson = False,
) -> None:
    """Copy the whole installation into an empty database, SQLite or PostgreSQL, and measure both sides."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f} rows"))
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bars:
        task = bars.add_task("copying", total=None)
        report = copy_database(
            engine(), to, LEADER, lambda name, rows: bars.update(task, description=name, advance=rows)
        )
    if as_json:
        emit_json(_document(report))
    else:
        _print(report)
    _tell(report)
    if report.differences:
        raise typer.Exit(IN_PART)


def _print(report: CopyReport) -> None:
    table = Table("What", "Of", "", "")
    table.columns[2].header, table.columns[3].header = "Source", "Target"
    for one in report.measured:
        if one.what != "rows" or one.source != "0" or not one.is_same:
            table.add_row(one.what, one.of, one.source, one.target if one.is_same else f"{one.target} (!)")
    tables.print(table)


def _tell(report: CopyReport) -> None:
    if report.differences:
        told = ", ".join(f"{one.what} of {one.of}" for one in report.differences[:5])
        messages.print(f"The sides differ in {told}. Nothing was kept in {report.target}.", markup=False)
        return
    messages.print(f"{report.source} is now in {report.target}, the same on both sides.", markup=False)
    if report.characters_left_out:
        left_out = report.characters_left_out
        messages.print(f"{left_out} NUL characters were left out: PostgreSQL cannot hold them.", markup=False)
    if report.source_went_on:
        messages.print("The source was written to while it was copied; that is not in the copy.", markup=False)
    messages.print("Point AR_DATABASE_URL at the new database before you start the product again.", markup=False)


def _document(report: CopyReport) -> dict[str, Any]:
    return {
        "source": report.source,
        "target": report.target,
        "is_same": not report.differences,
        "kept": not report.differences,
        "nul_characters_left_out": report.characters_left_out,
        "source_went_on": report.source_went_on,
        "measured": [_measured(one) for one in report.measured],
    }


def _measured(one: Measured) -> dict[str, Any]:
    return {"what": one.what, "of": one.of, "source": one.source, "target": one.target, "is_same": one.is_same}
