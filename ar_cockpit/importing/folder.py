"""Which files a path means, and in what order they are loaded: customers, invoices, payments, allocations."""

from __future__ import annotations

from pathlib import Path

from ar_cockpit.domain.errors import InputError

TABULAR_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def files_of(path: Path) -> list[Path]:
    """Return the file at ``path``, or the tables in that folder by name; raise ``InputError`` when there is none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"{path} does not exist.")
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    found = [
        one for one in entries if one.is_file() and one.suffix.lower() in TABULAR_SUFFIXES and one.name[0] not in ".~"
    ]
    if not found:
        raise InputError(f"The folder {path} holds no table.", f"Tables end in {', '.join(TABULAR_SUFFIXES)}.")
    return found
