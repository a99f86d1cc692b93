"""What stops reminders on a day: of customers, of invoices, and of single steps that sales paused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ar_cockpit.domain.cadence.ladder import Held


@dataclass(frozen=True, slots=True)
class Stops:
    """Why customers, and why invoices, are left alone; and the steps of invoices that sales paused."""

    customers: Mapping[int, Held]
    invoices: Mapping[int, Held]
    paused: Mapping[int, frozenset[str]]
