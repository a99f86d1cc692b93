"""What may stop a claimed message as a whole: others of its customer, its address, money that we hold, the minimum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders import around
from ar_cockpit.db.queries.reminders.claimed import Claimed, ClaimedItem
from ar_cockpit.db.queries.reminders.steps_done import reviewed
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.cadence.overtaking import Mail, overtaken_by
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import BROKEN_PROMISE, INSTALMENT, THANKS, Cadence
from ar_cockpit.services.reminders.outgoing import Papers
from ar_cockpit.services.sending.cancelled import BELOW_MINIMUM, BOUNCED, COVERED

_USUAL = Cadence("", ())  # for messages of a cadence that is no longer in the policy


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found around some claimed messages on the day of sending."""

    on: date
    mails: Mapping[int, Sequence[Mail]]  # by customer
    oldest_days: Mapping[int, int]
    bounced: frozenset[tuple[int, str]]
    held_minor: Mapping[tuple[int, str], int]  # credit notes and unapplied cash, by customer and currency
    reviewed: frozenset[int]
    cadences: Mapping[str, Cadence]

    def why_not(self, message: Claimed, left: Sequence[tuple[ClaimedItem, int]], *, is_less: bool) -> str:
        """Return why a message does not go with the items and amounts ``left`` of it, or nothing."""
        if (message.customer_id, message.recipient.lower()) in self.bounced:
            return BOUNCED
        if message.origin == "person" or message.template in {THANKS, INSTALMENT}:
            return ""
        if overtaken := self._overtaken(message):
            return overtaken
        total = sum(minor for _, minor in left)
        is_covered = self.held_minor.get((message.customer_id, message.currency), 0) >= total
        if is_covered and any(item.invoice_id not in self.reviewed for item, _ in left):
            return COVERED
        least = self._cadence(message).minimum_amount.scaleb(exponent(message.currency))
        return BELOW_MINIMUM if is_less and total < ceil(least) else ""

    def _overtaken(self, message: Claimed) -> str:
        others = self.mails.get(message.customer_id, ())
        own = next((one for one in others if one.row_id == message.row_id), None)
        cadence = self._cadence(message)
        keeps = self.oldest_days.get(message.customer_id, 0) < cadence.spacing_until
        # A promise that broke is named whatever the spacing.
        spacing = cadence.spacing_days if keeps and message.template != BROKEN_PROMISE else 0
        return overtaken_by(own, others, self.on, spacing) if own else ""

    def _cadence(self, message: Claimed) -> Cadence:
        return self.cadences.get(message.cadence, _USUAL)


def around_of(
    session: Session, messages: Sequence[Claimed], papers: Papers, cadences: Mapping[str, Cadence], on: date
) -> Surroundings:
    """Return what stands around claimed messages, by a question for each kind of fact."""
    customer_ids = sorted({message.customer_id for message in messages})
    mails = around.mails_of(session, customer_ids, on)
    crowded = [customer_id for customer_id, some in mails.items() if len(some) > 1]
    held: dict[tuple[int, str], int] = {key: max(0, minor) for key, minor in papers.unapplied.items()}
    for key, notes in papers.credit_notes.items():
        held[key] = held.get(key, 0) + sum(minor for _, minor in notes)
    covered = sorted({customer_id for (customer_id, _), minor in held.items() if minor > 0})
    return Surroundings(
        on,
        mails,
        around.oldest_days(session, crowded, on) if crowded else {},
        frozenset(around.bounced_addresses(session, customer_ids)),
        held,
        reviewed(session, col(CustomerRow.id).in_(covered), on) if covered else frozenset(),
        cadences,
    )
