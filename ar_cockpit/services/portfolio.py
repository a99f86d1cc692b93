"""From stored facts to what the rules of priority and credit ask for; pure folds, one customer at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from ar_cockpit.db.queries.collecting import worklist as stored
from ar_cockpit.db.queries.collecting.conversation import Reminded, Touch, Written
from ar_cockpit.db.queries.collecting.open_items import OpenItem
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.queries.collecting.standing import CreditBook
from ar_cockpit.db.queries.collecting.worklist import WorkBook
from ar_cockpit.db.queries.credit.terms import NO_TERMS
from ar_cockpit.db.queries.customers import CustomerLine, Hold
from ar_cockpit.domain.collecting.commitments import CallOutcome
from ar_cockpit.domain.collecting.priority import BrokenPromise, DueDispute, TaskFacts
from ar_cockpit.domain.collecting.promises import Outcome, PromiseState, kept_share
from ar_cockpit.domain.credit import CreditFacts, Standing, standing
from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.figures.habits import Habit
from ar_cockpit.domain.policy.credit_rules import StandingRules
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.settings import get_settings

_NOBODY: Mapping[int, int] = {}
BROKEN_PROMISE_IS_NEWS = timedelta(days=60)
CALLS_THAT_REACHED = frozenset(outcome.value for outcome in CallOutcome if outcome.has_reached)


def credit_facts(line: CustomerLine, book: CreditBook, as_of: date) -> CreditFacts:
    """Return what the standing of one customer is judged by."""
    items = [item for item in book.items.get(line.customer_id, ()) if item.open_minor > 0]
    currency = exposure_currency(line, items)
    own = [item for item in items if item.currency == currency]
    habit = book.habits.get(line.customer_id, Habit())
    broken = broken_promises(book.promises.get(line.customer_id, ()), as_of)
    owned_broken = [promise for promise in broken if promise.currency == currency]
    terms = book.terms.get(line.customer_id, NO_TERMS)
    has_ended = terms.valid_until is not None and terms.valid_until < as_of
    return CreditFacts(
        currency=currency,
        limit_minor=line.limit_minor if currency == line.currency else None,
        open_minor=_sum(own),
        overdue_minor=_sum(item for item in own if item.due_on < as_of),
        disputed_minor=_sum(item for item in own if item.is_disputed),
        days_overdue=oldest_days(items, as_of),
        undisputed_days_overdue=oldest_days((item for item in items if not item.is_disputed), as_of),
        other_currencies=tuple(sorted({item.currency for item in items} - {currency})),
        hold_reason=finance_hold(book.holds.get(line.customer_id, ())),
        broken_promise_minor=sum(promise.amount_minor for promise in owned_broken),
        reminders_unanswered=len(unanswered(line.customer_id, book)),
        days_late_now=habit.now.days_late,
        days_late_before=habit.before.days_late,
        reserved_minor=terms.reserved_minor if currency == line.currency else 0,
        broken_promises=len(owned_broken),
        score=terms.score,
        external_score=terms.external_score,
        tags=terms.tags,
        limit_ended_on=terms.valid_until if has_ended else None,
        terms_days=terms.terms_days,
    )


def rules_of(book: CreditBook) -> StandingRules:
    """Return the rules of standing in the policy that ``book`` was read with."""
    return policies.of_version(book.policy).policy.standing


def judged(
    line: CustomerLine, book: CreditBook, as_of: date, held_beside: Mapping[int, int] = _NOBODY
) -> tuple[CreditFacts, Standing]:
    """Return what one customer is judged by and its standing; ``held_beside`` counts the held of its group."""
    facts = credit_facts(line, book, as_of)
    if beside := held_beside.get(line.customer_id):
        facts = replace(facts, group_held=beside)
    return facts, standing(facts, rules_of(book))


def task_facts(line: CustomerLine, book: WorkBook, as_of: date) -> TaskFacts:
    """Return what the place of one customer in a collector's day is judged by."""
    key, credit = line.customer_id, book.credit
    items = [item for item in credit.items.get(key, ()) if item.open_minor > 0]
    chased = actionable(items, credit.promises.get(key, ()), as_of)
    currency = task_currency(line, chased)
    habit = credit.habits.get(key, Habit())
    return TaskFacts(
        customer_code=line.code,
        company_code=line.company_code,
        currency=currency,
        overdue_minor=_sum(item for item in items if item.currency == currency and item.due_on < as_of),
        open_minor=_sum(item for item in items if item.currency == currency),
        actionable_minor=_sum(item for item in chased if item.currency == currency),
        actionable_elsewhere=any(item.currency != currency for item in chased),
        oldest_days=oldest_days(chased, as_of),
        days_overdue=[days_overdue(item.due_on, as_of) for item in chased],
        limit_minor=line.limit_minor if currency == line.currency else None,
        unapplied_minor=book.unapplied.get((key, currency), 0),
        broken_promises=broken_promises(credit.promises.get(key, ()), as_of),
        due_disputes=[
            DueDispute(dispute.reason, dispute.answer_due_on, dispute.answered_on)
            for dispute in book.disputes.get(key, ())
            if dispute.is_dated and (dispute.answered_on or dispute.answer_due_on) <= as_of
        ],
        steps_due=[task.channel for task in book.waiting.get(key, ())],
        reminders_unanswered=len(unanswered(key, credit)),
        reply_on=_waiting_reply(credit.touches.get(key, ()), book.written_by_hand.get(key)),
        sales_question=_open_question(credit.touches.get(key, ())),
        undelivered=book.undelivered.get(key),
        days_late_now=habit.now.days_late,
        days_late_before=habit.before.days_late,
        always_punctual=habit.is_always_punctual,
        has_email=line.has_email,
    )


def actionable(items: Iterable[OpenItem], promised: Iterable[StoredPromise], as_of: date) -> list[OpenItem]:
    """Return the overdue items that are neither disputed, nor promised, nor written off."""
    covered = promised_invoices(promised, as_of)
    return [
        item
        for item in items
        if item.due_on < as_of
        and item.open_minor > 0
        and not item.is_disputed
        and not item.is_written_off
        and item.invoice_id not in covered
    ]


def promised_invoices(promised: Iterable[StoredPromise], as_of: date) -> set[int]:
    """Return the invoices that a promise holds for on ``as_of``."""
    return {
        invoice_id
        for promise in promised
        for invoice_id in promise.invoice_ids
        if (state := promise.outcome(as_of)) is not None and state.holds
    }


def broken_promises(promised: Iterable[StoredPromise], as_of: date) -> list[BrokenPromise]:
    """Return the promises broken of late whose invoices are still open."""
    broken = []
    for promise in promised:
        state = promise.outcome(as_of)
        if state is None or state.state is not PromiseState.BROKEN or state.decided_on is None:
            continue
        if as_of - state.decided_on <= BROKEN_PROMISE_IS_NEWS:
            of_plan = promise.plan_id is not None
            broken.append(BrokenPromise(promise.promise.amount_minor, promise.currency, state.decided_on, of_plan))
    return broken


def promises_kept(promised: Iterable[StoredPromise], as_of: date) -> tuple[int, int]:
    """Return how many promises were kept, of how many decided; a payment plan is one of them.

    It is broken with its first instalment that is, and kept with its last.
    """
    single: list[Outcome | None] = []
    by_plan: dict[int, list[Outcome]] = {}
    for one in promised:
        outcome = one.outcome(as_of)
        if one.plan_id is None:
            single.append(outcome)
        elif outcome is not None:
            by_plan.setdefault(one.plan_id, []).append(outcome)
    order = (PromiseState.BROKEN, PromiseState.OPEN, PromiseState.CANCELLED, PromiseState.KEPT)
    plans = [min(parts, key=lambda part: order.index(part.state)) for parts in by_plan.values()]
    return kept_share([*single, *plans])


def unanswered(customer_id: int, book: CreditBook) -> list[Reminded]:
    """Return the reminders since the customer last spoke to us."""
    spoke_on = max((touch.happened_on for touch in book.touches.get(customer_id, ()) if _spoke(touch)), default=None)
    sent = book.reminded.get(customer_id, ())
    return [reminder for reminder in sent if spoke_on is None or reminder.business_on > spoke_on]


def finance_hold(in_force: Iterable[Hold]) -> str | None:
    """Return finance's reason for holding the whole customer, if it does."""
    return next((hold.reason for hold in in_force if hold.kind == "hold" and hold.invoice_id is None), None)


def oldest_days(items: Iterable[OpenItem], as_of: date) -> int:
    """Return the days overdue of the oldest of ``items``; 0 when none is."""
    return max((days_overdue(item.due_on, as_of) for item in items), default=0)


def oldest_due(items: Iterable[OpenItem], currencies: Collection[str], as_of: date) -> date | None:
    """Return the oldest due date of what a customer has overdue in these currencies, credit notes left out."""
    own = (item for item in items if item.currency in currencies and item.open_minor > 0)
    return min((item.due_on for item in own if item.due_on < as_of), default=None)


def exposure_currency(line: CustomerLine, items: Iterable[OpenItem]) -> str:
    """Return the customer's currency; without a limit to hold against, the only one it owes in."""
    owed = {item.currency for item in items}
    return owed.pop() if line.limit_minor is None and len(owed) == 1 else line.currency


def task_currency(line: CustomerLine, chased: Iterable[OpenItem]) -> str:
    """Return the customer's currency if something is to be chased in it, else that of the largest amount chased."""
    totals: dict[str, int] = {}
    for item in chased:
        totals[item.currency] = totals.get(item.currency, 0) + item.open_minor
    if not totals or line.currency in totals:
        return line.currency
    return min(totals, key=lambda code: (-totals[code], code))


def written_until(written: Written | None, as_of: date) -> date | None:
    """Return the day on which a customer comes back to whom a mail set for later goes: the one after it went."""
    if written is None or written.goes_at is None:
        return None
    goes_on = written.goes_at.astimezone(get_settings().zone).date()
    return goes_on + timedelta(days=1) if goes_on > written.on and goes_on >= as_of else None


def snoozed_until(touches: Iterable[Touch], as_of: date) -> date | None:
    """Return the day on which a snoozed customer comes back; a reply or a question of sales wakes it at once."""
    until: date | None = None
    for touch in touches:
        if touch.kind == stored.SNOOZE:
            until = date.fromisoformat(touch.facts["until"])
        elif touch.kind in {"reply", stored.ASK}:
            until = None
    return until if until is not None and until > as_of else None


def _spoke(touch: Touch) -> bool:
    return touch.kind in {"reply", "promise", "dispute", *stored.AGREED} or (
        touch.kind == "call" and touch.facts.get("outcome") in CALLS_THAT_REACHED
    )


def _waiting_reply(touches: Iterable[Touch], written: Written | None) -> date | None:
    """Return the day of the last reply that nobody answered."""
    replied_on: date | None = None
    for touch in touches:
        if touch.kind == "reply":
            replied_on = touch.happened_on
        elif touch.kind in stored.COMPLETING or touch.kind == stored.NOTE:
            replied_on = None
    is_answered = replied_on is not None and written is not None and written.on >= replied_on
    return None if is_answered else replied_on


def _open_question(touches: Iterable[Touch]) -> str | None:
    """Return the last question of sales that nobody answered."""
    asked: Touch | None = None
    for touch in touches:
        if touch.kind == stored.ASK:
            asked = touch
        elif asked and touch.actor_email != asked.actor_email and touch.kind not in {"reply", stored.SNOOZE}:
            asked = None
    return asked.text if asked else None


def _sum(items: Iterable[OpenItem]) -> int:
    return sum(item.open_minor for item in items)
