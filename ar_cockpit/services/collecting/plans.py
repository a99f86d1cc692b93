"""Payment plans: worked out, agreed or put before a credit manager, cancelled; the interest they could bear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.collecting.promises import promises
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import PaymentPlanRow, PromiseRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting import plans
from ar_cockpit.domain.collecting.plans import Instalment, PlanState, Terms
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.money import Money
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import ending, proposals, series, touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.papers.claims import claims
from ar_cockpit.services.reach import InvoiceLine
from ar_cockpit.services.reminders.working_days import is_public_holiday


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as it would be, with what the law adds: until today, and until each instalment if it is asked for."""

    total: Money
    instalments: tuple[Instalment, ...]
    needs_approval: bool
    rate: Decimal | None = None  # percent a year; ``problem`` says why there is none, or that it is to be confirmed
    accrued_minor: int = 0
    fixed_minor: int = 0
    running_minor: int = 0
    problem: str = ""

    @property
    def interest_minor(self) -> int:
        """The interest of the plan: what is due by law today and what the instalments add."""
        return self.accrued_minor + self.running_minor


def offer(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    invoices: Sequence[InvoiceLine],
    terms: Terms,
    on: date,
    *,
    with_interest: bool = False,
) -> Offer:
    """Return what a plan for these invoices would be; changes nothing."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    total = _total(line, invoices)
    _check_days(terms, on)
    closed = closed_in(line.country)
    schedule = plans.instalments(total, terms, is_closed=closed)
    law = claims(session, [one.invoice_id for one in invoices], on)
    ids = [one.invoice_id for one in invoices]
    known = law.together(ids)
    rate = known.rate if known else None
    running = plans.interest(schedule, on, rate) if rate is not None else 0
    accrued = known.interest_minor if known else 0
    if with_interest and accrued + running:
        asked = Terms(terms.first_on, terms.count, terms.every, terms.down_minor, accrued + running)
        schedule = plans.instalments(total, asked, is_closed=closed)
    return Offer(
        total,
        tuple(schedule),
        plans.needs_approval(schedule, on),
        rate,
        accrued,
        known.fixed_minor if known else 0,
        running,
        law.problem(ids) or law.doubt(ids),
    )


def agree(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    invoices: Sequence[InvoiceLine],
    agreed: tuple[Terms, str],
    when: Moment,
    *,
    with_interest: bool = False,
) -> int:
    """Record a plan and return its touchpoint; a long one waits for a credit manager, who may agree it at once."""
    terms, note = agreed
    worked_out = offer(session, actor, line, invoices, terms, when.on, with_interest=with_interest)
    series.refuse_planned(session, invoices)
    note = touchpoints.checked_text(note)
    row = _row(session, actor, line, invoices, worked_out, (terms, note), when)
    facts = _facts(row, invoices, worked_out)
    if worked_out.needs_approval and not actor.may(Permission.APPROVE_STEP, line.company_id):
        wish = proposals.Wish(proposals.PLAN, note or "-", row.principal_minor, plan_id=row.id)
        facts["proposal_id"] = proposals.store(session, actor, line, wish, invoices, when)
        return touchpoints.write(session, actor, line, "plan_proposed", when, text=note, **facts)
    facts["replaced"] = start(session, actor, line, row, invoices, when)
    return touchpoints.write(session, actor, line, "plan", when, text=note, **facts)


def start(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    row: PaymentPlanRow,
    invoices: Sequence[InvoiceLine],
    when: Moment,
) -> list[int]:
    """Let a plan run: its instalments are watched from now on, and reminders of its invoices rest.

    Returns the promises that it replaces.
    """
    still_open = sum(one.open_minor for one in invoices)
    if {one.invoice_id for one in invoices} != set(row.schedule["invoices"]) or still_open != row.principal_minor:
        raise RefusedError("Something of these invoices was paid since.", "Refuse this plan and agree a new one.")
    series.refuse_planned(session, invoices)
    parts = [(date.fromisoformat(one["due_on"]), int(one["minor"])) for one in row.schedule["instalments"]]
    if parts[0][0] < when.on:
        raise RefusedError("The first instalment's day has passed.", "Refuse this plan and agree a new one.")
    replaced = ending.replace(session, line, invoices, still_open, when.on)
    series.store(session, actor, series.Agreed(line, invoices, row.currency, row.note, row.id), parts, when)
    row.state, row.state_on = PlanState.ACTIVE.value, when.on
    return replaced


def cancel(session: Session, actor: Actor, plan_id: int, reason: str, when: Moment) -> int:
    """End a plan that runs: what is left goes back to the invoices' own due dates, reminders go on."""
    row, line = _reached(session, actor, plan_id)
    said = touchpoints.required_text(reason, "The reason")
    if row.state not in {PlanState.ACTIVE.value, PlanState.BROKEN.value}:
        raise RefusedError("This plan does not run any more.", "Nothing was changed.")
    open_ones = list(
        session.exec(
            select(PromiseRow.id).where(
                PromiseRow.plan_id == plan_id, col(PromiseRow.state).in_([PromiseState.OPEN, PromiseState.BROKEN])
            )
        )
    )
    before = row.state
    session.execute(
        update(PromiseRow)
        .where(col(PromiseRow.id).in_(open_ones), col(PromiseRow.state) == PromiseState.OPEN.value)
        .values(state=PromiseState.CANCELLED.value, cancelled_on=when.on, decided_on=when.on)
    )
    row.state, row.state_on = PlanState.CANCELLED.value, when.on
    facts = {"plan_id": plan_id, "before": before, "promise_ids": open_ones}
    return touchpoints.write(session, actor, line, "plan_cancelled", when, text=said, **facts)


@dataclass(frozen=True, slots=True)
class Watched:
    """An instalment and what became of it: open, kept, partly or broken; of a plan that waits, nothing yet."""

    due_on: date
    total_minor: int
    currency: str
    state: str


def watched(session: Session, actor: Actor, plan_id: int, as_of: date) -> list[Watched]:
    """Return the instalments of a plan as they stand on a day."""
    row = session.get(PaymentPlanRow, plan_id)
    if row is None:
        raise NotFoundError("There is no such plan.")
    reach.customer(session, actor, Permission.VIEW_CUSTOMERS, row.customer_id)
    stored = promises(session, col(PromiseRow.plan_id) == plan_id, as_of)
    outcomes = {one.promise.promised_for: one.outcome(as_of) for one in stored}
    found = []
    for one in row.schedule["instalments"]:
        due_on = date.fromisoformat(one["due_on"])
        told = outcomes.get(due_on)
        state = "partly" if told and told.is_partly_kept else told.state.value if told else PlanState.PROPOSED.value
        found.append(Watched(due_on, int(one["minor"]) + int(one["interest_minor"]), row.currency, state))
    return found


def closed_in(country: str) -> Callable[[date], bool]:
    """Return whether banks are shut on a day in a country, as far as its public holidays tell."""
    return lambda day: is_public_holiday(country, day)


def invoices_of(session: Session, actor: Actor, row: PaymentPlanRow, on: date) -> list[InvoiceLine]:
    """Return the invoices that a plan is about."""
    return reach.invoices(session, actor, Permission.WORK_CUSTOMERS, [int(one) for one in row.schedule["invoices"]], on)


def _reached(session: Session, actor: Actor, plan_id: int) -> tuple[PaymentPlanRow, CustomerLine]:
    row = session.get(PaymentPlanRow, plan_id)
    if row is None:
        raise NotFoundError("There is no such plan.")
    return row, reach.customer(session, actor, Permission.WORK_CUSTOMERS, row.customer_id)


def _row(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    invoices: Sequence[InvoiceLine],
    worked_out: Offer,
    agreed: tuple[Terms, str],
    when: Moment,
) -> PaymentPlanRow:
    terms, note = agreed
    row = PaymentPlanRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        currency=worked_out.total.currency,
        principal_minor=worked_out.total.minor,
        interest_minor=sum(one.interest_minor for one in worked_out.instalments),
        every=terms.every.value,
        made_on=when.on,
        last_due_on=worked_out.instalments[-1].due_on,
        state=PlanState.PROPOSED.value,
        state_on=when.on,
        note=note,
        made_by=actor.email,
        schedule=_stored(invoices, worked_out.instalments),
    )
    session.add(row)
    session.flush()
    return row


def _facts(row: PaymentPlanRow, invoices: Sequence[InvoiceLine], worked_out: Offer) -> dict[str, object]:
    return {
        "plan_id": row.id,
        "amount_minor": row.principal_minor,
        "currency": row.currency,
        "count": len(worked_out.instalments),
        "first_on": worked_out.instalments[0].due_on.isoformat(),
        "last_on": row.last_due_on.isoformat(),
        "invoices": [one.number for one in invoices],
    }


def _total(line: CustomerLine, invoices: Sequence[InvoiceLine]) -> Money:
    if not invoices:
        raise InputError("A plan needs its invoices.", "Select at least one.")
    reach.check_owed(line, invoices)
    currencies = sorted({one.currency for one in invoices})
    if len(currencies) > 1:
        raise InputError(f"The invoices are in {' and '.join(currencies)}.", "Agree one plan for each currency.")
    return Money(sum(one.open_minor for one in invoices), currencies[0])


def _check_days(terms: Terms, on: date) -> None:
    if not on <= terms.first_on <= on + plans.LONGEST_PLAN / 3:
        raise InputError(f"{terms.first_on} is no day to begin on.", "Choose today or a day within a year.")


def _stored(invoices: Sequence[InvoiceLine], schedule: Sequence[Instalment]) -> dict[str, object]:
    return {
        "invoices": [one.invoice_id for one in invoices],
        "instalments": [
            {"due_on": one.due_on.isoformat(), "minor": one.minor, "interest_minor": one.interest_minor}
            for one in schedule
        ],
    }
