"""Everything a day's plan looks at, loaded by one query for each kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.promises import StoredPromise, promises_on_open_invoices
from ar_cockpit.db.queries.collecting.standing import CreditBook
from ar_cockpit.db.queries.customers import Hold, holds
from ar_cockpit.db.queries.reminders import decisions, hold_outs, occasions, packed
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.queries.reminders import steps_done as history
from ar_cockpit.db.queries.reminders.coming import Known, known_of
from ar_cockpit.db.queries.reminders.plan import StoredCustomer, tags_of
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.cadence.columns import Flags, Ints, where
from ar_cockpit.domain.cadence.day import InvoiceFacts, first_reason
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.occasions import PROMISE_NAMED_FOR
from ar_cockpit.domain.cadence.people import Column, People, worded
from ar_cockpit.domain.cadence.plan import Addressee, CustomerFacts
from ar_cockpit.domain.cadence.stops import Stops
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.mail.texts import language_for
from ar_cockpit.services.rates.worth import worth_on
from ar_cockpit.services.reminders import instalments, scores
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.working_days import closed_countries

_MOST_BITS = 60  # of a big integer; beyond it the constraint in the database still keeps a step from being repeated
_HOLDS = {
    "hold": Held.ON_HOLD,
    "sales_pause": Held.PAUSED_BY_SALES,
    "manual": Held.MANUAL,
    "skip": Held.ON_HOLD,  # left out of a day's review
}


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The facts of a day, but for the open invoices themselves, which are streamed."""

    customers: CustomerFacts
    invoices: InvoiceFacts


def load(session: Session, wanted: ColumnElement[bool], as_of: date, policy: Policy) -> PlanFacts:
    """Return what was known on ``as_of`` of the ``wanted`` customers."""
    promised = promises_on_open_invoices(session, wanted, as_of)
    # Customers whose reminders are all stopped are not among the stops themselves: what is queued then waits and is
    # not cancelled.
    everything = decisions.stopped_customers(session, wanted)
    stopped = with_all_stopped(_stops_with(session, wanted, promised, as_of), everything)
    longest = max(cadence.spacing_days for cadence in policy.cadences.values())
    tells = any(step.tell_sales_days for cadence in policy.cadences.values() for step in cadence.steps)
    held_out = hold_outs.on(session, wanted, as_of)
    asks_scores = "payer_score" in policy.fields_asked or bool(held_out.trials)
    customers = CustomerFacts(
        blocked=stopped.customers,
        since_reminder=history.days_since_reminder(session, wanted, as_of, longest),
        touched_today=history.touched_on(session, wanted, as_of),
        cover=facts.cover(session, wanted, as_of),
        scores=scores.of_all(session, wanted, as_of) if asks_scores else {},
        closed_countries=closed_countries(facts.countries(session, wanted), as_of),
        hold_out=held_out,
        worth=worth_on(as_of),
    )
    bits = _bits(history.earliest_offsets(session), policy)
    told = history.told(session, wanted, as_of) if tells else history.Told({}, frozenset())
    invoices = InvoiceFacts(
        blocked=stopped.invoices,
        paused=stopped.paused,
        done=packed.dones(session, wanted, as_of, bits),
        told=told.heard,
        unheard=told.unheard,
        reviewed=history.reviewed(session, wanted, as_of),
        bits=bits,
        approved=decisions.approved(session, wanted, as_of),
    )
    return PlanFacts(customers, _with_promised(session, invoices, policy, promised, as_of))


@dataclass(frozen=True, slots=True)
class OneFacts:
    """A day's facts of one customer, with the policy in force, whom to write to and what is owed."""

    policy: Policy
    plan: PlanFacts
    addressee: Addressee
    invoices: list[tuple[Any, ...]]


def load_one(session: Session, book: CreditBook, unapplied: Mapping[tuple[int, str], int], as_of: date) -> OneFacts:
    """Return what :func:`load` and the others do, of the one customer whose credit facts are at hand."""
    (line,) = book.lines
    known = known_of(session, line.customer_id, as_of)
    policy = policies.of_version(known.policy).policy
    promised, held = book.promises.get(line.customer_id, ()), book.holds.get(line.customer_id, ())
    stopped = with_all_stopped(stops_of(known.disputed, promised, known.written_off, held, as_of), known.stopped)
    longest = max(cadence.spacing_days for cadence in policy.cadences.values())
    held_out = hold_outs.among(session, known.trials, col(CustomerRow.id) == line.customer_id, as_of)
    customers = CustomerFacts(
        blocked=stopped.customers,
        since_reminder={key: days for key, days in known.since_reminder.items() if days < longest},
        touched_today=known.touched_today,
        cover=facts.summed_cover(known.credit_notes, unapplied),
        scores=known.scores if "payer_score" in policy.fields_asked or held_out.trials else {},
        closed_countries=closed_countries({known.customer.country}, as_of),
        hold_out=held_out,
        worth=worth_on(as_of),
    )
    invoices = _with_promised(session, _one_invoices(known, policy, stopped), policy, promised, as_of)
    return OneFacts(
        policy,
        PlanFacts(customers, invoices),
        _addressee(known.customer),
        known.invoices,
    )


def _one_invoices(known: Known, policy: Policy, stopped: Stops) -> InvoiceFacts:
    bits = _bits(known.earliest_offsets, policy)
    tells = any(step.tell_sales_days for cadence in policy.cadences.values() for step in cadence.steps)
    return InvoiceFacts(
        blocked=stopped.invoices,
        paused=stopped.paused,
        done=history.summed_steps(known.steps, bits),
        told=known.told.heard if tells else {},
        unheard=known.told.unheard if tells else frozenset(),
        reviewed=known.reviewed,
        bits=bits,
        approved=known.approved,
    )


def _with_promised(
    session: Session, invoices: InvoiceFacts, policy: Policy, promised: Sequence[StoredPromise], as_of: date
) -> InvoiceFacts:
    """Return the facts with what of promises is told: those that broke, and instalments that are near."""
    names = any(cadence.names_broken_promises for cadence in policy.cadences.values())
    return replace(
        invoices,
        broken=occasions.not_named(session, _broken(promised, as_of)) if names else {},
        instalments=instalments.near(session, promised, as_of, instalments.longest_notice(policy)),
    )


def _bits(earliest: Mapping[str, int], policy: Policy) -> dict[str, int]:
    """Return a bit for each step that stands, or was ever recorded, at different days.

    An invoice may meet such a step again: the policy was edited, or its customer comes to another segment.
    """
    offsets: dict[str, set[int]] = defaultdict(set)
    for step in (step for cadence in policy.cadences.values() for step in cadence.steps):
        offsets[step.key].add(step.offset)
    moved = sorted(key for key, some in offsets.items() if len(some | {earliest.get(key, min(some))}) > 1)
    return {key: 1 << place for place, key in enumerate(moved[:_MOST_BITS])}


def addressees(session: Session, wanted: ColumnElement[bool]) -> Iterator[Addressee]:
    """Yield the ``wanted`` customers by company and code, with whom to write to and in which language."""
    return map(_addressee, facts.customers(session, wanted))


def reach(session: Session, people: People) -> dict[str, Column]:
    """Return whom to write to at each of these customers, who come without that, by the columns of an addressee."""
    found = packed.contacts(session, people.ids)
    first = _firsts(found.owners, found.emails != "", people.ids)
    has_any, languages = first >= 0, np.append(found.languages, "")[first]
    keys = np.append(found.ids, 0)[first].tolist()
    spoken = zip(languages.tolist(), people.column("language").tolist(), people.column("speaks").tolist(), strict=True)
    return {
        "contact_id": worded([key if is_one else None for key, is_one in zip(keys, has_any.tolist(), strict=True)]),
        "email": np.append(found.emails, "")[first],
        "has_phone": worded((_firsts(found.owners, found.has_phone, people.ids) >= 0).tolist()),
        "speaks": worded([_speaks(own or general, company) for own, general, company in spoken]),
    }


def _firsts(owners: Ints, fits: Flags, ids: Ints) -> Ints:
    """Return the place of each customer's first contact that ``fits``; -1, which is the last place, where none does."""
    places = np.flatnonzero(fits)
    places = places[np.flatnonzero(np.diff(owners[places], prepend=-1))]
    found = where(owners[places], ids)
    return np.append(places, -1)[found]


def _addressee(one: StoredCustomer) -> Addressee:
    return Addressee(
        one.customer_id,
        one.company,
        one.code,
        one.country,
        one.language,
        one.currency,
        one.terms_days,
        one.limit_minor,
        one.external_score,
        one.segment,
        tags_of(one.tags),
        bool(one.sales_email),
        one.contact_id,
        one.email or "",
        bool(one.has_phone),
        _speaks(one.contact_language or one.language, one.company_language),
    )


@lru_cache(maxsize=256)
def _speaks(own: str, company: str) -> str:
    return language_for((own, company))


def stops(session: Session, wanted: ColumnElement[bool], as_of: date) -> Stops:
    """Return what stops reminders on ``as_of``."""
    return _stops_with(session, wanted, promises_on_open_invoices(session, wanted, as_of), as_of)


def _broken(promises: Iterable[StoredPromise], as_of: date) -> dict[int, date]:
    """Return the invoices of promises that broke lately, with the day on which the last one did."""
    found: dict[int, date] = {}
    for promise in promises:
        outcome = promise.outcome(as_of)
        if outcome is None or outcome.state is not PromiseState.BROKEN or outcome.decided_on is None:
            continue
        if (as_of - outcome.decided_on).days <= PROMISE_NAMED_FOR:
            found |= dict.fromkeys(promise.invoice_ids, outcome.decided_on)
    return found


def _stops_with(session: Session, wanted: ColumnElement[bool], promises: Iterable[StoredPromise], as_of: date) -> Stops:
    return stops_of(
        facts.disputed(session, wanted, as_of),
        promises,
        facts.written_off(session, wanted, as_of),
        (one for some in holds(session, wanted, as_of).values() for one in some),
        as_of,
    )


def stops_of(
    disputed: Iterable[int],
    promises: Iterable[StoredPromise],
    written_off: Iterable[int],
    held: Iterable[Hold],
    as_of: date,
) -> Stops:
    """Return what these facts stop on ``as_of``."""
    by_customer: dict[int, Held] = {}
    paused: dict[int, frozenset[str]] = {}
    by_invoice = dict.fromkeys(disputed, Held.DISPUTED)
    for promise in promises:
        if (outcome := promise.outcome(as_of)) and outcome.holds:
            _stop(by_invoice, promise.invoice_ids, Held.PROMISED if promise.plan_id is None else Held.ON_PLAN)
    _stop(by_invoice, written_off, Held.ON_HOLD)
    for hold in held:
        if hold.step and hold.invoice_id is not None:
            paused[hold.invoice_id] = paused.get(hold.invoice_id, frozenset()) | {hold.step}
        elif hold.invoice_id is None:
            _stop(by_customer, (hold.customer_id,), _HOLDS[hold.kind])
        else:
            _stop(by_invoice, (hold.invoice_id,), _HOLDS[hold.kind])
    return Stops(by_customer, by_invoice, paused)


def with_all_stopped(stops: Stops, customer_ids: Iterable[int]) -> Stops:
    """Return the same with these customers on hold."""
    customers = dict(stops.customers)
    _stop(customers, customer_ids, Held.ON_HOLD)
    return replace(stops, customers=customers)


def _stop(stopped: dict[int, Held], keys: Iterable[int], reason: Held) -> None:
    for key in keys:
        stopped[key] = first_reason(stopped.get(key), reason) or reason
