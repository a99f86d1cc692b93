"""Recording a day's messages and tasks: rendered, frozen and fenced, so that running twice adds nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlmodel import Session, insert

from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.db.queries.reminders.messages import Correspondence, InvoiceLine
from ar_cockpit.db.queries.reminders.steps_done import TOLD
from ar_cockpit.db.tables import TouchpointRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.cadence.day import ALLOCATE, Telling, Touch
from ar_cockpit.domain.cadence.plan import CadencePlan
from ar_cockpit.domain.policy.model import Channel
from ar_cockpit.mail.compose import Composed, Letter, Line, Sender, compose, one_line
from ar_cockpit.settings import get_settings

_BATCH = 500  # messages rendered and inserted at a time: memory stays bounded
_NOT_ON_THE_LADDER = -10_000  # the offset of what is no step of a cadence


@dataclass(slots=True)
class Recorded:
    """What was newly recorded."""

    messages: int = 0
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Papers:
    """What a batch of messages is written from."""

    lines: dict[int, InvoiceLine]
    writers: dict[int, Correspondence]
    names: dict[int, str]
    credit_notes: dict[tuple[int, str], list[tuple[str, int]]]
    unapplied: dict[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Manner:
    """In which words, to whom and in which currency a message speaks."""

    template: str
    language: str
    contact_name: str
    currency: str
    is_notice: bool = False


def record_touches(session: Session, plan: CadencePlan, *, version_id: int | None, at: datetime) -> Recorded:
    """Insert the plan's messages and tasks with their items; the constraints pass over whatever is there already."""
    recorded = Recorded()
    touches = iter(plan.day.touches)
    while batch := list(islice(touches, _BATCH)):
        papers = gather(
            session,
            plan.day.on,
            [touch.customer_id for touch in batch],
            [item.invoice_id for touch in batch for item in touch.items],
            [contact for touch in batch if (contact := plan.addressees[touch.customer_id].contact_id)],
        )
        rows = {(row := _row(touch, plan, papers, version_id, at))["message_id"]: (row, touch) for touch in batch}
        _insert_batch(session, plan.day.on, rows, recorded)
    return recorded


def _insert_batch(
    session: Session, on: date, rows: dict[str, tuple[dict[str, Any], Touch]], recorded: Recorded
) -> None:
    ids = stored.insert_messages(session, [row for row, _ in rows.values()])
    items = [item for key, row_id in ids.items() for item in _items(rows[key], row_id, on)]
    standing = stored.insert_items(session, items) if items else set()
    kept: dict[int, int] = defaultdict(int)
    for row_id, _ in standing:
        kept[row_id] += 1
    # A message of which any item is another's already would list too much: it is planned again another day.
    overtaken = [row_id for key, row_id in ids.items() if kept[row_id] < len(rows[key][1].items)]
    if overtaken:
        stored.delete_messages(session, overtaken)
    touches = [rows[key][1] for key, row_id in ids.items() if row_id not in set(overtaken)]
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
    return Papers(
        stored.invoice_lines(session, invoice_ids, on),
        stored.correspondences(session, customer_ids),
        stored.contact_names(session, contact_ids),
        stored.credit_notes(session, customer_ids, on),
        stored.unapplied(session, customer_ids, on),
    )


def sender_of(writer: Correspondence) -> tuple[str, str]:
    """Return the From and Reply-To of a company: its own, else those of the settings."""
    settings = get_settings()
    reply_to = writer.mail_reply_to or (settings.mail_reply_to if not writer.mail_from else writer.mail_from)
    return _addresses(writer.company_name, writer.mail_from or settings.mail_from, reply_to)


@lru_cache(maxsize=256)
def _addresses(company_name: str, mail_from: str, reply_to: str) -> tuple[str, str]:
    own_name, address = parseaddr(mail_from)
    return str(Address(one_line(own_name or company_name), addr_spec=address)), parseaddr(reply_to)[1]


def message_id(writer: Correspondence, on: date, channel: str, recipient: str) -> str:
    """Return the Message-ID that a message of this customer, day, channel and address always gets."""
    own = f"{writer.company_code}\n{writer.customer_code}\n{on.isoformat()}\n{channel}\n{recipient}"
    domain = _domain_of(sender_of(writer)[0])
    return f"<{hashlib.sha256(own.encode()).hexdigest()[:24]}.{on:%Y%m%d}@{domain}>"


@lru_cache(maxsize=256)
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def letter_of(papers: Papers, writer: Correspondence, invoice_ids: Iterable[int], how: Manner) -> Letter:
    """Return everything a message says."""
    lines = [papers.lines[invoice_id] for invoice_id in invoice_ids]
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
        lines=[Line(line.number, line.invoice_on, line.due_on, line.open_minor, line.po_number) for line in lines],
        credit_notes=papers.credit_notes.get(key, []),
        unapplied_minor=max(0, papers.unapplied.get(key, 0)),
        is_notice=how.is_notice,
    )


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
        "total_minor": sum(line.open_minor for line in letter.lines),
        "currency": letter.currency,
        "attempts": 0,
        "owner": "",
        "error": "",
        "closed_by": "",
        **more,
    }


def _row(touch: Touch, plan: CadencePlan, papers: Papers, version_id: int | None, at: datetime) -> dict[str, Any]:
    writer, addressee = papers.writers[touch.customer_id], plan.addressees[touch.customer_id]
    recipient = addressee.email if touch.is_message else ""
    letter = letter_of(
        papers,
        writer,
        [item.invoice_id for item in touch.items],
        Manner(
            template=touch.step.template,
            language=addressee.speaks,
            contact_name=papers.names.get(addressee.contact_id or 0, ""),
            currency=touch.currency,
            is_notice=touch.is_message and touch.step.is_courtesy,
        ),
    )
    choice = plan.choices[touch.customer_id]
    return message_row(
        writer,
        letter,
        compose(letter),
        contact_id=addressee.contact_id,
        policy_version_id=version_id,
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
        queued_at=at,
        created_by="",
    )


def _items(found: tuple[dict[str, Any], Touch], row_id: int, on: date) -> list[dict[str, Any]]:
    row, touch = found
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
        }
        for item in touch.items
    ]


def record_tellings(session: Session, actor: Actor, tellings: Sequence[Telling], on: date, at: datetime) -> None:
    """Record that sales owners are told of coming steps: one entry for each customer and step."""
    grouped: dict[tuple[int, str], list[Telling]] = defaultdict(list)
    for telling in tellings:
        grouped[telling.customer_id, telling.step].append(telling)
    if not grouped:
        return
    writers = stored.correspondences(session, [customer_id for customer_id, _ in grouped])
    session.execute(
        insert(TouchpointRow),
        [
            {
                "company_id": writers[customer_id].company_id,
                "customer_id": customer_id,
                "kind": TOLD,
                "happened_on": on,
                "happened_at": at,
                "actor_email": actor.email,
                "text": ", ".join(telling.number for telling in some),
                "facts": {"step": step, "invoice_ids": [telling.invoice_id for telling in some]},
            }
            for (customer_id, step), some in grouped.items()
        ],
    )
