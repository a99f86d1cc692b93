"""What uploaded files would do: tried once and kept beside them, until anything changes what would come of it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from ar_cockpit import __version__
from ar_cockpit.db.tables import AllocationRow, AuditRow, CustomerRow, ImportBatchRow, InvoiceRow, PaymentRow
from ar_cockpit.services.importing.importer import Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.importing.uploads import Upload, gone, place_of
from ar_cockpit.settings import Settings

REMARKS_KEPT = 5
_FORM = 1  # of what is kept; another one is tried anew
_FILE, _ALONE = "look.json", "trying"
_MOST_CHARACTERS = 2_000_000  # a look with longer cells is tried each time
_COUNTED: tuple[type[SQLModel], ...] = (ImportBatchRow, CustomerRow, InvoiceRow, PaymentRow, AllocationRow)
_DATE, _DECIMAL = "$date", "$decimal"


@dataclass(frozen=True, slots=True)
class Look:
    """One file as it would be imported, as far as a page shows it."""

    place: int
    name: str
    table: str
    told: dict[str, Any]  # its report without its rows
    warnings: int
    remarks: list[list[Any]]  # line, column, value, reason of the first rows that are told of
    more: int  # rows that are told of beside those
    sample: list[dict[str, Any]]
    proposed: int  # settlements that an open-items export proposes
    proposed_minor: dict[str, int]


def look_of(report: FileReport) -> Look:
    """Return what is shown of a report."""
    tally = report.tally
    told = sorted([*(one.defect for one in tally.set_aside), *tally.warnings], key=lambda one: one.line)
    return Look(
        place_of(report.path),
        report.name,
        report.table,
        report.summary(),
        tally.warning_count,
        [[one.line, one.column, one.value, one.reason] for one in told[:REMARKS_KEPT]],
        max(0, tally.set_aside_count + tally.warning_count - REMARKS_KEPT),
        [record._asdict() for record in report.sample],
        report.proposed.gone + report.proposed.reduced,
        dict(report.proposed.sums),
    )


def mark(session: Session, settings: Settings, upload: Upload, request: Request) -> str:
    """Return what stands for everything that decides what the files would do.

    Of the ledger these are the last seal of the audit trail, where every change of a fact is told, and the last row of
    what imports write, which is there even when somebody wrote past us.
    """
    seal = session.execute(select(col(AuditRow.hash)).order_by(col(AuditRow.id).desc()).limit(1)).scalar()
    last = [session.execute(select(func.max(row_class.id))).scalar() for row_class in _COUNTED]  # type: ignore[attr-defined]
    mappings = {path.name: mapping.text for path, mapping in upload.mappings.items()}
    defaults = (settings.default_company, settings.default_currency, settings.default_terms_days, settings.timezone)
    everything = [_FORM, __version__, settings.database_url, seal, last, mappings, defaults, asdict(request)]
    return hashlib.sha256(json.dumps(everything, sort_keys=True, default=str).encode()).hexdigest()


def known(upload: Upload, marked: str) -> list[Look] | None:
    """Return what is kept under this mark."""
    try:
        kept = json.loads((upload.folder / _FILE).read_text(encoding="utf-8"), object_hook=_value)
    except (OSError, ValueError):
        return None
    return [Look(**one) for one in kept["looks"]] if kept["mark"] == marked else None


def keep(upload: Upload, marked: str, looks: Sequence[Look]) -> None:
    """Keep the looks in the place of those of another mark."""
    text = json.dumps({"mark": marked, "looks": [asdict(one) for one in looks]}, default=_plain)
    if len(text) <= _MOST_CHARACTERS:
        with contextlib.suppress(FileNotFoundError):  # thrown away or imported meanwhile
            _put(upload.folder / _FILE, text)


def difference(upload: Upload, marked: str) -> Path:
    """Return where the whole difference is kept under this mark, whether it is there yet or not."""
    return upload.folder / f"changes-{marked}.csv"


@contextmanager
def alone(upload: Upload) -> Iterator[bool]:
    """Yield whether nobody else tries the same files now."""
    try:
        file = (upload.folder / _ALONE).open("w")
    except FileNotFoundError as error:  # thrown away or imported meanwhile
        raise gone() from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _put(path: Path, text: str) -> None:
    half = path.with_suffix(".half")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    raise TypeError(f"{type(value).__name__} is no part of a look")


def _value(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        with contextlib.suppress(ValueError, ArithmeticError):  # somebody's own column of that name
            if _DATE in found:
                return date.fromisoformat(found[_DATE])
            if _DECIMAL in found:
                return Decimal(found[_DECIMAL])
    return found
