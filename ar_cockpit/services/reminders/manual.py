"""A collector's own reminder: previewed as it will go, sent through the same outbox; see :mod:`.withdrawing` too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.queries.reminders.messages import Correspondence
from ar_cockpit.db.queries.reminders.papers import replace_papers
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice, Stand, rung
from ar_cockpit.domain.cadence.plan import Addressee, Choice, Known, choose
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.domain.policy.model import ATTACHMENTS, STEP_TEMPLATES, Cadence, Channel, Tone
from ar_cockpit.mail.compose import Composed, Letter, compose
from ar_cockpit.mail.texts import LANGUAGES
from ar_cockpit.services import audit, reach
from ar_cockpit.services.reminders import policy, stopping
from ar_cockpit.services.reminders.envelope import message_id
from ar_cockpit.services.reminders.extras import Wish, extras_for
from ar_cockpit.services.reminders.facts import PlanFacts, addressees, load
from ar_cockpit.services.reminders.outgoing import Manner, gather, letter_of, message_row
from ar_cockpit.services.reminders.showing import shown_html

__all__ = ["LANGUAGES", "TEMPLATES", "Draft", "Wording", "preview", "send_manual"]

MANUAL = "manual"  # the step's key of a message for which no step of the cadence was due
LONGEST_BODY = 8000
LONGEST_WAIT = timedelta(days=30)
TEMPLATES = STEP_TEMPLATES
_FIRMNESS = {"firm": Tone.FIRM.firmness, "formal_notice": Tone.FORMAL_NOTICE.firmness}
QUIET = frozenset({"courtesy", "thank_you", "call"})  # templates in which a call before is not brought up
_TONES = {"firm": Tone.FIRM, "formal_notice": Tone.FORMAL_NOTICE}


@dataclass(frozen=True, slots=True)
class Wording:
    """What the collector chose; left empty: the contact's language, the template's own words."""

    template: str = "reminder"
    language: str = ""
    subject: str = ""
    body: str = ""
    attach: tuple[str, ...] = ()  # of ATTACHMENTS
    later: datetime | None = None  # when it goes; without one at once


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
class _Prepared:
    """Everything about a message before it is recorded."""

    writer: Correspondence
    addressee: Addressee
    letter: Letter
    composed: Composed
    papers: list[dict[str, Any]]
    open_invoices: list[OpenInvoice]
    known: PlanFacts
    choice: Choice
    version_id: int | None


def preview(
    session: Session, actor: Actor, customer_id: int, invoice_ids: Sequence[int], wording: Wording, *, as_of: date
) -> Draft:
    """Return the message as it would go, with what speaks against it; changes nothing."""
    made = _prepare(session, actor, customer_id, invoice_ids, wording, as_of)
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
    check_moment(wording.later, at)
    stored.serialise_runs(session)
    made = _prepare(session, actor, customer_id, invoice_ids, wording, as_of)
    steps = [_step(made, one, as_of) for one in made.open_invoices]
    lead = max(steps, key=lambda step: step[1])
    key = message_id(made.writer, as_of, Channel.EMAIL.value, made.addressee.email)
    row = message_row(
        made.writer,
        made.letter,
        made.composed,
        contact_id=made.addressee.contact_id,
        policy_version_id=made.version_id,
        business_on=as_of,
        channel=Channel.EMAIL.value,
        recipient=made.addressee.email,
        message_id=key,
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
    _record(session, made, row, steps, as_of)
    if any(offset >= 0 for _, offset in steps):
        stored.set_reminded_on(session, [customer_id], as_of)
    audit.record(session, actor, "reminder.send", ("message", key), after=_trace(made, wording))
    return key


def check_moment(later: datetime | None, at: datetime) -> None:
    """Raise ``InputError`` for a moment to which a message cannot wait."""
    if later is not None and not at < later <= at + LONGEST_WAIT:
        told = f"{later:%Y-%m-%d %H:%M}"
        raise InputError(
            f"This message cannot wait until {told}.", f"Choose a moment of the next {LONGEST_WAIT.days} days."
        )


def _trace(made: _Prepared, wording: Wording) -> dict[str, Any]:
    numbers = [one.number for one in made.open_invoices]
    told: dict[str, Any] = {"recipient": made.addressee.email, "template": wording.template, "invoices": numbers}
    told |= {"later": wording.later.isoformat()} if wording.later else {}
    return told | ({"attach": list(wording.attach)} if wording.attach else {})


def _prepare(
    session: Session, actor: Actor, customer_id: int, invoice_ids: Sequence[int], wording: Wording, as_of: date
) -> _Prepared:
    _check(wording)
    reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    only = col(CustomerRow.id) == customer_id
    in_force = policy.in_force(session)
    known = load(session, only, as_of, in_force.policy)
    addressee = next(addressees(session, only))
    if not addressee.email:
        raise RefusedError("This customer has no contact with an e-mail address that works.", "Add one first.")
    owed = [OpenInvoice._make(row[:5]) for row in facts.open_invoices(session, only, as_of)]
    owed.sort(key=lambda one: (-one.days, one.number))
    wanted = set(invoice_ids)
    chosen = [one for one in owed if one.invoice_id in wanted]
    if not wanted or len(chosen) != len(wanted):
        raise RefusedError("Not every chosen invoice is open.", "Choose again: something was paid since.")
    if len({one.currency for one in chosen}) > 1:
        raise RefusedError("The chosen invoices are in several currencies.", "Write one message for each.")
    choice = choose(in_force.policy, Known(addressee, owed, known.customers))
    ids = [one.invoice_id for one in chosen]
    contacts = [addressee.contact_id] if addressee.contact_id else []
    papers = gather(session, as_of, [customer_id], ids, contacts)
    manner = Manner(
        template=wording.template,
        language=wording.language or addressee.speaks,
        contact_name=papers.names.get(addressee.contact_id or 0, ""),
        currency=chosen[0].currency,
        is_notice=wording.template == "courtesy",
    )
    writer = papers.writers[customer_id]
    wish = Wish(customer_id, ids, wording.attach, asks_for_money=wording.template not in QUIET)
    letter = letter_of(papers, writer, ids, manner)
    letter, carried = extras_for(session, as_of, [wish]).added_to(letter, wish, [papers.lines[one] for one in ids])
    composed = compose(letter, subject=wording.subject, body=wording.body)
    return _Prepared(writer, addressee, letter, composed, carried, chosen, known, choice, in_force.version_id)


def _check(wording: Wording) -> None:
    if wording.template not in TEMPLATES:
        raise InputError(f"There is no template {wording.template!r}.", f"Use one of: {', '.join(TEMPLATES)}.")
    if wording.language and wording.language not in LANGUAGES:
        raise InputError(f"There are no texts in {wording.language!r}.", f"Use one of: {', '.join(LANGUAGES)}.")
    if unknown := set(wording.attach) - set(ATTACHMENTS):
        raise InputError(f"Nothing called {min(unknown)!r} can be attached.", f"Use: {', '.join(ATTACHMENTS)}.")
    if len(wording.body) > LONGEST_BODY:
        raise InputError(f"The text has {len(wording.body)} characters.", f"Keep it under {LONGEST_BODY}.")


def _warnings(made: _Prepared) -> tuple[str, ...]:
    customer_id = made.addressee.customer_id
    by_customer, by_invoice = made.known.customers.blocked, made.known.invoices.blocked
    found = {by_invoice[one.invoice_id] for one in made.open_invoices if one.invoice_id in by_invoice}
    found |= {by_customer[customer_id]} if customer_id in by_customer else set()
    since = made.known.customers.since_reminder.get(customer_id)
    if since is not None and since < made.choice.cadence.spacing_days:
        found.add(Held.SPACING)
    return tuple(reason.value for reason in Held if reason in found)


def _step(made: _Prepared, invoice: OpenInvoice, as_of: date) -> tuple[str, int]:
    """Return the key and offset under which the message is recorded for an invoice.

    A step that is due and is a mail of ours is done by this message. A call, a letter or a step that needs approval is
    not: it stays due, and the message stands before it.
    """
    cadence: Cadence = made.choice.cadence
    done = made.known.invoices.done.get(invoice.invoice_id)
    place, stand = rung(cadence, invoice.days, done, made.known.invoices.bits)
    own = f"{MANUAL}:{as_of:%Y-%m-%d}"
    latest = max(invoice.days, done.last_offset) if done else invoice.days
    if stand > Stand.CLIMBING:
        return own, latest
    step = cadence.steps[place]
    if step.channel is Channel.EMAIL and not step.approve:
        return step.key, step.offset
    return own, min(latest, step.offset - 1)


def _record(
    session: Session, made: _Prepared, row: dict[str, object], steps: list[tuple[str, int]], as_of: date
) -> None:
    stopping.refuse_if_stopped(session, made.writer.company_id)
    ids = stored.insert_messages(session, [row])
    if not ids:
        raise RefusedError(
            f"A message to {made.addressee.email} stands in the outbox for this day already.", "Write again tomorrow."
        )
    row_id = ids[str(row["message_id"])]
    items = [
        {
            "company_id": row["company_id"],
            "message_row_id": row_id,
            "invoice_id": one.invoice_id,
            "step": key,
            "step_offset": offset,
            "business_on": as_of,
            "open_minor": one.open_minor,
            "dropped": "",
            "firmness": _FIRMNESS.get(str(row["template"]), 0),
        }
        for one, (key, offset) in zip(made.open_invoices, steps, strict=True)
    ]
    if len(stored.insert_items(session, items)) < len(items):
        raise RefusedError("Somebody wrote about one of these invoices just now.", "Look at the timeline.")
    replace_papers(session, {row_id: made.papers})
