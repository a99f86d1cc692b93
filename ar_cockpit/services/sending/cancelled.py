"""Why a message that waited does not go: one sentence for each reason, each in the readers' catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.overtaking import SUPERSEDED, TOO_SOON

PAID, NOT_PAID = "paid", "not paid"
NO_INSTALMENT, PAST_DUE = "no_instalment", "past_due"
BOUNCED, COVERED, CHANGED, EMPTY = "bounced", "covered", "changed", "empty"
BELOW_MINIMUM = Held.BELOW_MINIMUM.value

SENTENCES = {
    PAID: "It was paid since it was queued.",
    NOT_PAID: "It is not paid any more.",
    NO_INSTALMENT: "The instalment is no longer to come.",
    PAST_DUE: "Its due date has passed, so that it is no courtesy any more.",
    Held.DISPUTED.value: "It was disputed since it was queued.",
    Held.PROMISED.value: "Its payment was promised since it was queued.",
    Held.ON_PLAN.value: "It came on a payment plan since it was queued.",
    Held.ON_HOLD.value: "Its reminders were put on hold since it was queued.",
    Held.MANUAL.value: "Its customer is handled by a person since it was queued.",
    Held.PAUSED_BY_SALES.value: "Sales paused its step since it was queued.",
    SUPERSEDED: "A newer message to the customer takes its place.",
    TOO_SOON: "Another reminder left since it was queued, so that what is still due is planned again later.",
    BOUNCED: "Its address bounced since it was queued.",
    COVERED: "Money or credit notes of the customer cover it now.",
    BELOW_MINIMUM: "What is left of it is below the minimum.",
    CHANGED: "An invoice changed since this was written, so look at it and write again.",
    EMPTY: "It lists no invoice.",
}


def told(reasons: Iterable[str]) -> str:
    """Return the reasons as sentences."""
    return " ".join(dict.fromkeys(SENTENCES[reason] for reason in reasons))
