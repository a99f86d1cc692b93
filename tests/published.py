"""Published rates as tests need them: a history in memory, and a file under AR_HOME that covers the days they show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path


class History:
    """Rates of named days."""

    def __init__(self, days: Mapping[date, Mapping[str, str]]) -> None:
        self._days = days

    @property
    def last_on(self) -> date:
        """The last day."""
        return max(self._days)

    def per_euro(self, currency: str, on: date) -> Decimal | None:
        """Return what was published."""
        found = self._days.get(on, {}).get(currency)
        return None if found is None else Decimal(found)


def rates_file(folder: Path, last_on: date, days: int, **per_euro: str) -> Path:
    """Write the same rates for each of the last ``days`` days, as the bank writes them: the newest first."""
    names = ",".join(per_euro)
    cells = ",".join(per_euro.values())
    rows = [f"{last_on - timedelta(days=back)},{cells}," for back in range(days)]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "eurofxref-hist.csv"
    path.write_text("\n".join([f"Date,{names},", *rows]) + "\n")
    return path
