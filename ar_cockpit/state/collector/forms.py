"""What the forms of the acts say, read: promises of several dates, disputes in full."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.collecting.commitments import MOST_DATES, DisputeOutcome
from ar_cockpit.services.collecting.commitments import DisputeWording, PromiseWording, Resolution
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.days import read_day, read_day_if_any


def promise_wording(form: Mapping[str, Any], language: str) -> PromiseWording:
    """Return what was promised: the first date, and those after it in ``day_1``, ``amount_1`` and so on."""
    later = [
        (read_day(form[f"day_{place}"]), read_amount(form.get(f"amount_{place}"), language))
        for place in range(1, MOST_DATES)
        if f"day_{place}" in form
    ]
    first = read_amount(form.get("amount"), language)
    return PromiseWording(read_day(form.get("day")), first, str(form.get("note", "")), tuple(later))


def dispute_wording(form: Mapping[str, Any], language: str) -> DisputeWording:
    """Return what is disputed; what is left empty is as usual."""
    return DisputeWording(
        note=str(form.get("note", "")),
        amount=_amount_if_any(form.get("amount"), language),
        owner=str(form.get("owner", "")),
        answer_due_on=read_day_if_any(form.get("answer_by")),
        told=tuple(word for word in str(form.get("told", "")).split() if word),
    )


def resolution(form: Mapping[str, Any], outcome: DisputeOutcome, language: str) -> Resolution:
    """Return how a dispute ended; only a credit note has an amount."""
    credit = _amount_if_any(form.get("credit"), language) if outcome is DisputeOutcome.CREDIT_NOTE else None
    return Resolution(outcome, str(form.get("note", "")), credit)


def _amount_if_any(written: Any, language: str) -> Decimal | None:
    return read_amount(written, language) if str(written or "").strip() else None
