"""`ar-cockpit bench`: the goals of docs/performance.md, measured on this machine beside plain SQL."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import Engine

from ar_cockpit.bench import place
from ar_cockpit.bench.ledger import Size
from ar_cockpit.bench.measure import Measured, measure
from ar_cockpit.bench.questions import QUESTIONS, Question
from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, business_date, emit_json
from ar_cockpit.domain.errors import InputError

Customers = Annotated[int, typer.Option("--customers", min=1, help="Customers of the ledger that is made.")]
Invoices = Annotated[int, typer.Option("--invoices", min=10, help="Its invoices; a fifth of them open.")]
Database = Annotated[str, typer.Option("--database", metavar="URL", help="An empty database; postgresql starts one.")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Only this question; may be repeated.")]
Folder = Annotated[str, typer.Option("--folder", metavar="DIR", help="Keep the ledger here for the next run.")]


_TIMES = ("median", "p99", "work_median", "work_p99", "floor_median", "floor_p99")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("bench")(bench)


def bench(
    customers: Customers = 50_000,
    invoices: Invoices = 1_000_000,
    database: Database = "",
    only: Only = None,
    folder: Folder = "",
    as_json: AsJson = False,
) -> None:
    """Measure every goal on a ledger made for it, each beside the cheapest plain SQL in the same run."""
    questions = _chosen(only or [])
    today = business_date("")
    size = Size(customers, invoices)
    with place.place(database, folder) as engine:
        begun = time.monotonic()
        messages.print(f"Making {invoices:,} invoices of {customers:,} customers...", markup=False)
        counts = place.fill(engine, size, today)
        seconds = time.monotonic() - begun
        measured = [_measured(engine, one, size, today) for one in questions]
        told = {"database": engine.dialect.name, "ledger": counts, "made_in_seconds": round(seconds, 1)}
    if as_json:
        emit_json(told | {"questions": [_document(one) for one in measured]})
    else:
        messages.print(f"{told['database']}, ledger ready after {seconds:.0f} s.", markup=False)
        tables.print(_table(measured))


def _measured(engine: Engine, question: Question, size: Size, today: Any) -> Measured:
    messages.print(f"Measuring {question.name}...", markup=False)
    return measure(engine, question, today, size.customers)


def _chosen(names: list[str]) -> list[Question]:
    unknown = sorted(set(names) - {one.name for one in QUESTIONS})
    if unknown:
        known = ", ".join(one.name for one in QUESTIONS)
        raise InputError(f"There is no question {unknown[0]}.", f"There are: {known}.")
    return [one for one in QUESTIONS if not names or one.name in names]


def _document(one: Measured) -> dict[str, Any]:
    times = {name: round(getattr(one, name), 3) for name in _TIMES}
    return {"name": one.name, "goal_ms": one.goal, "goal_of": one.of, "is_met": one.is_met} | {
        "ratio": round(one.ratio, 2),
        **{f"{name}_ms": value for name, value in times.items()},
    }


def _table(measured: list[Measured]) -> Table:
    table = Table("Question", "Goal", "Median", "p99", "Work", "Work p99", "Floor", "Floor p99", "Ratio", "Met")
    for column in table.columns[1:9]:
        column.justify = "right"
    for one in measured:
        times = (one.median, one.p99, one.work_median, one.work_p99, one.floor_median, one.floor_p99)
        cells = (one.name, f"{one.of} ≤ {one.goal:g} ms", *(f"{time:.2f}" for time in times))
        table.add_row(*cells, f"{one.ratio:.1f}", "yes" if one.is_met else "no")
    return table
