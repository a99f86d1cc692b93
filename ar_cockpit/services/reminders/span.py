"""Everything a simulation looks at: the facts of the first day, and what of the later days is known beforehand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session

from ar_cockpit.db.queries.collecting.promises import StoredPromise, promises_on_open_invoices
from ar_cockpit.db.queries.customers import Hold, holds
from ar_cockpit.db.queries.reminders import decisions
from ar_cockpit.db.queries.reminders import plan as facts
from ar_cockpit.db.queries.reminders import steps_done as history
from ar_cockpit.domain.cadence.day import InvoiceFacts
from ar_cockpit.domain.cadence.plan import CustomerFacts
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.cadence.span import Span
from ar_cockpit.domain.cadence.stops import Stops
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders import instalments
from ar_cockpit.services.reminders.facts import load, stops_of, with_all_stopped
from ar_cockpit.services.reminders.working_days import closed_countries


@dataclass(frozen=True, slots=True)
class SpanFacts:
    """The facts of a simulation, but for the open invoices themselves, which are streamed."""

    customers: CustomerFacts
    invoices: InvoiceFacts
    span: Span


def load_span(
    session: Session,
    wanted: ColumnElement[bool],
    as_of: date,
    days: int,
    policies: Sequence[Policy],
    gone: Mapping[int, int],
) -> SpanFacts:
    """Return what was known on ``as_of`` of the ``wanted`` customers, for ``days`` days under any of ``policies``."""
    every = _all_of(policies)
    known = load(session, wanted, as_of, every)
    span = _span(session, wanted, as_of, days, instalments.longest_notice(every))
    told, proposed = _by_invoice(known.invoices.told), history.proposed(session, wanted, as_of)
    announced = history.announced(session, wanted, as_of) if any(span.instalments) else frozenset()
    span = replace(span, gone=gone, told=told, proposed=proposed, announced=announced)
    # What stops them is told day by day.
    return SpanFacts(replace(known.customers, blocked={}), replace(known.invoices, blocked={}, told={}), span)


def _all_of(policies: Sequence[Policy]) -> Policy:
    """Return a policy that asks for every fact that any of ``policies`` asks for."""
    cadences = {f"{place} {key}": one for place, policy in enumerate(policies) for key, one in policy.cadences.items()}
    return Policy(tuple(segment for policy in policies for segment in policy.segments), cadences)


def _span(session: Session, wanted: ColumnElement[bool], as_of: date, days: int, notice: int) -> Span:
    disputed = facts.disputed(session, wanted, as_of)
    written_off = facts.written_off(session, wanted, as_of)
    everything = decisions.stopped_customers(session, wanted)
    promised = [_as_known(one, as_of) for one in promises_on_open_invoices(session, wanted, as_of)]
    held = [one for some in holds(session, wanted, as_of).values() for one in some]
    near = [instalments.near(session, promised, as_of + timedelta(days=later), notice) for later in range(days)]
    changes = _changes(promised, held, as_of, days, near)
    turns = {later for some in changes.values() for later in some}
    stops: list[Stops] = []
    for later in range(days):
        on = as_of + timedelta(days=later)
        if not stops or later in turns:
            in_force = [one for one in held if one.until_on is None or one.until_on >= on]
            stops.append(with_all_stopped(stops_of(disputed, promised, written_off, in_force, on), everything))
        else:
            stops.append(stops[-1])
    countries = facts.countries(session, wanted)
    closed = [closed_countries(countries, as_of + timedelta(days=later)) for later in range(days)]
    return Span(as_of, stops, closed, changes, instalments=near)


def _as_known(one: StoredPromise, as_of: date) -> StoredPromise:
    """Return a promise without a cancellation that came later."""
    cancelled_on = one.promise.cancelled_on
    if cancelled_on is None or cancelled_on <= as_of:
        return one
    return replace(one, promise=replace(one.promise, cancelled_on=None))


def _changes(
    promised: Sequence[StoredPromise],
    held: Iterable[Hold],
    as_of: date,
    days: int,
    near: Sequence[Mapping[int, InstalmentDue]],
) -> dict[int, list[int]]:
    """Return by customer the days on which a promise breaks, a hold has ended or an instalment is near, in order."""
    found: dict[int, set[int]] = defaultdict(set)
    owner = {invoice_id: one.customer_id for one in promised if one.plan_id for invoice_id in one.invoice_ids}
    for later, some in enumerate(near[1:], 1):
        for invoice_id in some:
            found[owner[invoice_id]].add(later)
    ends = [(one.customer_id, one.promise.last_day) for one in promised]
    ends += [(one.customer_id, one.until_on) for one in held if one.until_on is not None]
    for customer_id, last_day in ends:
        later = (last_day - as_of).days + 1
        if 0 < later < days:
            found[customer_id].add(later)
    return {customer_id: sorted(some) for customer_id, some in found.items()}


def _by_invoice(told: Mapping[tuple[int, str], int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for (invoice_id, step), days in told.items():
        found[invoice_id][step] = days
    return found
