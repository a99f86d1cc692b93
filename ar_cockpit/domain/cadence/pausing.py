"""What a pause by sales stops: a step of an invoice and the harder ones after it, while the milder ones go on."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from ar_cockpit.domain.policy.model import Cadence

MOST_DAYS_UNHEARD = 7  # that a step waits for a digest that does not go; then it waits for a person's word


class FirmStep(NamedTuple):
    """A coming step of some invoices of one customer, of which sales are told."""

    step: str
    invoice_ids: tuple[int, ...]


def is_paused(cadence: Cadence, place: int, paused: Collection[str]) -> bool:
    """Return whether the step at ``place`` is stopped by the ``paused`` step keys of an invoice.

    Of a key that the cadence does not have (a policy edited, a segment changed) nobody knows where it stood: then it
    stops every step that sales are told of.
    """
    if not paused or place >= len(cadence.steps):
        return False
    known = [at for at, step in enumerate(cadence.steps) if step.key in paused]
    return place >= known[0] if known else bool(cadence.steps[place].tell_sales_days)


def stops_step(cadence: Cadence | None, key: str, paused: Collection[str]) -> bool:
    """Return the same of the step ``key``; one that is not in the cadence is stopped only by its own name."""
    place = next((at for at, step in enumerate(cadence.steps) if step.key == key), None) if cadence else None
    return key in paused if cadence is None or place is None else is_paused(cadence, place, paused)
