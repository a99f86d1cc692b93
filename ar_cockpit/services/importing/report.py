"""What is told about one imported file: the same document on the command line, on screen and in the batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ar_cockpit.importing.records import Decision, Defect, Table
from ar_cockpit.services.importing.changes.diff import Changes
from ar_cockpit.services.importing.loading.tally import Tally, Totals
from ar_cockpit.services.importing.settling.proposed import Proposed


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file's report; ``error`` is set, and nothing else, when the file was refused."""

    path: Path
    name: str
    format: str = ""
    table: str = ""
    mapping: str = ""
    tally: Tally = field(default_factory=Tally)
    decisions: tuple[Decision, ...] = ()
    batch_id: int | None = None
    error: str = ""
    companies: tuple[str, ...] = ()  # whose rows were taken
    changes: Changes = field(default_factory=Changes)
    proposed: Proposed = field(default_factory=Proposed)  # by an open-items export
    sample: tuple[Any, ...] = ()  # the first records, as they were read
    extra: Mapping[str, Any] = field(default_factory=dict)  # what only this format has to tell
    kept: Mapping[str, Any] = field(default_factory=dict)  # what is kept with the import and not told

    @property
    def is_whole(self) -> bool:
        """Whether every row was imported without a word."""
        return not (self.error or self.tally.set_aside or self.tally.warnings)

    def document(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        told = self.summary() | {
            "quarantined": [
                _defect(one.defect) for one in sorted(self.tally.set_aside, key=lambda one: one.defect.line)
            ],
            "warnings": [_defect(one) for one in sorted(self.tally.warnings, key=lambda one: one.line)],
        }
        if any(self.tally.left_off.values()):
            told["left_off"] = {
                "quarantined": self.tally.left_off["set_aside"],
                "warnings": self.tally.left_off["warnings"],
            }
        return {"path": str(self.path), "format": self.format or None} | told

    def summary(self) -> dict[str, Any]:
        """Return the report without its rows: counts, control totals and decisions."""
        told: dict[str, Any] = {
            "table": self.table or None,
            "mapping": self.mapping or None,
            "companies": list(self.companies),
            "created": _counts(self.tally.created),
            "updated": _counts(self.tally.updated),
            "unchanged": _counts(self.tally.unchanged),
            "changes": self.changes.document(),
            "proposed": self.proposed.document(),
            "totals": {
                "in": _totals(self.tally.total_in),
                "imported": _totals(self.tally.imported),
                "quarantined": _totals(self.tally.quarantined),
            },
            "decisions": [
                {"column": one.column, "decided": one.decided, "evidence": one.evidence, "certain": one.is_certain}
                for one in self.decisions
            ],
        }
        return told | dict(self.extra) | ({"error": self.error} if self.error else {})


def _counts(counter: Counter[str]) -> dict[str, int]:
    return {table.value: counter[table.value] for table in Table}


def _totals(totals: Totals) -> dict[str, Any]:
    return {"count": totals.count, "sum": totals.strings()}


def _defect(one: Defect) -> dict[str, Any]:
    return {"line": one.line, "column": one.column, "value": one.value, "reason": one.reason}
