"""What stops reminders on a day: of customers, of invoices, and of single steps that sales paused."""

from __future__ import annotations

from dataclasses import dataclass

from ar_cockpit.domain.cadence.ladder import Held


@dataclass(frozen=True, slots=True)
class Stops:
    """Why customers, and why invoices, are left alone; and the steps of invoices that sales paused."""

    customers: dict[int, Held]
    invoices: dict[int, Held]
    paused: dict[int, frozenset[str]]
