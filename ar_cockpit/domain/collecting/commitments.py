"""The words collectors choose from: outcomes of calls, reasons and outcomes of disputes; and their dates."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

ANSWER_DAYS = 14  # a dispute is answered within a fortnight
LONGEST_PROMISE = timedelta(days=366)
LONGEST_SNOOZE = timedelta(days=90)
LONGEST_PAUSE = timedelta(days=60)


class CallOutcome(StrEnum):
    """How a call ended; in the first three the customer spoke to us."""

    REACHED = "reached"
    SAYS_PAID = "says_paid"
    CALL_BACK = "call_back"
    LEFT_MESSAGE = "left_message"
    NO_ANSWER = "no_answer"

    @property
    def has_reached(self) -> bool:
        """Whether somebody at the customer spoke."""
        return self not in {CallOutcome.LEFT_MESSAGE, CallOutcome.NO_ANSWER}


class DisputeReason(StrEnum):
    """What a customer objects to."""

    PRICE = "price"
    QUANTITY = "quantity"
    DELIVERY = "delivery"
    QUALITY = "quality"
    MISSING_ORDER_NUMBER = "missing_order_number"
    DUPLICATE = "duplicate"
    OTHER = "other"

    @property
    def is_for_sales(self) -> bool:
        """Whether sales rather than finance can answer it."""
        return self in {DisputeReason.PRICE, DisputeReason.QUANTITY, DisputeReason.DELIVERY, DisputeReason.QUALITY}


class DisputeOutcome(StrEnum):
    """How a dispute ended."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"
    CREDIT_NOTE = "credit_note"
    WITHDRAWN = "withdrawn"


def answer_due(opened_on: date) -> date:
    """Return the day by which a dispute opened on ``opened_on`` is to be answered."""
    return opened_on + timedelta(days=ANSWER_DAYS)
