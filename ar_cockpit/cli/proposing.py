"""`ar-cockpit import FILE --propose-mapping OUT.toml`: what a foreign file seems to be, written as a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import asking, emit_json
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.recognition.as_toml import to_toml
from ar_cockpit.importing.recognition.propose import CUSTOMER, Proposal
from ar_cockpit.services.importing import proposals

_STDOUT = "-"


def propose(paths: list[Path], out: str, sheet: str, as_user: str, *, as_json: bool) -> None:
    """Write the mapping that the one file of ``paths`` seems to need, and say why; import nothing."""
    if len(paths) != 1 or not paths[0].is_file():
        raise InputError("A mapping is proposed for one file.", "Name one file that exists.")
    if out != _STDOUT and Path(out).exists():
        raise InputError(f"{out} exists already.", "Name a file that does not.")
    with asking(as_user) as (_, actor):
        sample = proposals.look(actor, paths[0], paths[0].name, sheet)
    found = proposals.proposal_for(sample)
    _write(out, _text(found))
    if as_json:
        emit_json(proposals.document(sample, found))
    elif out != _STDOUT:
        tables.print(_table(found))
    for one in (*found.currency, *found.content):
        messages.print(proposals.in_words(one, "en"), markup=False)
    if found.missing:
        missing = ", ".join(found.missing)
        messages.print(f"No column was found for {missing}: write it into the mapping yourself.", markup=False)
        raise typer.Exit(IN_PART)


def _text(found: Proposal) -> str:
    missing = "".join(f'# {target} = "?"  # required, and no column was found\n' for target in found.missing)
    return to_toml(found.mapping).replace("\n[columns]\n", f"\n[columns]\n{missing}", 1)


def _write(out: str, text: str) -> None:
    if out == _STDOUT:
        print(text, end="")
        return
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error


def _table(found: Proposal) -> Table:
    table = Table("Read as", "Column", "Why")
    for target, one in found.suggestions.items():
        why = "; ".join(proposals.in_words(each, "en") for each in one.evidence)
        shown: list[Any] = [
            target.replace(CUSTOMER, "customer's "),
            one.column,
            f"a guess: {why}" if one.is_guess else why,
        ]
        table.add_row(*shown)
    return table
