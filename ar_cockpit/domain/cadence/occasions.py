"""What is said outside of the ladder: that a promise was not kept, an instalment that is near, thanks for a payment.

A broken promise is named in the message of the day, or in one of its own where the day has none: it does not wait for
the spacing, and starts it. An instalment of a plan is told of ahead, once, on a day without another message. Thanks are
for customers whose cadence gives them, now and then, and when nothing is wrong. All obey whatever stops a customer or a
day, and all but the instalment's, which a plan alone lets go, what stops an invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice, rung
from ar_cockpit.domain.cadence.shapes import CustomerDay, Day, InvoiceFacts, Item, Owed, Touch
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import BROKEN_PROMISE, INSTALMENT, THANKS, Cadence, Channel, Step, Tone

OCCASION = "occasion"  # how the keys of these steps begin, which are no steps of a cadence
THANKED = f"{OCCASION}:thanks"
PROMISE_NAMED_FOR = 7  # days after it broke; later, nobody hears of it any more
_LAST = Tone.FORMAL_NOTICE.firmness  # after a formal notice what more is said is a person's to say
_GIVES_WAY = frozenset({"reminder", "statement"})  # templates whose place the notice takes; a firmer one says more
_MAY_BE_NAMED = frozenset({Held.SPACING, Held.NOT_DUE_YET, Held.DONE, Held.NEEDS_APPROVAL})


class Settled(NamedTuple):
    """An invoice that was paid, which we had written about."""

    invoice_id: int
    number: str
    currency: str
    amount_minor: int
    days_late: int


def name_broken(
    day: Day,
    customer: CustomerDay,
    cadence: Cadence,
    invoices: Sequence[Owed],
    facts: InvoiceFacts,
    before: tuple[int, int],
) -> None:
    """Let the customer hear today of promises that broke lately.

    ``before`` is how many touches and held invoices the day had before this customer.
    """
    broken = {invoice[0] for invoice in invoices if invoice[0] in facts.broken and _firmness(facts, invoice[0]) < _LAST}
    if not broken:
        return
    touches, held = before
    if len(day.touches) > touches:
        touch = day.touches[touches]
        if touch.channel is Channel.EMAIL and touch.step.template in _GIVES_WAY and _names(touch, broken):
            day.touches[touches] = touch._replace(step=replace(touch.step, template=BROKEN_PROMISE))
        return
    if not _may_write(customer):
        return
    waiting = {one.invoice_id for one in day.held[held:] if one.reason in _MAY_BE_NAMED}
    items = _largest(
        (invoice[2], _item(cadence, OpenInvoice._make(invoice[:5]), facts, _broken(facts, invoice[0])))
        for invoice in invoices
        if invoice[0] in broken & waiting
    )
    if items is None or _is_small(customer, cadence, *items):
        return
    named = {item.invoice_id for item in items[1]}
    day.held[held:] = [one for one in day.held[held:] if one.invoice_id not in named]
    day.touches.append(_touch(customer, *items))


def announce_instalment(
    day: Day,
    customer: CustomerDay,
    cadence: Cadence,
    invoices: Sequence[Owed],
    facts: InvoiceFacts,
    before: tuple[int, int],
) -> None:
    """Let the customer know ahead of the next instalment of its plan, while the plan holds its invoices.

    ``before`` is how many touches and held invoices the day had before this customer.
    """
    touches, held = before
    if len(day.touches) > touches or not _may_write(customer):
        return
    on_plan = {one.invoice_id for one in day.held[held:] if one.reason is Held.ON_PLAN}
    near = [invoice for invoice in invoices if invoice[0] in on_plan and invoice[0] in facts.instalments]
    dues = {facts.instalments[invoice[0]] for invoice in near}
    due = min(dues, key=lambda one: (one.due_on, one.plan_id), default=None)
    if due is None or not 0 < (due.due_on - day.on).days <= cadence.instalment_notice_days:
        return
    told = [invoice for invoice in near if facts.instalments[invoice[0]] == due]
    currency = told[0][2]
    if customer.cover.get(currency, 0) >= due.minor:
        return  # money of theirs that we hold is enough: nobody is asked for it
    said = (f"{OCCASION}:instalment:{due.due_on.isoformat()}", INSTALMENT, Tone.FRIENDLY)
    items = [_item(cadence, OpenInvoice._make(invoice[:5]), facts, said) for invoice in told]
    named = {item.invoice_id for item in items}
    day.held[held:] = [one for one in day.held[held:] if one.invoice_id not in named]
    day.touches.append(_touch(customer, currency, items)._replace(instalment=due))


def give_thanks(
    day: Day, customer: CustomerDay, cadence: Cadence, settled: Iterable[Settled], since: int | None
) -> bool:
    """Thank for what was ``settled`` lately, unless the last thanks are too near (``since`` days); return if it was."""
    is_time = cadence.thank_you_every > 0 and (since is None or since >= cadence.thank_you_every)
    if not is_time or not _may_write(customer):
        return False
    items = _largest((one.currency, _thanked(one)) for one in settled)
    if items is None:
        return False
    day.touches.append(_touch(customer, *items))
    return True


def _may_write(customer: CustomerDay) -> bool:
    free = customer.blocked is None and not customer.is_touched_today
    return free and customer.is_working_day and customer.reaches(Channel.EMAIL)


def _names(touch: Touch, broken: set[int]) -> bool:
    return any(item.invoice_id in broken for item in touch.items)


def _broken(facts: InvoiceFacts, invoice_id: int) -> tuple[str, str, Tone]:
    tone = Tone.FIRM if _firmness(facts, invoice_id) >= Tone.FIRM.firmness else Tone.NEUTRAL
    return f"{OCCASION}:promise:{facts.broken[invoice_id].isoformat()}", BROKEN_PROMISE, tone


def _firmness(facts: InvoiceFacts, invoice_id: int) -> int:
    done = facts.done.get(invoice_id)
    return done.firmness if done else 0


def _item(cadence: Cadence, invoice: OpenInvoice, facts: InvoiceFacts, said: tuple[str, str, Tone]) -> Item:
    """Return what is ``said`` about one invoice, placed on the ladder before the step that is still to come."""
    done = facts.done.get(invoice.invoice_id)
    place = rung(cadence, invoice.days, done, facts.bits).place
    offset = max(invoice.days, done.last_offset) if done else invoice.days
    if place < len(cadence.steps):
        offset = min(offset, cadence.steps[place].offset - 1)
    key, template, tone = said
    step = Step(key, offset, Channel.EMAIL, template, tone)
    return Item(invoice.invoice_id, invoice.number, step, invoice.open_minor)


def _thanked(one: Settled) -> Item:
    step = Step(THANKED, max(0, one.days_late), Channel.EMAIL, THANKS, Tone.FRIENDLY)
    return Item(one.invoice_id, one.number, step, one.amount_minor)


def _largest(items: Iterable[tuple[str, Item]]) -> tuple[str, list[Item]] | None:
    """Return the items of the currency with the largest sum, or ``None`` when there are none."""
    by_currency: Mapping[str, list[Item]] = defaultdict(list)
    for currency, item in items:
        by_currency[currency].append(item)
    if not by_currency:
        return None
    return max(sorted(by_currency.items()), key=lambda one: sum(item.open_minor for item in one[1]))


def _is_small(customer: CustomerDay, cadence: Cadence, currency: str, items: Sequence[Item]) -> bool:
    """Return whether the sum is below what is asked for, or is covered by money of the customer that we hold."""
    total = sum(item.open_minor for item in items)
    return total < cadence.minimum_amount.scaleb(exponent(currency)) or customer.cover.get(currency, 0) >= total


def _touch(customer: CustomerDay, currency: str, items: Sequence[Item]) -> Touch:
    lead = max(items, key=lambda item: item.step.offset)
    total = sum(item.open_minor for item in items)
    return Touch(customer.customer_id, lead.step, Channel.EMAIL, tuple(items), total, currency)
