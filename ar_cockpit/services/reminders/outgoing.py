"""Recording a day's messages and tasks: rendered, frozen and fenced, so that running twice adds nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.db.queries.reminders.messages import Correspondence, InvoiceLine
from ar_cockpit.db.queries.reminders.papers import replace_papers
from ar_cockpit.domain.cadence.day import ALLOCATE, Touch
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.policy.model import THANKS, Channel
from ar_cockpit.mail.brand import to_json
from ar_cockpit.mail.coming import apart
from ar_cockpit.mail.compose import Composed, Letter, Line, Sender, compose, one_line
from ar_cockpit.mail.short import compose_short
from ar_cockpit.services.clock import now
from ar_cockpit.services.reminders.envelope import message_id, sender_of
from ar_cockpit.services.reminders.extras import Extras, Wish, extras_for, wish_of
from ar_cockpit.services.reminders.looks import Looks, looks_of
from ar_cockpit.services.reminders.proposed import not_proposed
from ar_cockpit.settings import get_settings

_BATCH = 500  # messages rendered and inserted at a time: memory stays bounded
_READ_AT_ONCE = 10 * _BATCH  # messages whose facts are read together: some questions cost the same for few and many
_OURS = frozenset({Channel.CALL, Channel.ALLOCATE})  # read by our own people, as text; they are most tasks
_NOT_ON_THE_LADDER = -10_000  # the offset of what is no step of a cadence


@dataclass(slots=True)
class Recorded:
    """What was newly recorded."""

    messages: int = 0
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Papers:
    """What a batch of messages is written from, on a day."""

    on: date
    lines: dict[int, InvoiceLine]
    writers: dict[int, Correspondence]
    names: dict[int, str]
    credit_notes: dict[tuple[int, str], list[tuple[str, int]]]
    unapplied: dict[tuple[int, str], int]
    looks: Looks


@dataclass(frozen=True, slots=True)
class Manner:
    """In which words, to whom and in which currency a message speaks."""

    template: str
    language: str
    contact_name: str
    currency: str
    is_notice: bool = False
    instalment: InstalmentDue | None = None
    step: str = ""  # whose own words it speaks in, where it has some
    is_short: bool = False  # for a telephone's screen


def record_touches(session: Session, plan: CadencePlan, *, version_id: int | None, at: datetime) -> Recorded:
    """Insert the plan's messages and tasks with their items; the constraints pass over whatever is there already."""
    recorded = Recorded()
    touches = iter(plan.day.touches)
    while read := list(islice(touches, _READ_AT_ONCE)):
        read = not_proposed(session, read)
        writing = _writing(session, plan, read, version_id, at)
        for start in range(0, len(read), _BATCH):
            written = [writing.row(touch) for touch in read[start : start + _BATCH]]
            _insert_batch(session, plan.day.on, {one.row["message_id"]: one for one in written}, recorded)
    return recorded


class _Written(NamedTuple):
    """A message as it will go, what it is about, and the papers that go with it."""

    row: dict[str, Any]
    touch: Touch
    papers: list[dict[str, Any]]


def _writing(
    session: Session, plan: CadencePlan, touches: Sequence[Touch], version_id: int | None, at: datetime
) -> _Writing:
    papers = gather(
        session,
        plan.day.on,
        [touch.customer_id for touch in touches],
        [item.invoice_id for touch in touches for item in touch.items],
        [contact for touch in touches if (contact := plan.addressees[touch.customer_id].contact_id)],
    )
    extras = extras_for(session, plan.day.on, (_wish(touch) for touch in touches if touch.is_message))
    return _Writing(plan, papers, extras, version_id, at)


def _insert_batch(session: Session, on: date, rows: dict[str, _Written], recorded: Recorded) -> None:
    ids = stored.insert_messages(session, [one.row for one in rows.values()])
    items = [item for key, row_id in ids.items() for item in _items(rows[key], row_id, on)]
    standing = stored.insert_items(session, items) if items else set()
    kept: dict[int, int] = defaultdict(int)
    for row_id, _ in standing:
        kept[row_id] += 1
    # A message of which any item is another's already would list too much: it is planned again another day.
    overtaken = {row_id for key, row_id in ids.items() if kept[row_id] < len(rows[key].touch.items)}
    if overtaken:
        stored.delete_messages(session, list(overtaken))
    going = {row_id: rows[key] for key, row_id in ids.items() if row_id not in overtaken}
    replace_papers(session, {row_id: one.papers for row_id, one in going.items() if one.papers})
    touches = [one.touch for one in going.values()]
    reminded = [touch.customer_id for touch in touches if starts_spacing(touch)]
    stored.set_reminded_on(session, reminded, on)
    recorded.messages += sum(touch.is_message for touch in touches)
    recorded.tasks += sum(not touch.is_message for touch in touches)


def starts_spacing(touch: Touch) -> bool:
    """Return whether a touch asks for money, so that the next reminder keeps its distance."""
    return touch.channel is not Channel.ALLOCATE and not touch.step.is_quiet


def gather(
    session: Session, on: date, customer_ids: Sequence[int], invoice_ids: Sequence[int], contact_ids: Sequence[int]
) -> Papers:
    """Return what messages to these customers about these invoices are written from."""
    writers = stored.correspondences(session, customer_ids)
    return Papers(
        on,
        stored.invoice_lines(session, invoice_ids, on),
        writers,
        stored.contact_names(session, contact_ids),
        stored.credit_notes(session, customer_ids, on),
        stored.unapplied(session, customer_ids, on),
        looks_of(session, {writer.company_id for writer in writers.values()}),
    )


def letter_of(papers: Papers, writer: Correspondence, invoice_ids: Iterable[int], how: Manner) -> Letter:
    """Return everything a message says."""
    lines, coming = apart([papers.lines[invoice_id] for invoice_id in invoice_ids], papers.on, how.template)
    key = (writer.customer_id, how.currency)
    return Letter(
        template=how.template,
        language=how.language,
        sender=Sender(
            company=one_line(writer.company_name),
            address=writer.company_address,
            iban=writer.iban or get_settings().mail_iban,
            bic=writer.bic,
            person=one_line(writer.collector_name),
            phone=one_line(writer.collector_phone or writer.company_phone),
        ),
        customer_code=one_line(writer.customer_code),
        customer_name=one_line(writer.customer_name),
        contact_name=one_line(how.contact_name),
        currency=how.currency,
        lines=[_line(line, is_paid=how.template == THANKS) for line in lines],
        coming=[_line(line, is_paid=False) for line in coming],
        credit_notes=papers.credit_notes.get(key, []),
        unapplied_minor=max(0, papers.unapplied.get(key, 0)),
        is_notice=how.is_notice,
        instalment=how.instalment,
        brand=papers.looks.brand(writer.company_id),
        words=papers.looks.own_words(writer.company_id, how.template, how.language, how.step, is_short=how.is_short),
    )


def _line(line: InvoiceLine, *, is_paid: bool) -> Line:
    """Return an invoice as it is listed: what is open of it, or in thanks what was paid."""
    shown = line.amount_minor if is_paid else line.open_minor
    return Line(line.number, line.invoice_on, line.due_on, shown, line.po_number)


def message_row(writer: Correspondence, letter: Letter, composed: Composed, **more: Any) -> dict[str, Any]:
    """Return a row of the outbox: the message as it will go, frozen."""
    sender, reply_to = sender_of(writer)
    return {
        "company_id": writer.company_id,
        "customer_id": writer.customer_id,
        "sender": sender,
        "reply_to": reply_to,
        "template": letter.template,
        "language": letter.language,
        "subject": composed.subject,
        "text_body": composed.text,
        "html_body": composed.html,
        "images": to_json(composed.images),
        "total_minor": letter.listed_minor,
        "currency": letter.currency,
        "attempts": 0,
        "owner": "",
        "error": "",
        "closed_by": "",
        **more,
    }


@dataclass(frozen=True, slots=True)
class _Writing:
    """A batch of touches being written down."""

    plan: CadencePlan
    papers: Papers
    extras: Extras
    version_id: int | None
    at: datetime

    def row(self, touch: Touch) -> _Written:
        """Return the row of one touch, its words frozen."""
        plan, writer = self.plan, self.papers.writers[touch.customer_id]
        addressee, choice = plan.addressees[touch.customer_id], plan.choices[touch.customer_id]
        recipient = addressee.email if touch.is_message else ""
        letter, papers = self._letter(touch, writer, addressee)
        row = message_row(
            writer,
            letter,
            _composed(letter, touch.channel),
            contact_id=addressee.contact_id,
            policy_version_id=self.version_id,
            business_on=plan.day.on,
            channel=touch.channel.value,
            recipient=recipient,
            message_id=message_id(writer, plan.day.on, touch.channel.value, recipient),
            state="queued" if touch.is_message else "to_do",
            origin="cadence",
            segment=choice.segment.key,
            cadence=choice.cadence.key,
            step=touch.step_key,
            tone=touch.step.tone.value,
            queued_at=self.at,
            created_by="",
        )
        return _Written(row, touch, papers)

    def _letter(
        self, touch: Touch, writer: Correspondence, addressee: Addressee
    ) -> tuple[Letter, list[dict[str, Any]]]:
        manner = Manner(
            template=touch.step.template,
            language=addressee.speaks,
            contact_name=self.papers.names.get(addressee.contact_id or 0, ""),
            currency=touch.currency,
            is_notice=touch.is_message and touch.step.is_notice,
            instalment=touch.instalment,
            step=touch.step.key,
            is_short=touch.channel is Channel.SMS,
        )
        wish = _wish(touch)
        letter = letter_of(self.papers, writer, wish.invoice_ids, manner)
        if not touch.is_message:
            return letter, []
        return self.extras.added_to(letter, wish, [self.papers.lines[one] for one in wish.invoice_ids])


def _composed(letter: Letter, channel: Channel) -> Composed:
    return compose_short(letter) if channel is Channel.SMS else compose(letter, with_html=channel not in _OURS)


def _wish(touch: Touch) -> Wish:
    return wish_of(touch.customer_id, [item.invoice_id for item in touch.items], touch.step)


def _items(found: _Written, row_id: int, on: date) -> list[dict[str, Any]]:
    row, touch = found.row, found.touch
    is_allocation = touch.channel is Channel.ALLOCATE
    return [
        {
            "company_id": row["company_id"],
            "message_row_id": row_id,
            "invoice_id": item.invoice_id,
            "step": ALLOCATE if is_allocation else item.step.key,
            "step_offset": _NOT_ON_THE_LADDER if is_allocation else item.step.offset,
            "business_on": on,
            "open_minor": item.open_minor,
            "dropped": "",
            "firmness": 0 if is_allocation else item.step.firmness,
        }
        for item in touch.items
    ]


def draft(session: Session, plan: CadencePlan, touch: Touch) -> dict[str, Any]:
    """Return the row of the outbox that a run would record for ``touch`` now; changes nothing."""
    return _writing(session, plan, [touch], None, now()).row(touch).row
