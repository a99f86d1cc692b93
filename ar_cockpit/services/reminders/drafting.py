"""Mails that persons write, made ready: to many customers by one question for each kind of fact, each by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.customers import mail_contact
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.queries.reminders.messages import Correspondence
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.ladder import OpenInvoice
from ar_cockpit.domain.cadence.plan import Addressee, Choice, Known, choose
from ar_cockpit.domain.errors import CockpitError, InputError, RefusedError
from ar_cockpit.domain.policy.model import ATTACHMENTS, SENT_TEMPLATES, Policy
from ar_cockpit.mail.compose import Composed, Letter, compose
from ar_cockpit.mail.texts import LANGUAGES
from ar_cockpit.services import reach
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders.extras import Extras, Wish, extras_for
from ar_cockpit.services.reminders.facts import PlanFacts, addressees, load
from ar_cockpit.services.reminders.outgoing import Manner, Papers, gather, letter_of

LONGEST_BODY = 8000
TEMPLATES = SENT_TEMPLATES
QUIET = frozenset({"courtesy", "thank_you", "call"})  # templates in which a call before is not brought up
Wanted = Mapping[int, Sequence[int]]  # the invoices to write about, by customer


@dataclass(frozen=True, slots=True)
class Wording:
    """What the collector chose; left empty: the contact's language, the template's own words."""

    template: str = "reminder"
    language: str = ""
    subject: str = ""
    body: str = ""
    attach: tuple[str, ...] = ()  # of ATTACHMENTS
    later: datetime | None = None  # when it goes; without one at once
    contact_id: int | None = None  # to whom; without one to whoever gets the reminders


@dataclass(frozen=True, slots=True)
class Prepared:
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


@dataclass(frozen=True, slots=True)
class _Addressed:
    """To whom, about which invoices, and by which choice of the policy."""

    addressee: Addressee
    invoices: list[OpenInvoice]
    choice: Choice


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all of the messages are written from."""

    papers: Papers
    extras: Extras
    wishes: Mapping[int, Wish]
    known: PlanFacts
    version_id: int | None
    policy: Policy


def prepare(
    session: Session, actor: Actor, wanted: Wanted, wording: Wording, as_of: date
) -> dict[int, Prepared | CockpitError]:
    """Return the message to each customer, or why there can be none, in the order asked."""
    _check(wording)
    lines = reach.customers(session, actor, Permission.WORK_CUSTOMERS, list(wanted))
    found, desk = _look(session, wanted, wording, as_of)
    needs_word = _needs_word(desk.policy, wording.template)
    for line in lines:
        told = found[line.customer_id]
        is_let_go = not needs_word or actor.may(Permission.APPROVE_STEP, line.company_id)
        if not (isinstance(told, CockpitError) or is_let_go or _is_approved(told, desk.known, wording.template)):
            found[line.customer_id] = RefusedError(
                "This message goes only after a credit manager's approval.",
                "Choose another template, or have the step approved first.",
            )
    return {key: _written(desk, found[key], key, wording) for key in wanted}


def _look(
    session: Session, wanted: Wanted, wording: Wording, as_of: date
) -> tuple[dict[int, _Addressed | CockpitError], _Desk]:
    """Ask everything there is to know of the customers, and say of each to whom and about what to write."""
    (*keys,) = wanted
    only = col(CustomerRow.id) == keys[0] if len(keys) == 1 else among(session, col(CustomerRow.id), keys)
    in_force = policy.in_force(session)
    known = load(session, only, as_of, in_force.policy)
    people = {one.customer_id: one for one in addressees(session, only)}
    owed: dict[int, list[OpenInvoice]] = defaultdict(list)
    for row in facts.open_invoices(session, only, as_of):
        owed[row[5]].append(OpenInvoice._make(row[:5]))
    found: dict[int, _Addressed | CockpitError] = {}
    for key, ids in wanted.items():
        listed = sorted(owed[key], key=lambda one: (-one.days, one.number))
        try:
            addressee = _addressee(session, people[key], wording)
            choice = choose(in_force.policy, Known(addressee, listed, known.customers))
            found[key] = _Addressed(addressee, _chosen(listed, ids), choice)
        except CockpitError as error:
            found[key] = error
    going = {key: one for key, one in found.items() if isinstance(one, _Addressed)}
    asks = wording.template not in QUIET
    ids_of = {key: [one.invoice_id for one in told.invoices] for key, told in going.items()}
    wishes = {key: Wish(key, ids, wording.attach, asks_for_money=asks) for key, ids in ids_of.items()}
    contacts = [told.addressee.contact_id for told in going.values() if told.addressee.contact_id]
    papers = gather(session, as_of, list(going), [one for ids in ids_of.values() for one in ids], contacts)
    extras = extras_for(session, as_of, wishes.values())
    return found, _Desk(papers, extras, wishes, known, in_force.version_id, in_force.policy)


def _needs_word(policy: Policy, template: str) -> bool:
    """Return whether the policy sends this template only when somebody let it go: by hand is no way around that."""
    steps = [step for cadence in policy.cadences.values() for step in cadence.steps if step.template == template]
    return bool(steps) and all(step.approve for step in steps)


def _is_approved(told: _Addressed, known: PlanFacts, template: str) -> bool:
    """Return whether the customer's own step with this template was let go for each of the invoices."""
    keys = [step.key for step in told.choice.cadence.steps if step.approve and step.template == template]
    approved = known.invoices.approved
    return all(any((one.invoice_id, key) in approved for key in keys) for one in told.invoices)


def _written(desk: _Desk, told: _Addressed | CockpitError, key: int, wording: Wording) -> Prepared | CockpitError:
    if isinstance(told, CockpitError):
        return told
    addressee, papers, wish = told.addressee, desk.papers, desk.wishes[key]
    manner = Manner(
        template=wording.template,
        language=wording.language or addressee.speaks,
        contact_name=papers.names.get(addressee.contact_id or 0, ""),
        currency=told.invoices[0].currency,
        is_notice=wording.template == "courtesy",
    )
    writer = papers.writers[key]
    letter = letter_of(papers, writer, wish.invoice_ids, manner)
    letter, carried = desk.extras.added_to(letter, wish, [papers.lines[one] for one in wish.invoice_ids])
    try:
        composed = compose(letter, subject=wording.subject, body=wording.body)
    except CockpitError as error:
        return error
    return Prepared(
        writer, addressee, letter, composed, carried, told.invoices, desk.known, told.choice, desk.version_id
    )


def _addressee(session: Session, usual: Addressee, wording: Wording) -> Addressee:
    """Return whom to write to: the contact that was chosen, or whoever gets the reminders."""
    if wording.contact_id is None:
        if not usual.email:
            raise RefusedError("This customer has no contact with an e-mail address that works.", "Add one first.")
        return usual
    found = mail_contact(session, usual.customer_id, wording.contact_id)
    if found is None:
        raise RefusedError("Nobody can be written to at this contact.", "Choose another one.")
    email, language = found
    speaks = language if language in LANGUAGES else usual.speaks
    return usual._replace(contact_id=wording.contact_id, email=email, speaks=speaks)


def _chosen(owed: Sequence[OpenInvoice], invoice_ids: Sequence[int]) -> list[OpenInvoice]:
    wanted = set(invoice_ids)
    chosen = [one for one in owed if one.invoice_id in wanted]
    if not wanted or len(chosen) != len(wanted):
        raise RefusedError("Not every chosen invoice is open.", "Choose again: something was paid since.")
    if len({one.currency for one in chosen}) > 1:
        raise RefusedError("The chosen invoices are in several currencies.", "Write one message for each.")
    return chosen


def _check(wording: Wording) -> None:
    if wording.template not in TEMPLATES:
        raise InputError(f"There is no template {wording.template!r}.", f"Use one of: {', '.join(TEMPLATES)}.")
    if wording.language and wording.language not in LANGUAGES:
        raise InputError(f"There are no texts in {wording.language!r}.", f"Use one of: {', '.join(LANGUAGES)}.")
    if unknown := set(wording.attach) - set(ATTACHMENTS):
        raise InputError(f"Nothing called {min(unknown)!r} can be attached.", f"Use: {', '.join(ATTACHMENTS)}.")
    if len(wording.body) > LONGEST_BODY:
        raise InputError(f"The text has {len(wording.body)} characters.", f"Keep it under {LONGEST_BODY}.")
