"""A collector's own reminder: previewed as it will go, sent through the same outbox; see :mod:`.withdrawing` too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.db.queries.reminders.papers import replace_papers
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice, Stand, rung
from ar_cockpit.domain.errors import CockpitError, InputError, RefusedError
from ar_cockpit.domain.policy.model import Cadence, Channel, Tone
from ar_cockpit.mail.texts import LANGUAGES
from ar_cockpit.services import audit
from ar_cockpit.services.reminders import drafting, stopping
from ar_cockpit.services.reminders.drafting import TEMPLATES, Prepared, Wanted, Wording
from ar_cockpit.services.reminders.envelope import message_id
from ar_cockpit.services.reminders.outgoing import message_row
from ar_cockpit.services.reminders.showing import shown_html

__all__ = ["LANGUAGES", "TEMPLATES", "Draft", "Wording", "preview", "send_all", "send_manual"]

MANUAL = "manual"  # the step's key of a message for which no step of the cadence was due
LONGEST_WAIT = timedelta(days=30)
_FIRMNESS = {"firm": Tone.FIRM.firmness, "formal_notice": Tone.FORMAL_NOTICE.firmness}
_TONES = {"firm": Tone.FIRM, "formal_notice": Tone.FORMAL_NOTICE}


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it will go; ``body`` is the prose above the table, ``warnings`` are codes of what to think of."""

    recipient: str
    contact_name: str
    template: str
    language: str
    subject: str
    body: str
    text: str
    html: str
    total_minor: int
    currency: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of mails to many: the Message-ID, or why there is none, by customer."""

    keys: dict[int, str] = field(default_factory=dict)
    refused: dict[int, CockpitError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Going:
    """A message that is to be recorded: its row, and the step and offset under which it stands for each invoice."""

    made: Prepared
    row: dict[str, Any]
    steps: list[tuple[str, int]]

    @property
    def key(self) -> str:
        """Its Message-ID."""
        return str(self.row["message_id"])


def preview(
    session: Session, actor: Actor, customer_id: int, invoice_ids: Sequence[int], wording: Wording, *, as_of: date
) -> Draft:
    """Return the message as it would go, with what speaks against it; changes nothing."""
    made = drafting.prepare(session, actor, {customer_id: invoice_ids}, wording, as_of)[customer_id]
    if isinstance(made, CockpitError):
        raise made
    letter, composed = made.letter, made.composed
    return Draft(
        recipient=made.addressee.email,
        contact_name=letter.contact_name,
        template=letter.template,
        language=letter.language,
        subject=composed.subject,
        body=composed.body,
        text=composed.text,
        html=shown_html(session, composed.html, composed.images),
        total_minor=sum(line.open_minor for line in letter.lines),
        currency=letter.currency,
        warnings=_warnings(made),
    )


def send_manual(
    session: Session,
    actor: Actor,
    customer_id: int,
    invoice_ids: Sequence[int],
    wording: Wording,
    *,
    as_of: date,
    at: datetime,
) -> str:
    """Put the message into the outbox and return its Message-ID; the job process sends it within seconds, or later.

    It counts as the step that was due for each invoice, so that the cadence does not say the same again.
    """
    sent = send_all(session, actor, {customer_id: invoice_ids}, wording, as_of=as_of, at=at)
    if customer_id in sent.refused:
        raise sent.refused[customer_id]
    return sent.keys[customer_id]


def send_all(session: Session, actor: Actor, wanted: Wanted, wording: Wording, *, as_of: date, at: datetime) -> Sent:
    """Put a message to each customer into the outbox, in as many statements as for one; a refusal leaves the others."""
    check_moment(wording.later, at)
    sent = Sent()
    if not wanted:
        return sent
    stored.serialise_runs(session)
    going: dict[int, _Going] = {}
    for key, made in drafting.prepare(session, actor, wanted, wording, as_of).items():
        if isinstance(made, CockpitError):
            sent.refused[key] = made
        else:
            going[key] = _going(actor, made, wording, as_of, at)
    sent.refused.update(_stopped(session, going))
    going = {key: one for key, one in going.items() if key not in sent.refused}
    sent.refused.update(_record(session, going, as_of))
    gone = {key: one for key, one in going.items() if key not in sent.refused}
    reminded = [key for key, one in gone.items() if any(offset >= 0 for _, offset in one.steps)]
    stored.set_reminded_on(session, reminded, as_of)
    told = [audit.Entry(("message", one.key), {}, _trace(one.made, wording)) for one in gone.values()]
    audit.record_all(session, actor, "reminder.send", told)
    sent.keys.update({key: one.key for key, one in gone.items()})
    return sent


def check_moment(later: datetime | None, at: datetime) -> None:
    """Raise ``InputError`` for a moment to which a message cannot wait."""
    if later is not None and not at < later <= at + LONGEST_WAIT:
        told = f"{later:%Y-%m-%d %H:%M}"
        raise InputError(
            f"This message cannot wait until {told}.", f"Choose a moment of the next {LONGEST_WAIT.days} days."
        )


def _going(actor: Actor, made: Prepared, wording: Wording, as_of: date, at: datetime) -> _Going:
    may_approve = actor.may(Permission.APPROVE_STEP, made.writer.company_id)
    steps = [_step(made, one, as_of, may_approve=may_approve) for one in made.open_invoices]
    lead = max(steps, key=lambda step: step[1])
    row = message_row(
        made.writer,
        made.letter,
        made.composed,
        contact_id=made.addressee.contact_id,
        policy_version_id=made.version_id,
        business_on=as_of,
        channel=Channel.EMAIL.value,
        recipient=made.addressee.email,
        message_id=message_id(made.writer, as_of, Channel.EMAIL.value, made.addressee.email),
        state="queued",
        origin="person",
        segment=made.choice.segment.key,
        cadence=made.choice.cadence.key,
        step=lead[0],
        tone=_TONES.get(wording.template, Tone.FRIENDLY).value,
        queued_at=at,
        next_attempt_at=wording.later,
        created_by=actor.email,
    )
    return _Going(made, dict(row), steps)


def _trace(made: Prepared, wording: Wording) -> dict[str, Any]:
    numbers = [one.number for one in made.open_invoices]
    told: dict[str, Any] = {"recipient": made.addressee.email, "template": wording.template, "invoices": numbers}
    told |= {"later": wording.later.isoformat()} if wording.later else {}
    return told | ({"attach": list(wording.attach)} if wording.attach else {})


def _warnings(made: Prepared) -> tuple[str, ...]:
    customer_id = made.addressee.customer_id
    by_customer, by_invoice = made.known.customers.blocked, made.known.invoices.blocked
    found = {by_invoice[one.invoice_id] for one in made.open_invoices if one.invoice_id in by_invoice}
    found |= {by_customer[customer_id]} if customer_id in by_customer else set()
    since = made.known.customers.since_reminder.get(customer_id)
    if since is not None and since < made.choice.cadence.spacing_days:
        found.add(Held.SPACING)
    return tuple(reason.value for reason in Held if reason in found)


def _step(made: Prepared, invoice: OpenInvoice, as_of: date, *, may_approve: bool) -> tuple[str, int]:
    """Return the key and offset under which the message is recorded for an invoice.

    A step that is due and is a mail of ours is done by this message. A call or a letter is not: it stays due, and the
    message stands before it. So it does before a step that needs approval, unless it is that step's own template and
    the step was let go, or the writer may let it go: the same notice would leave twice.
    """
    cadence: Cadence = made.choice.cadence
    done = made.known.invoices.done.get(invoice.invoice_id)
    place, stand = rung(cadence, invoice.days, done, made.known.invoices.bits)
    own = f"{MANUAL}:{as_of:%Y-%m-%d}"
    latest = max(invoice.days, done.last_offset) if done else invoice.days
    if stand > Stand.CLIMBING:
        return own, latest
    step = cadence.steps[place]
    was_let_go = may_approve or (invoice.invoice_id, step.key) in made.known.invoices.approved
    is_done = not step.approve or (step.template == made.letter.template and was_let_go)
    if step.channel is Channel.EMAIL and is_done:
        return step.key, step.offset
    return own, min(latest, step.offset - 1)


def _stopped(session: Session, going: Mapping[int, _Going]) -> dict[int, CockpitError]:
    """Return those of a company whose reminders are stopped: a person does not write then either."""
    refused: dict[int, CockpitError] = {}
    for company_id in sorted({one.made.writer.company_id for one in going.values()}):
        try:
            stopping.refuse_if_stopped(session, company_id)
        except CockpitError as error:
            refused |= {key: error for key, one in going.items() if one.made.writer.company_id == company_id}
    return refused


def _record(session: Session, going: Mapping[int, _Going], as_of: date) -> dict[int, CockpitError]:
    """Insert the messages with their items, and return why those that could not stand do not."""
    if not going:
        return {}
    refused: dict[int, CockpitError] = {}
    ids = stored.insert_messages(session, [one.row for one in going.values()])
    for key, one in going.items():
        if one.key not in ids:
            refused[key] = RefusedError(
                f"A message to {one.made.addressee.email} stands in the outbox for this day already.",
                "Write again tomorrow.",
            )
    there = {key: (ids[one.key], one) for key, one in going.items() if key not in refused}
    items = [item for row_id, one in there.values() for item in _items(one, row_id, as_of)]
    standing = stored.insert_items(session, items) if items else set()
    overtaken = {
        key: row_id
        for key, (row_id, one) in there.items()
        if any((row_id, invoice.invoice_id) not in standing for invoice in one.made.open_invoices)
    }
    if overtaken:
        stored.delete_messages(session, list(overtaken.values()))
    for key in overtaken:
        refused[key] = RefusedError("Somebody wrote about one of these invoices just now.", "Look at the timeline.")
    replace_papers(session, {row_id: one.made.papers for key, (row_id, one) in there.items() if key not in overtaken})
    return refused


def _items(one: _Going, row_id: int, as_of: date) -> list[dict[str, Any]]:
    return [
        {
            "company_id": one.row["company_id"],
            "message_row_id": row_id,
            "invoice_id": invoice.invoice_id,
            "step": key,
            "step_offset": offset,
            "business_on": as_of,
            "open_minor": invoice.open_minor,
            "dropped": "",
            "firmness": _FIRMNESS.get(str(one.row["template"]), 0),
        }
        for invoice, (key, offset) in zip(one.made.open_invoices, one.steps, strict=True)
    ]
