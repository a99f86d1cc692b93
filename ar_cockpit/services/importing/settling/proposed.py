"""What one open-items export proposes, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ar_cockpit.domain.money import decimal_string


@dataclass(frozen=True, slots=True)
class Proposed:
    """How many settlements an export proposes, of invoices gone or reduced, and their sums by currency."""

    gone: int = 0
    reduced: int = 0
    withdrawn: int = 0  # proposed by an earlier export, contradicted by this one
    sums: dict[str, int] = field(default_factory=dict)  # minor units

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        sums = {currency: decimal_string(minor, currency) for currency, minor in sorted(self.sums.items())}
        return {"gone": self.gone, "reduced": self.reduced, "withdrawn": self.withdrawn, "sum": sums}
