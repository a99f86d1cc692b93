"""A customer at a glance: what is owed, who to talk to, how it pays, what happened and what is planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.core import get_global
from sqlmodel import Session

from ar_cockpit.db.queries.collecting import customer_panel as stored
from ar_cockpit.db.queries.collecting.customer_panel import PanelInvoice
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.queries.customers import Contact, CustomerLine, Hold, Person
from ar_cockpit.db.queries.figures.habits import MonthPaid
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.domain.collecting.timeline import Entry
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, bucket_for, days_overdue
from ar_cockpit.domain.figures.expected import Expected, expected_soon
from ar_cockpit.domain.figures.habits import Habit
from ar_cockpit.domain.figures.receivables import Kind
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import credit, portfolio, reach
from ar_cockpit.services.collecting import timeline
from ar_cockpit.services.credit import CustomerStanding
from ar_cockpit.services.groups import GroupStanding, group_of
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.run import Upcoming
from ar_cockpit.services.segments import Standing

__all__ = ["Contact", "CustomerRecord", "RecordInvoice"]  # the shapes that screens draw

COMING_DAYS = 21

# Countries with islands or enclaves of another time, where nearly every customer keeps the mainland's.
_MAINLAND = {
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
}


@dataclass(frozen=True, slots=True)
class RecordInvoice:
    """An open document with its state in a word, and whether a reminder may name it."""

    invoice: PanelInvoice
    days_overdue: int
    state: Reason
    may_remind: bool
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """Everything the middle pane and the sales card show of one customer on one day."""

    standing: CustomerStanding
    ageing: dict[str, int]
    habit: Habit
    months: Sequence[MonthPaid]
    promises_kept: tuple[int, int]
    contacts: Sequence[Contact]
    local_times: tuple[datetime, ...]  # what the clocks show there: one, or the earliest and the latest of the country
    invoices: Sequence[RecordInvoice]
    timeline: Sequence[Entry]
    coming: Sequence[Upcoming]
    holds: Sequence[Hold]
    left: Sequence[Contact] = ()  # contacts that are no longer there
    people: dict[str, Person] = field(default_factory=dict)
    group: GroupStanding | None = None
    segment: Standing | None = None
    foreseen: Expected | None = None
    has_older: bool = False  # than what the timeline tells

    @property
    def whole_timeline(self) -> list[Entry]:
        """What is planned, then what happened."""
        return [*timeline.planned(self.coming), *self.timeline]

    @property
    def customer(self) -> CustomerLine:
        """The customer itself."""
        return self.standing.customer


def record(session: Session, actor: Actor, line: CustomerLine, *, as_of: date, at: datetime) -> CustomerRecord:
    """Return the record of a customer found by :mod:`ar_cockpit.services.reach`."""
    actor.require(Permission.VIEW_CUSTOMERS, line.company_id, owns=line.sales_email == actor.email)
    judged, book, unapplied = credit.judged(session, actor, line, as_of)
    panel = stored.panel(session, line.customer_id, as_of)
    told = timeline.past(panel, as_of, internal=actor.may(Permission.VIEW_INTERNAL, line.company_id))
    owners = {entry.actor_email for entry in told} | {line.collector_email, line.sales_email}
    return CustomerRecord(
        standing=judged,
        ageing=_ageing(panel.invoices, judged.facts.currency, as_of),
        habit=book.habits.get(line.customer_id, Habit()),
        months=panel.months,
        promises_kept=portfolio.promises_kept(panel.promises, as_of),
        contacts=[one for one in panel.contacts if one.left_on is None],
        left=[one for one in panel.contacts if one.left_on is not None],
        local_times=local_times(line.country, at),
        invoices=_invoices(panel.invoices, panel.promises, as_of),
        timeline=told,
        coming=reminders.upcoming_of(session, book, unapplied, as_of, days=COMING_DAYS),
        holds=book.holds.get(line.customer_id, []),
        people={email: person for email, person in panel.people.items() if email in owners},
        group=group_of(session, actor, line, judged.facts.currency, as_of),
        segment=Standing(*panel.segment) if panel.segment else None,
        foreseen=expected_soon(panel.invoices, judged.facts.currency),
        has_older=panel.is_cut,
    )


def find(session: Session, actor: Actor, code: str, company: str = "") -> CustomerLine:
    """Return the customer a page's address names."""
    return reach.customer_coded(session, actor, Permission.VIEW_CUSTOMERS, code, company)


def local_times(country: str, at: datetime) -> tuple[datetime, ...]:
    """Return what the clock shows at the customer's; of a country with several times the earliest and the latest.

    In which part of it the customer is, is not known.
    """
    code = country.upper()
    zones = [_MAINLAND[code]] if code in _MAINLAND else get_global("territory_zones").get(code, [])
    shown = sorted((at.astimezone(ZoneInfo(zone)) for zone in zones), key=lambda one: one.replace(tzinfo=None))
    if not shown:
        return ()
    first, last = shown[0], shown[-1]
    return (first,) if first.utcoffset() == last.utcoffset() else (first, last)


def _ageing(documents: Iterable[PanelInvoice], currency: str, as_of: date) -> dict[str, int]:
    totals = dict.fromkeys(BUCKET_KEYS, 0)
    for one in documents:
        if one.open_minor > 0 and one.currency == currency:
            totals[bucket_for((as_of - one.due_on).days).key] += one.open_minor
    return totals


def _invoices(documents: Iterable[PanelInvoice], promised: Sequence[StoredPromise], as_of: date) -> list[RecordInvoice]:
    covered = portfolio.promised_invoices(promised, as_of)
    latest = {invoice_id: one for one in promised for invoice_id in one.invoice_ids}
    # Of several dates that hold, the next one is told.
    holding = [one for one in promised if (outcome := one.outcome(as_of)) and outcome.holds]
    latest |= {invoice_id: one for one in reversed(holding) for invoice_id in one.invoice_ids}
    found = []
    for one in documents:
        late, promise = days_overdue(one.due_on, as_of), latest.get(one.invoice_id)
        state = _state(one, promise, is_promised=one.invoice_id in covered, as_of=as_of)
        may = one.kind == Kind.INVOICE.value and not one.is_disputed
        proposed = may and late > 0 and one.invoice_id not in covered
        found.append(RecordInvoice(one, late, state, may, proposed))
    return found


def _state(one: PanelInvoice, promise: StoredPromise | None, *, is_promised: bool, as_of: date) -> Reason:
    """Return the one thing to know about an open document."""
    outcome = promise.outcome(as_of) if promise else None
    if one.kind != Kind.INVOICE.value:
        return Reason("credit_note")
    if one.is_disputed:
        return Reason("disputed", {"reason": one.dispute_reason})
    if promise and is_promised:
        return Reason(
            "promised" if promise.plan_id is None else "on_plan", {"on": promise.promise.promised_for.isoformat()}
        )
    if outcome and outcome.state is PromiseState.BROKEN:
        return Reason("promise_broken")
    return _reminded(one, as_of)


def _reminded(one: PanelInvoice, as_of: date) -> Reason:
    if one.due_on >= as_of:
        return Reason("due_in", {"days": (one.due_on - as_of).days})
    if one.last_tone in {"firm", "formal_notice"}:
        return Reason(one.last_tone)
    return Reason("reminded", {"count": one.reminders}) if one.reminders else Reason("no_reminder")
