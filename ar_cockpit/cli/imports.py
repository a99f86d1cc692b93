"""`ar-cockpit imports`: past imports, what they changed, and taking them back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsUser, acting, asking, emit_json
from ar_cockpit.services.importing import history
from ar_cockpit.services.importing.changes import diff, undo
from ar_cockpit.services.importing.changes.undo import TAKEN_BACK, Undoing

imports = typer.Typer(help="Past imports: what they changed, and taking them back.", no_args_is_help=True)
Batch = Annotated[int, typer.Argument(metavar="BATCH", help="The number of the import, from `imports list`.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(imports, name="imports")


@imports.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="How many, newest first.")] = 20,
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """List the imports, newest first."""
    with asking(as_user) as (session, actor):
        found, total = history.past_imports(session, actor, limit=limit)
    if as_json:
        told = [
            {
                "batch": one.batch_id,
                "file": one.file_name,
                "state": one.state,
                "table": one.report["table"],
                "company": one.company or None,
                "rows": one.report["totals"]["in"]["count"],
                "imported_at": one.started_at.isoformat(),
                "imported_by": one.imported_by,
            }
            for one in found
        ]
        emit_json({"total": total, "imports": told})
        return
    table = Table("Import", "File", "What", "Rows", "State", "When", "By")
    for one in found:
        rows = str(one.report["totals"]["in"]["count"])
        when = f"{one.started_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.batch_id), one.file_name, one.report["table"], rows, one.state, when, one.imported_by)
    tables.print(table)


@imports.command("changes")
def changes_(batch: Batch, as_user: AsUser = "") -> None:
    """Write everything an import changed as CSV: one line for each value, before and after."""
    with asking(as_user) as (session, actor):
        for line in diff.as_csv(session, actor, batch):
            sys.stdout.write(line.removeprefix("\ufeff"))


@imports.command("undo")
def undo_(
    batch: Batch,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Take an import back, as long as nothing was done on top of it; a second time changes nothing."""
    if dry_run:
        with asking(as_user) as (session, actor):
            found = undo.consequences(session, actor, batch)
    else:
        with acting(as_user) as (session, actor):
            found = undo.undo(session, actor, batch)
    if as_json:
        emit_json(found.document())
    _tell(found, dry_run=dry_run)


def _tell(found: Undoing, *, dry_run: bool) -> None:
    if found.has_happened:
        messages.print(f"Import {found.batch_id} was taken back before; nothing was changed.")
        return
    went, again = (
        ", ".join(f"{n} {table}" for table, n in counts.items()) or "nothing"
        for counts in (found.removed, found.restored)
    )
    done = "is taken back" if found.state == TAKEN_BACK else "would be taken back"
    messages.print(f"Import {found.batch_id} {done}: removed {went}; old values again: {again}.", markup=False)
    for one in found.blockers:
        messages.print(f"In the way: {undo.in_words(one)}", markup=False)
    if dry_run:
        messages.print("Nothing was changed: this was a dry run.")
