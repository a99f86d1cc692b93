"""`ar-cockpit import` and `ar-cockpit demo`: a ledger from files, or an invented one."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Table

from ar_cockpit.cli import proposing
from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, acting, asking, business_date, emit_json
from ar_cockpit.db.copies import tried_on
from ar_cockpit.db.session import engine, transaction
from ar_cockpit.demo.ledger import CUSTOMERS, INVOICES, SEED, Size
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.tabular.csv_file import Asked
from ar_cockpit.services.demo import load as demo
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from ar_cockpit.services.importing.changes.diff import Changes, appending_to
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Loaded, Request, Tell
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.importing.settling.proposed import Proposed
from ar_cockpit.settings import get_settings, prepare_home

_ROWS_SHOWN = 10


class Format(StrEnum):
    """The formats that are read."""

    AUTO = "auto"
    CSV = "csv"
    FEC = "fec"
    XLSX = "xlsx"


Into = Annotated[str, typer.Option("--company", metavar="CODE", help="For rows that name no company.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("import")(import_)
    app.command("demo")(demo_)


def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of files.")],
    format_: Annotated[Format, typer.Option("--format", help="What the files are.")] = Format.AUTO,
    company: Into = "",
    mapping: Annotated[
        str, typer.Option("--mapping", metavar="FILE", help="A mapping file, or the name of a known one.")
    ] = "",
    sheet: Annotated[str, typer.Option("--sheet", metavar="NAME", help="Which sheet of a workbook.")] = "",
    propose: Annotated[
        str,
        typer.Option(
            "--propose-mapping", metavar="OUT", help="Write the mapping the file seems to need (- prints it)."
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    open_items: Annotated[
        bool, typer.Option("--open-items", help="The invoices are all that is open: propose the others as settled.")
    ] = False,
    changes: Annotated[
        Path | None, typer.Option("--changes", metavar="FILE", help="Write every value that changes to this CSV file.")
    ] = None,
    as_of: AsOf = "",
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Import customers, invoices, payments and allocations from files; twice the same file changes nothing."""
    if propose:
        proposing.propose(paths, propose, sheet, as_user, as_json=as_json)
        return
    asked = Asked(format_.value, sheet)
    request = Request(business_date(as_of), company, mapping, dry_run, asked, open_items)
    with asking(as_user) as (_, actor):
        pass
    gc.freeze()  # what is loaded so far lives on; searching it for garbage again and again costs a third of the time
    settings = get_settings()
    # What is only tried keeps nobody from writing.
    place = tried_on(engine(), prepare_home(settings)) if dry_run else nullcontext(transaction)
    with _progress() as show, _into(changes) as loaded, place as open_session:
        importer = Importer(open_session, actor, request, settings, progress=show, loaded=loaded)
        reports = import_paths(importer, paths)
    _answer(reports, dry_run=dry_run, as_json=as_json)


def _answer(reports: Sequence[FileReport], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        emit_json({"dry_run": dry_run, "files": [report.document() for report in reports]})
    else:
        tables.print(_counts(reports))
    for report in reports:
        _tell(report)
    if dry_run:
        messages.print("Nothing was changed: this was a dry run.")
    if not all(report.is_whole for report in reports):
        raise typer.Exit(IN_PART)


def demo_(
    customers: Annotated[int, typer.Option("--customers", metavar="N", help="How many customers.")] = CUSTOMERS,
    invoices: Annotated[int, typer.Option("--invoices", metavar="M", help="How many invoices.")] = INVOICES,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Another number, another ledger.")] = SEED,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Load an invented ledger into an empty database: the same seed and day give the same one."""
    size = Size(customers, invoices, seed)
    gc.freeze()
    with acting() as (session, actor), _progress() as show:
        counts = demo.load(
            session,
            actor,
            as_of=business_date(as_of),
            size=size,
            progress=lambda done, total: show(Path("customers"), done, total),
        )
    if as_json:
        emit_json(counts)
        return
    told = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items())
    messages.print(f"The demo ledger is loaded: {told}.", markup=False)
    messages.print(f"Sign in with the password {DEMO_PASSWORD}; ar-cockpit user list shows who there is.", markup=False)


@contextmanager
def _into(path: Path | None) -> Iterator[Loaded]:
    """Give what writes the difference into the file at ``path``, if one is wanted."""
    if path is None:
        yield lambda _session, _report: None
        return
    try:
        stream = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}.", "Choose another file for --changes."
        ) from error
    with stream:
        yield appending_to(stream)


@contextmanager
def _progress() -> Iterator[Tell]:
    """Draw a bar for each file on a terminal, nothing elsewhere."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    ) as bars:
        tasks: dict[Path, TaskID] = {}

        def show(path: Path, done: int, total: int) -> None:
            if path not in tasks:
                tasks[path] = bars.add_task(path.name, total=total)
            bars.update(tasks[path], completed=done)

        yield show


def _counts(reports: Sequence[FileReport]) -> Table:
    table = Table("File", "What")
    for head in ("Read", "Created", "Updated", "Unchanged", "Set aside"):
        table.add_column(head, justify="right", no_wrap=True)
    for report in reports:
        tally = report.tally
        for number, kind in enumerate(_kinds(report)):
            rows = (str(tally.total_in.count), str(tally.quarantined.count)) if number == 0 else ("", "")
            counts = (str(counter[kind]) for counter in (tally.created, tally.updated, tally.unchanged))
            table.add_row(report.name if number == 0 else "", kind, rows[0], *counts, rows[1])
    return table


def _kinds(report: FileReport) -> list[str]:
    counters = (report.tally.created, report.tally.updated, report.tally.unchanged)
    others = sorted({kind for counter in counters for kind in counter if kind != report.table})
    if report.format == Format.FEC and others:
        return others  # entries are of no one kind
    return [report.table or "refused", *others]


def _tell_control(report: FileReport) -> None:
    """Say what the file's customers' accounts balance to beside what the ledger has, where a format knows that."""
    control = report.extra.get("control")
    if control:
        accounts = " + ".join(control["accounts"])
        parts = f"{control['imported']} receivables less unapplied cash + {control['set_aside']} set aside"
        left = "" if Decimal(control["difference"]) == 0 else f" + {control['difference']} not accounted for"
        messages.print(
            f"{report.name}: {control['file']} {control['currency']} on {accounts} = {parts}{left}", markup=False
        )


def _tell(report: FileReport) -> None:
    """Say on stderr what a person should know of one file."""
    name = report.name
    if report.error:
        messages.print(f"{name}: {report.error}", markup=False)
    if report.mapping:
        messages.print(f"{name}: read by the mapping {report.mapping}", markup=False)
    came, taken, kept_out = (
        one.strings() for one in (report.tally.total_in, report.tally.imported, report.tally.quarantined)
    )
    for currency, total in came.items():
        parts = f"{taken.get(currency, '0')} imported + {kept_out.get(currency, '0')} set aside"
        messages.print(f"{name}: {total} {currency} in the file = {parts}", markup=False)
    _tell_control(report)
    _tell_changes(name, report.changes)
    _tell_proposed(name, report.proposed)
    for one in report.decisions:
        if not one.is_certain:
            messages.print(f"{name}: {one.column} is read as {one.decided}: {one.evidence}.", markup=False)
    told = [(one.defect, "set aside") for one in report.tally.set_aside]
    told += [(one, "imported, but") for one in report.tally.warnings]
    for defect, how in sorted(told, key=lambda one: one[0].line)[:_ROWS_SHOWN]:
        where = f"{name}, line {defect.line}, {defect.column or 'row'} {defect.value[:60]!r}"
        messages.print(f"{where}: {how} {defect.reason[0].lower()}{defect.reason[1:]}", markup=False)
    more = report.tally.set_aside_count + report.tally.warning_count - _ROWS_SHOWN
    if more > 0:
        where = "the Imports page has" if any(report.tally.left_off.values()) else "--json lists"
        messages.print(f"{name}: and {more} more; {where} them all.", markup=False)


def _tell_changes(name: str, changes: Changes) -> None:
    """Say what changes: how many values of each field, and the first rows, old and new."""
    if changes.fields:
        counts = ", ".join(f"{one.count} {one.table} {one.field}" for one in changes.fields)
        messages.print(f"{name}: changes {counts}", markup=False)
    for row in changes.rows[:_ROWS_SHOWN]:
        values = "; ".join(f"{one.field} {one.old or '(empty)'} -> {one.new or '(empty)'}" for one in row.fields)
        messages.print(f"{name}: {row.outcome} {row.table} {row.key}: {values}", markup=False)
    if changes.changed + changes.removed > len(changes.rows[:_ROWS_SHOWN]):
        messages.print(f"{name}: --changes FILE writes all of them.", markup=False)


def _tell_proposed(name: str, proposed: Proposed) -> None:
    """Say what an open-items export lets one suppose."""
    if proposed.gone or proposed.reduced:
        sums = ", ".join(f"{amount} {currency}" for currency, amount in proposed.document()["sum"].items())
        counts = f"{proposed.gone} invoice(s) gone, {proposed.reduced} with less"
        messages.print(f"{name}: {counts}: {sums} proposed as settled; see settlements list", markup=False)
