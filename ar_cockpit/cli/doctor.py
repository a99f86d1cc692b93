"""`ar-cockpit doctor`: every check of the set-up and of the ledger, each with the mend."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, business_date, emit_json, open_database
from ar_cockpit.db.session import engine
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import doctor as checks
from ar_cockpit.services.doctor import Health, Line

_COLOURS = {Health.OK: "green", Health.WARN: "yellow", Health.BAD: "red"}
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Derive anew what is kept beside the ledger.")]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("doctor")(doctor)


def doctor(as_json: AsJson = False, rebuild: Rebuild = False) -> None:
    """Is everything set up, and does the ledger add up? Changes nothing without --rebuild."""
    operator = Actor.local_operator()
    rebuilt: dict[str, int] = {}
    with suppress(CockpitError):
        open_database()  # as every command does; what stands in the way is told by its own check
    if rebuild:
        rebuilt = checks.rebuild(engine(), operator, business_date(""))
    lines = checks.examine(operator)
    if as_json:
        emit_json({"checks": [_told(line) for line in lines]} | ({"rebuilt": rebuilt} if rebuild else {}))
    else:
        _print(lines, rebuilt, rebuild=rebuild)
    if any(line.health is Health.BAD for line in lines):
        raise typer.Exit(IN_PART)


def _told(line: Line) -> dict[str, Any]:
    told = asdict(line)
    names = told.pop("columns")
    return told | {"rows": [dict(zip(names, map(str, row), strict=True)) for row in line.rows]}


def _print(lines: list[Line], rebuilt: dict[str, int], *, rebuild: bool) -> None:
    table = Table("", "Check", "Found", "Mend")
    for line in lines:
        table.add_row(f"[{_COLOURS[line.health]}]{line.health}[/]", line.check, line.said, line.mend)
    tables.print(table)
    for line in lines:
        if line.rows:
            rows = Table(*line.columns, title=line.check)
            for row in line.rows:
                rows.add_row(*map(str, row))
            tables.print(rows)
    if rebuild:
        days = ", ".join(f"{count} days of {code}" for code, count in rebuilt.items() if code != "customers")
        said = f"Derived anew. Different before: {days or 'no days'}, {rebuilt['customers']} tasks."
        messages.print(said, markup=False)
