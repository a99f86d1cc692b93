"""The last look before a message goes: what was paid, disputed, promised or held since is left out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.promises import promises_on_open_invoices
from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.db.queries.reminders.around import set_went_on
from ar_cockpit.db.queries.reminders.claimed import Claimed, ClaimedItem, claimed_items, claimed_messages
from ar_cockpit.db.queries.reminders.messages import InvoiceLine
from ar_cockpit.db.queries.reminders.papers import replace_papers
from ar_cockpit.db.queries.reminders.plan import handled_by_hand
from ar_cockpit.db.tables import CustomerRow, MessageRow
from ar_cockpit.domain.cadence.day import first_reason
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.occasions import OCCASION
from ar_cockpit.domain.cadence.pausing import stops_step
from ar_cockpit.domain.cadence.plan import MANUAL_TAG
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.cadence.stops import Stops
from ar_cockpit.domain.policy.model import INSTALMENT, THANKS, Cadence, Step
from ar_cockpit.domain.policy.reading import MOST_DAYS
from ar_cockpit.mail.brand import to_json
from ar_cockpit.mail.compose import Letter, compose
from ar_cockpit.services.reminders import instalments, policy
from ar_cockpit.services.reminders.extras import extras_for, wish_of
from ar_cockpit.services.reminders.facts import stops
from ar_cockpit.services.reminders.outgoing import Manner, Papers, gather, letter_of
from ar_cockpit.services.sending.cancelled import CHANGED, EMPTY, NO_INSTALMENT, NOT_PAID, PAID, PAST_DUE, told
from ar_cockpit.services.sending.surroundings import Surroundings, around_of

_BY_HAND = "person"


@dataclass(frozen=True, slots=True)
class _Now:
    """How things stand on the day of sending."""

    on: date
    papers: Papers
    stops: Stops
    cadences: dict[str, Cadence]
    around: Surroundings
    instalments: Mapping[int, InstalmentDue]  # that are near, by invoice

    def reason(self, message: Claimed, item: ClaimedItem) -> str:
        """Return why ``item`` is left out, or nothing."""
        line = self.papers.lines.get(item.invoice_id)
        if _is_thanks(message):
            return self._why_no_thanks(message, line)
        if line is None or line.open_minor <= 0:
            return PAID
        if message.origin == _BY_HAND:
            return ""  # a person who writes about a dispute or a promise knows of it
        of_invoice = self.stops.invoices.get(item.invoice_id)
        if message.template == INSTALMENT:
            due = self.instalments.get(item.invoice_id)
            if due is None or not item.step.endswith(due.due_on.isoformat()):
                return NO_INSTALMENT  # it came, its day came, or the plan ended
            of_invoice = None if of_invoice is Held.ON_PLAN else of_invoice
        elif item.step_offset < 0 and line.due_on < self.on and not item.step.startswith(OCCASION):
            return PAST_DUE
        held = first_reason(of_invoice, self.stops.customers.get(message.customer_id))
        paused = self.stops.paused.get(item.invoice_id, ())
        if held is None and paused and stops_step(self.cadences.get(message.cadence), item.step, paused):
            held = Held.PAUSED_BY_SALES
        return held.value if held else ""

    def open_now(self, message: Claimed, item: ClaimedItem) -> int:
        """Return what the message says of an invoice: what is open of it, or in thanks what was paid."""
        line = self.papers.lines[item.invoice_id]
        return line.amount_minor if _is_thanks(message) else line.open_minor

    def why_not(self, message: Claimed, kept: Sequence[ClaimedItem], out: Mapping[int, str], *, is_other: bool) -> str:
        """Return why the whole message stays, its items without ``out`` being ``kept``; ``is_other``: any changed."""
        if message.origin == _BY_HAND and (out or is_other):
            return told([CHANGED, *sorted(set(out.values()))])
        if not kept:
            return told(sorted(set(out.values())) or [EMPTY])
        left = [(one, self.open_now(message, one)) for one in kept]
        why = self.around.why_not(message, left, is_less=bool(out) or is_other)
        return told([why]) if why else ""

    def _why_no_thanks(self, message: Claimed, line: InvoiceLine | None) -> str:
        if line is None or line.open_minor > 0:
            return NOT_PAID  # the payment was taken back
        held = self.stops.customers.get(message.customer_id)
        return held.value if held else ""


def recheck(session: Session, row_ids: Sequence[int], as_of: date) -> tuple[list[Claimed], int]:
    """Return the claimed messages that may go, rewritten where something changed, and how many were cancelled."""
    messages = claimed_messages(session, row_ids)
    items = claimed_items(session, row_ids)
    now = _now(session, messages, [one for some in items.values() for one in some], as_of)
    dropped: dict[int, str] = {}
    amounts: dict[int, int] = {}
    going: list[Claimed] = []
    cancelled: dict[int, str] = {}
    for message in messages:
        listed = items.get(message.row_id, [])
        out = {one.item_id: why for one in listed if (why := now.reason(message, one))}
        kept = [one for one in listed if one.item_id not in out]
        changed = {one.item_id: minor for one in kept if (minor := now.open_now(message, one)) != one.open_minor}
        dropped |= out
        if why := now.why_not(message, kept, out, is_other=bool(changed)):
            cancelled[message.row_id] = why
            dropped |= {one.item_id: "cancelled" for one in kept}
            continue
        amounts |= changed
        going.append(_rewritten(session, now, message, kept) if out or changed else message)
    queries.drop_items(session, dropped)
    queries.set_open_amounts(session, amounts)
    set_went_on(session, [one.row_id for one in going if one.business_on < as_of], as_of)
    for why, some in groupby(
        sorted(cancelled, key=lambda row_id: cancelled[row_id]), key=lambda row_id: cancelled[row_id]
    ):
        queries.cancel(session, list(some), why)
    return going, len(cancelled)


def _is_thanks(message: Claimed) -> bool:
    return message.template == THANKS and message.origin != _BY_HAND


def _now(session: Session, messages: Sequence[Claimed], items: Sequence[ClaimedItem], as_of: date) -> _Now:
    customer_ids = sorted({message.customer_id for message in messages})
    papers = gather(session, as_of, customer_ids, sorted({item.invoice_id for item in items}), [])
    these = col(CustomerRow.id).in_(customer_ids)
    stopped = stops(session, these, as_of)
    for customer_id in handled_by_hand(session, these, MANUAL_TAG):
        stopped.customers.setdefault(customer_id, Held.MANUAL)
    cadences = dict(policy.in_force(session).policy.cadences)
    around = around_of(session, messages, papers, cadences, as_of)
    return _Now(as_of, papers, stopped, cadences, around, _near(session, messages, as_of))


def _near(session: Session, messages: Sequence[Claimed], as_of: date) -> Mapping[int, InstalmentDue]:
    told = sorted({message.customer_id for message in messages if message.template == INSTALMENT})
    if not told:
        return {}
    promised = promises_on_open_invoices(session, col(CustomerRow.id).in_(told), as_of)
    return instalments.near(session, promised, as_of, MOST_DAYS)


def _rewritten(session: Session, now: _Now, message: Claimed, kept: Sequence[ClaimedItem]) -> Claimed:
    """Return the message as it reads without what was left out, in the words of its most advanced step left."""
    lead = max(kept, key=lambda item: item.step_offset)
    step = _step(now, message, lead.step)
    template = step.template if step and lead.step != message.step else message.template
    manner = Manner(
        template=template,
        language=message.language,
        contact_name=message.contact_name,
        currency=message.currency,
        is_notice=lead.step_offset < 0 or template == INSTALMENT,
        instalment=now.instalments.get(lead.invoice_id) if template == INSTALMENT else None,
        step=lead.step,
    )
    letter = _letter(session, now, message, [item.invoice_id for item in kept], manner, step)
    composed = compose(letter)
    images = to_json(composed.images)
    values = {
        "template": template,
        "step": lead.step,
        "subject": composed.subject,
        "text_body": composed.text,
        "html_body": composed.html,
        "images": images,
        "total_minor": letter.listed_minor,
    }
    if step:
        values["tone"] = step.tone.value
    session.execute(
        update(MessageRow).where(col(MessageRow.id) == message.row_id).values(**values),
        execution_options={"synchronize_session": False},
    )
    return replace(
        message,
        template=template,
        step=lead.step,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        images=images,
        is_notice=manner.is_notice,
    )


def _letter(
    session: Session, now: _Now, message: Claimed, invoice_ids: Sequence[int], manner: Manner, step: Step | None
) -> Letter:
    """Return what the message says now, with the papers that its step asks for taken together anew."""
    letter = letter_of(now.papers, now.papers.writers[message.customer_id], invoice_ids, manner)
    papers: list[dict[str, Any]] = []
    if step:
        wish = wish_of(message.customer_id, invoice_ids, step)
        lines = [now.papers.lines[one] for one in invoice_ids]
        letter, papers = extras_for(session, now.on, [wish]).added_to(letter, wish, lines)
    replace_papers(session, {message.row_id: papers})
    return letter


def _step(now: _Now, message: Claimed, key: str) -> Step | None:
    cadence = now.cadences.get(message.cadence)
    return next((step for step in cadence.steps if step.key == key), None) if cadence else None
