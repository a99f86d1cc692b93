"""Steps that wait for a credit manager: what waits, letting it go, declining it for a while, taking either back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.figures.habits import habits
from ar_cockpit.db.queries.reminders import decisions, messages
from ar_cockpit.db.queries.reminders import outbox as queue
from ar_cockpit.db.queries.reminders.decisions import APPROVED, DECLINED, Declined
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, InvoiceRow, StepApprovalRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.day import Item, Touch
from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.figures.habits import Habit
from ar_cockpit.domain.policy.model import Cadence, Step
from ar_cockpit.domain.undo import TIME_TO_UNDO
from ar_cockpit.services import audit
from ar_cockpit.services.collecting.touchpoints import Moment, checked_text, required_text
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.reminders.looking import Looked, look, plan_of
from ar_cockpit.services.reminders.outgoing import draft
from ar_cockpit.services.reminders.showing import shown_row

LONGEST_DECLINE = timedelta(days=90)
Key = tuple[int, str]  # an invoice and the key of its step


@dataclass(slots=True)
class WaitingStep:
    """A customer's invoices that stand at one step which needs a person's word."""

    customer: CustomerLine
    segment: str
    cadence: str
    step: Step
    invoices: list[OpenInvoice] = field(default_factory=list)
    since_on: date = date.max
    declined: Declined | None = None

    @property
    def totals(self) -> dict[str, int]:
        """What is owed, by currency."""
        sums: dict[str, int] = defaultdict(int)
        for one in self.invoices:
            sums[one.currency] += one.open_minor
        return dict(sums)

    @property
    def oldest_days(self) -> int:
        """The days overdue of the oldest invoice."""
        return max(one.days for one in self.invoices)

    @property
    def keys(self) -> list[Key]:
        """What is let go or declined together."""
        return [(one.invoice_id, self.step.key) for one in self.invoices]


@dataclass(frozen=True, slots=True)
class Beside:
    """What helps to decide: how the customer pays, and when we last spoke."""

    habit: Habit
    last_contact_on: date | None


def beside(session: Session, actor: Actor, customer_ids: Sequence[int], as_of: date) -> dict[int, Beside]:
    """Return how customers pay and when there was a contact last."""
    these = customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email) & among(
        session, col(CustomerRow.id), sorted(set(customer_ids))
    )
    paying = habits(session, these, as_of)
    spoke = decisions.last_contacts(session, these, as_of)
    return {key: Beside(paying.get(key, Habit()), spoke.get(key)) for key in customer_ids}


def waiting(session: Session, actor: Actor, as_of: date, *, company: str = "") -> list[WaitingStep]:
    """Return what waits for a word on ``as_of``, what is declined for now last, each the largest amount first."""
    clause = customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email)
    if company:
        ids = chosen_companies(session, actor, Permission.VIEW_PLAN, company)
        clause = and_(clause, col(CustomerRow.company_id).in_(ids))
    found = list(_waiting(session, clause, as_of).values())
    return sorted(found, key=lambda one: (one.declined is not None, -max(one.totals.values()), one.customer.code))


def approve(session: Session, actor: Actor, keys: Collection[Key], note: str, when: Moment) -> list[int]:
    """Let steps go with the next run, and return the keys by which this is taken back."""
    rows = _decided(session, actor, keys, when)
    text = checked_text(note)
    for row in rows:
        row.decision, row.note = APPROVED, text
    return _record(session, actor, rows, "step.approve")


def decline(session: Session, actor: Actor, keys: Collection[Key], reason: str, until: date, when: Moment) -> list[int]:
    """Keep steps back up to and with a day; then they wait for a word again. Their invoices stay held meanwhile."""
    if not when.on <= until <= when.on + LONGEST_DECLINE:
        raise InputError(f"{until} is no day to decline to.", f"Choose one of the next {LONGEST_DECLINE.days} days.")
    rows = _decided(session, actor, keys, when)
    text = required_text(reason, "The reason")
    for row in rows:
        row.decision, row.note, row.until_on = DECLINED, text, until
    return _record(session, actor, rows, "step.decline")


def take_back(session: Session, actor: Actor, row_ids: Sequence[int], *, at: datetime) -> None:
    """Take words back while nothing has gone; what stands in the outbox because of them leaves it again."""
    rows = [row for row_id in row_ids if (row := session.get(StepApprovalRow, row_id)) is not None]
    if len(rows) != len(set(row_ids)) or not rows:
        raise NotFoundError("There is nothing to undo.")
    for row in rows:
        actor.require(Permission.APPROVE_STEP, row.company_id)
        if row.undone_at is not None:
            raise RefusedError("This was undone already.")
        if at - row.decided_at > TIME_TO_UNDO:
            raise RefusedError("This is too old to be undone.", "Record the opposite instead.")
    _withdraw(session, actor, [(row.invoice_id, row.step) for row in rows if row.decision == APPROVED])
    for row in rows:
        row.undone_at = at
    _audit(session, actor, rows, "step.decision.undo")


def preview(session: Session, actor: Actor, customer_id: int, step: str, as_of: date) -> dict[str, Any]:
    """Return the message as it would go if the customer's waiting invoices were let go now."""
    scope = customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email)
    looked = look(session, and_(scope, col(CustomerRow.id) == customer_id), as_of)
    found = _grouped(session, looked, as_of)
    if (customer_id, step) not in found:
        raise NotFoundError("This step does not wait for approval any more.", "Somebody may have decided meanwhile.")
    one = found[customer_id, step]
    facts = looked.known.invoices
    approving = replace(facts, approved=facts.approved | frozenset(one.keys))
    addressee, owed = looked.customers[customer_id], looked.owed[customer_id]
    made = plan_of(looked.in_force.policy, as_of, [addressee], owed, looked, approving)
    made.addressees[customer_id], made.choices[customer_id] = addressee, looked.choice(customer_id)
    touch = next((touch for touch in made.day.touches if touch.step.key == step), None) or _alone(one)
    return shown_row(session, draft(session, made, touch))


def _alone(one: WaitingStep) -> Touch:
    """Return the step as a touch of its own, for a day on which something else keeps it."""
    currency = next(iter(one.totals))
    some = [invoice for invoice in one.invoices if invoice.currency == currency]
    items = tuple(Item(invoice.invoice_id, invoice.number, one.step, invoice.open_minor) for invoice in some)
    return Touch(one.customer.customer_id, one.step, one.step.channel, items, one.totals[currency], currency)


def _waiting(session: Session, clause: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], WaitingStep]:
    return _grouped(session, look(session, clause, as_of), as_of)


def _grouped(session: Session, looked: Looked, as_of: date) -> dict[tuple[int, str], WaitingStep]:
    held = [one for one in looked.plan.day.held if one.reason is Held.NEEDS_APPROVAL]
    of_these = among(session, col(CustomerRow.id), sorted({one.customer_id for one in held}))
    lines = {line.customer_id: line for line in stored.customer_lines(session, of_these)} if held else {}
    said = decisions.declined(session, of_these, as_of) if held else {}
    found: dict[tuple[int, str], WaitingStep] = {}
    owed = {row[0]: OpenInvoice._make(row[:5]) for key in lines for row in looked.owed[key]}
    for one in held:
        invoice, choice = owed[one.invoice_id], looked.choice(one.customer_id)
        step = choice.cadence.steps[looked.rung(one.customer_id, invoice).place]
        key = (one.customer_id, step.key)
        if key not in found:
            found[key] = WaitingStep(lines[one.customer_id], choice.segment.key, choice.cadence.key, step)
        entry = found[key]
        entry.invoices.append(invoice)
        entry.since_on = min(entry.since_on, _since(looked, choice.cadence, step, invoice, as_of))
        entry.declined = said.get((invoice.invoice_id, step.key), entry.declined)
    return found


def _since(looked: Looked, cadence: Cadence, step: Step, invoice: OpenInvoice, as_of: date) -> date:
    """Return the day since which a step would have gone: reached, and its distance to the one before it kept."""
    done = looked.known.invoices.done.get(invoice.invoice_id)
    days = invoice.days - step.offset
    if done is not None:
        days = min(days, max(0, done.since_last - cadence.spacing_days))
    return as_of - timedelta(days=max(0, days))


def _decided(session: Session, actor: Actor, keys: Collection[Key], when: Moment) -> list[StepApprovalRow]:
    """Return a row for each of ``keys``, which wait on the day and may be decided by ``actor``."""
    wanted = set(keys)
    if not wanted:
        raise InputError("No step is chosen.", "Choose at least one.")
    ids = among(session, col(InvoiceRow.id), sorted({invoice_id for invoice_id, _ in wanted}))
    of_invoices = col(CustomerRow.id).in_(select(col(InvoiceRow.customer_id)).where(ids))
    scope = customer_clause(actor.scope(Permission.APPROVE_STEP), actor.email)
    rows = [
        StepApprovalRow(
            company_id=one.customer.company_id,
            customer_id=one.customer.customer_id,
            invoice_id=invoice_id,
            step=step,
            decision=APPROVED,
            decided_on=when.on,
            decided_at=when.at,
            decided_by=actor.email,
        )
        for one in _waiting(session, and_(scope, of_invoices), when.on).values()
        for invoice_id, step in one.keys
        if (invoice_id, step) in wanted
    ]
    if len(rows) != len(wanted):
        raise RefusedError(
            "Not all of these steps wait for approval any more.", "Look at the list again; nothing was changed."
        )
    return rows


def _record(session: Session, actor: Actor, rows: list[StepApprovalRow], action: str) -> list[int]:
    session.add_all(rows)
    session.flush()
    _audit(session, actor, rows, action)
    return [row.id for row in rows]


def _audit(session: Session, actor: Actor, rows: Sequence[StepApprovalRow], action: str) -> None:
    by_customer: dict[int, list[StepApprovalRow]] = defaultdict(list)
    for row in rows:
        by_customer[row.customer_id].append(row)
    these = among(session, col(CustomerRow.id), sorted(by_customer))
    for line in stored.customer_lines(session, these):
        some = by_customer[line.customer_id]
        after = {
            "steps": sorted({row.step for row in some}),
            "invoice_ids": [row.invoice_id for row in some],
            "note": some[0].note,
            "until": some[0].until_on.isoformat() if some[0].until_on else None,
        }
        audit.record(session, actor, action, ("customer", f"{line.company_code}/{line.code}"), after=after)


def _withdraw(session: Session, actor: Actor, keys: Sequence[Key]) -> None:
    """Take what was recorded because of an approval out of the outbox; raise ``RefusedError`` when it has gone."""
    found = decisions.recorded(session, keys) if keys else []
    row_ids = sorted({row_id for row_id, *_ in found})
    # A letter or a call that nobody closed yet waits as a mail in the queue does.
    waiting = ("queued", "to_do")
    taken = queue.cancel(session, row_ids, f"taken back by {actor.email}", actor.email, waiting) if row_ids else set()
    if taken != set(row_ids):
        raise RefusedError("This step has been done already.", "Write to the customer instead.")
    if row_ids:
        messages.delete_messages(session, row_ids)
