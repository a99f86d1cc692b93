"""`ar-cockpit documents`: a folder of invoices' PDFs, attached by number."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, AsUser, asking, emit_json
from ar_cockpit.db.session import transaction
from ar_cockpit.services.clock import now
from ar_cockpit.services.documents.folder import LEFT_OUT, FileResult, FolderImport, Result, import_folder
from ar_cockpit.settings import get_settings

_SHOWN = 20

documents = typer.Typer(help="The PDFs of invoices.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(documents, name="documents")


@documents.callback()
def _documents() -> None:
    """The PDFs of invoices."""


@documents.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the PDFs are, in folders of it too.")],
    company: Annotated[str, typer.Option("--company", metavar="CODE", help="Only invoices of this company.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Attach PDFs to invoices by the number in their names; twice the same folder adds nothing."""
    with asking(as_user) as (_, actor):
        pass
    with Progress(console=messages, transient=True, disable=not messages.is_terminal) as bars:
        task = bars.add_task("reading", total=None)
        given = FolderImport(
            transaction,
            actor,
            get_settings(),
            now(),
            company,
            dry_run,
            lambda done, total: bars.update(task, completed=done, total=total),
        )
        files = import_folder(given, folder)
    counts = Counter(file.result for file in files)
    if as_json:
        told = {result.value: counts[result] for result in Result}
        emit_json({"dry_run": dry_run, "counts": told, "files": [_document(file) for file in files]})
    else:
        _print_counts(counts)
    left_out = [file for file in files if file.result in LEFT_OUT]
    for file in left_out[:_SHOWN]:
        messages.print(f"{file.name}: {file.result}. {file.reason}", markup=False)
    if len(left_out) > _SHOWN:
        messages.print(f"And {len(left_out) - _SHOWN} more; --json lists them all.", markup=False)
    if dry_run:
        messages.print("Nothing was changed: this was a dry run.")
    if left_out:
        raise typer.Exit(IN_PART)


def _print_counts(counts: Counter[Result]) -> None:
    table = Table("Files", *(result.value.capitalize() for result in Result))
    table.add_row(str(counts.total()), *(str(counts[result]) for result in Result))
    tables.print(table)


def _document(file: FileResult) -> dict[str, Any]:
    invoice = file.invoice
    return {
        "path": file.name,
        "result": file.result.value,
        "invoice": invoice.number if invoice else None,
        "company": invoice.company_code if invoice else None,
        "rule": file.rule or None,
        "reason": file.reason or None,
    }
