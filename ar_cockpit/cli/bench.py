"""`ar-cockpit bench`: the goals of docs/performance.md, measured on this machine beside plain SQL."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import Engine

from ar_cockpit.bench import imports, orders, place, sending
from ar_cockpit.bench.asking import Question
from ar_cockpit.bench.forecast import ledgers, marks
from ar_cockpit.bench.importing import Measured as Imported
from ar_cockpit.bench.ledger import Size
from ar_cockpit.bench.measure import Measured, measure
from ar_cockpit.bench.orders import Loaded
from ar_cockpit.bench.questions import QUESTIONS
from ar_cockpit.bench.sending import Killed, Sent
from ar_cockpit.cli.console import DONE, IN_PART, messages, tables
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
    forecast: Annotated[bool, typer.Option("--forecast", help="Only how good the forecast is, on known data.")] = False,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with that data.")] = Path("data"),
) -> None:
    """Measure every goal on a ledger made for it, each beside the cheapest plain SQL in the same run."""
    if forecast:
        _forecast(data, as_json=as_json)
        return
    questions = _chosen(only or [])
    wants_import, loads = (not only or bool({*only} & {*names}) for names in (imports.NAMES, orders.NAMES))
    today = business_date("")
    size = Size(customers, invoices)
    with place.place(database, folder) as engine:
        if only and {*only} & {*imports.NAMES} - {imports.name_on(engine)}:
            raise InputError("That import is into another kind of database.", f"Here: {imports.name_on(engine)}.")
        told = {"database": engine.dialect.name} | (_filled(engine, size, today) if questions or loads else {})
        measured = [_measured(engine, one, size, today) for one in questions]
        loaded = _loaded(engine, today) if loads else []
        imported = _imported(engine, invoices) if wants_import else []
        sent = _sent(engine) if not only or "send_outbox" in only else []
        killed = _killed(engine) if only and "kills" in only else None
    if as_json:
        documents = {"questions": [_document(one) for one in measured]}
        more = {
            "imports": [_import_document(one) for one in imported],
            "sending": [_sent_document(one) for one in sent],
            "orders": [_loaded_document(one) for one in loaded],
        }
        emit_json(told | documents | more | ({"kills": _killed_document(killed)} if killed else {}))
        return
    _print(measured, loaded, imported, sent, killed)


def _print(
    measured: list[Measured], loaded: list[Loaded], imported: list[Imported], sent: list[Sent], killed: Killed | None
) -> None:
    if measured:
        tables.print(_table(measured))
    if loaded:
        tables.print(_loaded_table(loaded))
    if imported:
        tables.print(_import_table(imported))
    if sent:
        tables.print(_sent_table(sent))
    if killed:
        tables.print(
            ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in _killed_document(killed).items())
        )


def _forecast(data: Path, *, as_json: bool) -> None:
    """Run the forecast's protocol and hold it against its marks; end in part when one is missed."""
    made = marks.on_ibm(data, lambda told: messages.print(told, markup=False))
    values = asdict(made.methods["forecast"]) | marks.seconds(ledgers.ibm(data), ledgers.IBM_ORIGINS[-1])
    missed = [mark.name for mark in marks.MARKS if not mark.is_met(values[mark.name])]
    if as_json:
        told = [asdict(mark) | {"value": values[mark.name], "is_met": mark.name not in missed} for mark in marks.MARKS]
        emit_json({"marks": told, "methods": {name: asdict(errors) for name, errors in made.methods.items()}})
    else:
        names = list(made.methods)
        table = Table("Figure", "Pass", "Stretch", "Met", *names)
        for mark in marks.MARKS:
            cells = (getattr(made.methods[name], mark.name, None) for name in names)
            shown = [values[mark.name], *[*cells][1:]]
            goal = f"{mark.least:g} to {mark.most:g}"
            told_as = ("—" if value is None else f"{value:.3f}" for value in shown)
            table.add_row(mark.name, goal, f"{mark.stretch or '—'}", "no" if mark.name in missed else "yes", *told_as)
        tables.print(table)
    raise typer.Exit(IN_PART if missed else DONE)


def _filled(engine: Engine, size: Size, today: Any) -> dict[str, Any]:
    begun = time.monotonic()
    messages.print(f"Making {size.invoices:,} invoices of {size.customers:,} customers...", markup=False)
    counts = place.fill(engine, size, today)
    seconds = time.monotonic() - begun
    messages.print(f"{engine.dialect.name}, ledger ready after {seconds:.0f} s.", markup=False)
    return {"ledger": counts, "made_in_seconds": round(seconds, 1)}


def _imported(engine: Engine, invoices: int) -> list[Imported]:
    messages.print(f"Measuring {imports.name_on(engine)}...", markup=False)
    return imports.measure_import(engine, invoices)


def _measured(engine: Engine, question: Question, size: Size, today: Any) -> Measured:
    messages.print(f"Measuring {question.name}...", markup=False)
    return measure(engine, question, today, size.customers)


def _chosen(names: list[str]) -> list[Question]:
    every = [*(one.name for one in QUESTIONS), *imports.NAMES, *sending.NAMES, *orders.NAMES]
    unknown = sorted(set(names) - set(every))
    if unknown:
        known = ", ".join(every)
        raise InputError(f"There is no question {unknown[0]}.", f"There are: {known}.")
    return [one for one in QUESTIONS if not names or one.name in names]


def _document(one: Measured) -> dict[str, Any]:
    times = {name: round(getattr(one, name), 3) for name in _TIMES}
    return {"name": one.name, "goal_ms": one.goal, "goal_of": one.of, "is_met": one.is_met} | {
        "ratio": round(one.ratio, 2),
        **{f"{name}_ms": value for name, value in times.items()},
        **({} if one.held_mb is None else {"held_mb": round(one.held_mb)}),
    }


def _table(measured: list[Measured]) -> Table:
    table = Table("Question", "Goal", "Median", "p99", "Work", "Work p99", "Floor", "Floor p99", "Ratio", "MB", "Met")
    for column in table.columns[1:10]:
        column.justify = "right"
    for one in measured:
        times = (one.median, one.p99, one.work_median, one.work_p99, one.floor_median, one.floor_p99)
        cells = (one.name, f"{one.of} ≤ {one.goal:g} ms", *(f"{time:.2f}" for time in times))
        held = "" if one.held_mb is None else f"{one.held_mb:.0f}"
        table.add_row(*cells, f"{one.ratio:.1f}", held, "yes" if one.is_met else "no")
    return table


def _import_document(one: Imported) -> dict[str, Any]:
    return {
        "name": one.name,
        "rows": one.rows,
        "rows_per_second": round(one.rows / one.product),
        "floor_rows_per_second": round(one.rows / one.floor),
        "ratio": round(one.product / one.floor, 2),
        "work_us_per_row": round(one.work / one.rows * 1e6, 1),
        "held_mb": round(one.held_mb),
    }


def _import_table(imported: list[Imported]) -> Table:
    table = Table("Import", "Rows", "Rows/s", "Floor, rows/s", "Ratio", "Work, µs/row", "MB")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in imported:
        told = _import_document(one)
        cells = (f"{told[name]:,}" for name in ("rows", "rows_per_second", "floor_rows_per_second"))
        table.add_row(one.name, *cells, f"{told['ratio']:.1f}", f"{told['work_us_per_row']:.1f}", f"{told['held_mb']}")
    return table


def _loaded(engine: Engine, today: Any) -> list[Loaded]:
    messages.print("Measuring order_checks...", markup=False)
    return orders.measure_orders(engine, today)


def _loaded_document(one: Loaded) -> dict[str, Any]:
    times = {name: round(getattr(one, name), 2) for name in ("median", "p99", "floor_median", "floor_p99")}
    return {"name": one.name, "clients": one.clients, "checks": one.checks, "refused": one.refused} | {
        "per_second": round(one.per_second, 1),
        "work_ms": None if one.work_ms is None else round(one.work_ms, 2),
        "goal_ms": one.goal,
        "is_met": one.is_met,
        **{f"{name}_ms": value for name, value in times.items()},
    }


def _loaded_table(loaded: list[Loaded]) -> Table:
    table = Table(
        "Orders", "Clients", "Checks", "Goal", "Median", "p99", "Floor", "Floor p99", "Checks/s", "Work", "Met"
    )
    for one in loaded:
        goal = "" if one.goal is None else f"p99 ≤ {one.goal:g} ms"
        times = (f"{time:.1f}" for time in (one.median, one.p99, one.floor_median, one.floor_p99))
        work = "" if one.work_ms is None else f"{one.work_ms:.1f}"
        met = {None: "", True: "yes", False: "no"}[one.is_met]
        table.add_row(one.name, f"{one.clients}", f"{one.checks}", goal, *times, f"{one.per_second:.0f}", work, met)
    return table


def _sent(engine: Engine) -> list[Sent]:
    messages.print("Measuring send_outbox...", markup=False)
    return sending.measure_sending(engine)


def _killed(engine: Engine) -> Killed:
    messages.print("Killing senders at random moments...", markup=False)
    return sending.measure_kills(engine)


def _sent_document(one: Sent) -> dict[str, Any]:
    return {
        "name": one.name,
        "mails": one.mails,
        "goal_per_second": one.goal,
        "per_second": round(one.product, 1),
        "floor_per_second": round(one.floor, 1),
        "work_ms": round(one.work_ms, 2),
        "is_met": one.product >= one.goal,
    }


def _sent_table(sent: list[Sent]) -> Table:
    table = Table("Sending", "Mails", "Goal, mails/s", "Mails/s", "Floor, mails/s", "Work, ms a mail", "Met")
    for one in sent:
        told = _sent_document(one)
        names = ("mails", "goal_per_second", "per_second", "floor_per_second", "work_ms")
        table.add_row(one.name, *(f"{told[name]:,}" for name in names), "yes" if told["is_met"] else "no")
    return table


def _killed_document(one: Killed) -> dict[str, int]:
    names = ("kills", "mails", "duplicates", "lost", "unknown", "unknown_delivered")
    return {name: getattr(one, name) for name in names}
