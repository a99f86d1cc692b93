"""The words collectors choose from: outcomes of calls, reasons and outcomes of disputes; and their dates."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

ANSWER_DAYS = 14  # a dispute is answered within a fortnight
LONGEST_ANSWER = timedelta(days=120)
MOST_DATES = 12  # of one promise; what is longer is a payment plan
LONGEST_PROMISE = timedelta(days=366)
LONGEST_SNOOZE = timedelta(days=90)
LONGEST_PAUSE = timedelta(days=60)


class CallOutcome(StrEnum):
    """How a call ended; but for the last three somebody at the customer spoke to us."""

    REACHED = "reached"
    SAYS_PAID = "says_paid"
    CALL_BACK = "call_back"
    CANNOT_PAY = "cannot_pay"
    REFUSES = "refuses"
    LEFT_MESSAGE = "left_message"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"

    @property
    def has_reached(self) -> bool:
        """Whether somebody at the customer spoke."""
        return self not in {CallOutcome.LEFT_MESSAGE, CallOutcome.NO_ANSWER, CallOutcome.WRONG_NUMBER}


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


def days_left(answer_due_on: date, answered_on: date | None, as_of: date) -> int:
    """Return how many days of a dispute's clock are left, negative when it ran out; an answer stops the clock."""
    return (answer_due_on - (answered_on or as_of)).days
