"""Reminders by the policy: plan a day, and put what is due into the outbox."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.standing import CreditBook, credit_book_of
from ar_cockpit.db.queries.reminders import hold_outs, packed
from ar_cockpit.db.queries.reminders.messages import serialise_runs
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.day import Touch
from ar_cockpit.domain.cadence.outlook import Outlook
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.cadence.plan import CadencePlan
from ar_cockpit.domain.cadence.sifting import Asked, sift
from ar_cockpit.domain.policy.model import Channel
from ar_cockpit.services import audit, reach
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders.facts import load, load_one
from ar_cockpit.services.reminders.facts import reach as reach_of
from ar_cockpit.services.reminders.outgoing import record_touches
from ar_cockpit.services.reminders.telling import record_tellings
from ar_cockpit.services.reminders.thanks import add_thanks
from ar_cockpit.services.reminders.working_days import closed_countries


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run put into the outbox, what it gave to people, and what it left alone."""

    as_of: date
    messages: int
    tasks: int
    held: int
    told: int
    named: int = 0  # invoices, in the messages and tasks of the plan


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A message or a task that is coming to a customer."""

    on: date
    step: str
    channel: str
    tone: str
    template: str
    invoices: tuple[str, ...]
    total_minor: int
    currency: str
    told_of: FirmStep | None = None  # what of it sales may pause


def plan(session: Session, actor: Actor, as_of: date, *, company: str = "") -> CadencePlan:
    """Return what a run on ``as_of`` would do with the customers that ``actor`` may see; changes nothing."""
    # Sales see the planned reminders of their own customers, under the right by which they see their standing.
    whole = actor.may(Permission.VIEW_PLAN)
    permission = Permission.VIEW_PLAN if whole else Permission.VIEW_STANDING
    return _plan(session, _wanted(session, actor, permission, company), as_of)


def run(session: Session, actor: Actor, as_of: date, *, at: datetime, company: str = "") -> RunReport:
    """Plan, and record it: messages for the outbox, tasks for people. The second run of a day adds nothing.

    All in one transaction, for tests and measures: the product runs :mod:`.in_parts`.
    """
    made = _to_record(session, _to_run(session, actor, company), as_of)
    recorded = _record(session, actor, made, at)
    return replace(recorded, told=record_tellings(session, actor, made, at))


def plan_to_run(session: Session, actor: Actor, as_of: date, *, company: str = "") -> CadencePlan:
    """Return what :func:`run` would do now; changes nothing."""
    return _plan(session, _to_run(session, actor, company), as_of)


def run_some(session: Session, actor: Actor, as_of: date, some: Sequence[int], *, at: datetime) -> RunReport:
    """Do what :func:`run` does about these customers alone, as the ledger is now, but tell nobody of coming steps."""
    wanted = and_(_to_run(session, actor, ""), among(session, col(CustomerRow.id), some))
    return _record(session, actor, _to_record(session, wanted, as_of), at)


def tell_some(session: Session, actor: Actor, as_of: date, some: Sequence[int], *, at: datetime) -> int:
    """Tell the sales owners of these customers of coming steps, and return of how many invoices."""
    wanted = and_(_to_run(session, actor, ""), among(session, col(CustomerRow.id), some))
    return record_tellings(session, actor, _to_record(session, wanted, as_of), at)


def _to_run(session: Session, actor: Actor, company: str) -> ColumnElement[bool]:
    return _wanted(session, actor, Permission.RUN_JOBS, company)


def _to_record(session: Session, wanted: ColumnElement[bool], as_of: date) -> CadencePlan:
    serialise_runs(session)
    return _plan(session, wanted, as_of)


def _record(session: Session, actor: Actor, made: CadencePlan, at: datetime) -> RunReport:
    as_of, version_id = made.day.on, policy.in_force(session).version_id
    recorded = record_touches(session, made, version_id=version_id, at=at)
    hold_outs.record(session, made.day.enrolled, as_of)
    named = sum(len(touch.items) for touch in made.day.touches)
    report = RunReport(as_of, recorded.messages, recorded.tasks, made.held_count, 0, named)
    if recorded.messages or recorded.tasks:
        after = {"messages": report.messages, "tasks": report.tasks}
        audit.record(session, actor, "cadence.run", ("cadence", as_of.isoformat()), after=after)
    return report


def upcoming(session: Session, actor: Actor, customer_id: int, as_of: date, *, days: int = 30) -> list[Upcoming]:
    """Return what a customer will get in the coming days, if nothing is paid and nobody stops it."""
    line = reach.customer(session, actor, Permission.VIEW_STANDING, customer_id)
    return upcoming_of(session, *credit_book_of(session, line, as_of), as_of, days=days)


def upcoming_of(
    session: Session, book: CreditBook, unapplied: Mapping[tuple[int, str], int], as_of: date, *, days: int
) -> list[Upcoming]:
    """Return what is coming to the one customer whose credit facts are at hand."""
    known = load_one(session, book, unapplied, as_of)
    country = {known.addressee.country}
    span = [as_of + timedelta(days=later) for later in range(days + 1)]
    closed_on = {day: closed_countries(country, day) for day in span}
    customers, invoices = known.plan.customers, known.plan.invoices
    outlook = Outlook(known.policy, as_of, [known.addressee], known.invoices, customers, invoices, closed_on)
    return [_upcoming(on, touch) for on, touches in outlook.days(days) for touch in touches]


def planned_for(session: Session, customer_id: int, on: date) -> list[Upcoming]:
    """Return what a run on a day would do with one customer found by :mod:`ar_cockpit.services.reach`.

    Other than :func:`upcoming_of` it knows of thanks and of promises that broke, but of no day after that one.
    """
    made = _plan(session, col(CustomerRow.id) == customer_id, on)
    return [_upcoming(on, touch) for touch in made.day.touches]


def _upcoming(on: date, touch: Touch) -> Upcoming:
    return Upcoming(
        on=on,
        step=touch.step_key,
        channel=touch.channel.value,
        tone=touch.step.tone.value,
        template=touch.step.template,
        invoices=tuple(item.number for item in touch.items),
        total_minor=touch.total_minor,
        currency=touch.currency,
        told_of=_told_of(touch),
    )


def _told_of(touch: Touch) -> FirmStep | None:
    """Return the step with the invoices that stand at it; those at milder steps go on whatever sales say."""
    if not touch.step.tell_sales_days or touch.channel is Channel.ALLOCATE:
        return None
    at_it = tuple(item.invoice_id for item in touch.items if item.step.key == touch.step.key)
    return FirmStep(touch.step.key, at_it)


def _plan(session: Session, wanted: ColumnElement[bool], as_of: date) -> CadencePlan:
    chosen = policy.in_force(session).policy
    with _no_collection():
        known = load(session, wanted, as_of, chosen)
        owing, everyone = packed.owing(session, wanted, as_of), packed.people(session, wanted)
        asked = Asked(partial(reach_of, session), partial(packed.numbers_of, session))
        made = sift(chosen, everyone, owing, known.customers, known.invoices).plan(as_of, asked)
    add_thanks(session, wanted, made, chosen, known)
    return made


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector from searching hundreds of thousands of new tuples for cycles that are not there."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _wanted(session: Session, actor: Actor, permission: Permission, company: str) -> ColumnElement[bool]:
    clause = customer_clause(actor.scope(permission), actor.email)
    if not company:
        return clause
    return and_(clause, col(CustomerRow.company_id).in_(chosen_companies(session, actor, permission, company)))
