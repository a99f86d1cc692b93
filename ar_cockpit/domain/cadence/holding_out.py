"""The randomised hold-out: a share of good payers is reminded some days later, so that the difference has one cause.

Chance decides by customer, so that a message stays whole; a hash of the trial's seed and the customer's code is that
chance, and the same plan made twice is the same. Only a message that would go today, and that is gentle in every line,
is held back: whatever stops a reminder by itself comes before. After its days it goes as it would have gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from ar_cockpit.domain.cadence.ladder import CLIMBING, DUE, Held, Rung, rung
from ar_cockpit.domain.cadence.shapes import Day, Enrolled, InvoiceFacts, Owed, Touch, Waiting
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.policy.model import BROKEN_PROMISE, THANKS, Cadence, Channel, Step, Tone

LEAST_SCORE = 80  # of a payer who is good enough to wait for
MOST_OVERDUE = 30  # days of the oldest open invoice: what is older is no low risk
LEAST_SETTLED = 3  # documents: a customer seen once is no good payer yet
LEAST_SHARE, MOST_SHARE = 5, 50  # percent
LEAST_DAYS, MOST_DAYS = 1, 14
LONGEST = 366  # days a trial may run


class Trial(NamedTuple):
    """A company's hold-out: which share of customers, in percent, is reminded how many days later."""

    trial_id: int
    seed: str
    share: int
    days: int
    ends_on: date = date.max  # the last day on which anybody new takes part; who waits then finishes


@dataclass(frozen=True, slots=True)
class HoldOut:
    """The trials by company, customers of whom enough is known, and until when (invoice, step) wait or waited."""

    trials: Mapping[str, Trial] = field(default_factory=dict)
    proven: frozenset[int] = frozenset()  # who settled enough documents for their score to mean something
    until: Mapping[tuple[int, str], date] = field(default_factory=dict)


NO_HOLD_OUT = HoldOut()


class Payer(NamedTuple):
    """What a hold-out asks of a customer: its keys, its payer score, and its open invoices, the oldest first."""

    company: str
    code: str
    score: int | None
    oldest_days: int
    owed: Sequence[Owed]


def checked_trial(share: int, days: int, starts_on: date, ends_on: date) -> None:
    """Raise ``InputError`` with the mend when a hold-out cannot be meant so."""
    if not LEAST_SHARE <= share <= MOST_SHARE:
        raise InputError(f"{share} % cannot be held out.", f"Choose {LEAST_SHARE} to {MOST_SHARE} %.")
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise InputError(f"A reminder cannot be delayed by {days} days.", f"Choose {LEAST_DAYS} to {MOST_DAYS} days.")
    if not 0 < (ends_on - starts_on).days <= LONGEST:
        raise InputError("The hold-out cannot end on that day.", "Choose a day within a year from tomorrow on.")


def is_held_out(trial: Trial, company: str, code: str) -> bool:
    """Return what chance says of a customer: the same whenever it is asked."""
    drawn = int.from_bytes(sha256(f"{trial.seed}\x1f{company}\x1f{code}".encode()).digest()[:8])
    return drawn * 100 < trial.share << 64


def hold_out(
    day: Day, known: HoldOut, payer: Payer, cadence: Cadence, facts: InvoiceFacts, before: tuple[int, int]
) -> None:
    """Hold the customer's message of the day back if chance says so, and note who takes part.

    ``before`` is how many touches and held invoices the day had before this customer.
    """
    trial = known.trials.get(payer.company)
    touches, held = before
    if trial is None or len(day.touches) == touches:
        return
    touch = day.touches[touches]
    keys = [(item.invoice_id, item.step.key) for item in touch.items]
    begun = [known.until[key] for key in keys if key in known.until]
    if begun:
        is_held = _is_gentle_message(touch) and max(begun) > day.on
    else:
        may_enrol = day.on <= trial.ends_on and touch.customer_id in known.proven
        is_eligible = may_enrol and _is_eligible(touch, payer, cadence, facts, day.on, trial.days)
        is_held = is_eligible and is_held_out(trial, payer.company, payer.code)
        if is_eligible:
            day.enrolled.append(Enrolled(trial.trial_id, payer.company, is_held, trial.days, tuple(keys)))
    if not is_held:
        return
    del day.touches[touches]
    order = {row[0]: place for place, row in enumerate(payer.owed)}
    waiting = [Waiting(touch.customer_id, item.invoice_id, item.number, Held.HELD_OUT) for item in touch.items]
    day.held[held:] = sorted([*day.held[held:], *waiting], key=lambda one: order[one.invoice_id])


def _is_eligible(touch: Touch, payer: Payer, cadence: Cadence, facts: InvoiceFacts, on: date, days: int) -> bool:
    """Return whether waiting ``days`` risks little, loses no step, and comes in the way of no firmer one."""
    if not _is_gentle_message(touch) or payer.oldest_days > MOST_OVERDUE or (payer.score or 0) < LEAST_SCORE:
        return False
    if any(row[0] in facts.broken for row in payer.owed):
        return False
    days = _longest_wait(on, cadence, days)
    return all(_can_wait(row, cadence, facts, days) for row in payer.owed if row[0] not in facts.blocked)


def _longest_wait(on: date, cadence: Cadence, days: int) -> int:
    """Return in how many days a message goes at the latest that waits ``days``, one public holiday allowed for."""
    for _ in range(2):
        while cadence.send_on and (on + timedelta(days=days)).weekday() not in cadence.send_on:
            days += 1
        days += 1
    return days - 1


def _can_wait(row: Owed, cadence: Cadence, facts: InvoiceFacts, days: int) -> bool:
    """Return whether an invoice comes to no step within ``days``, or to one that is gentle and is not passed by."""
    days_of = [_rung(row, cadence, facts, later) for later in range(days + 1)]
    due = {one.place for one in days_of if one.stand is DUE}
    if any(one.stand is CLIMBING for one in days_of) or len(due) > 1:
        return False
    return not due or (days_of[-1].stand is DUE and _is_gentle(cadence.steps[due.pop()]))


def _rung(row: Owed, cadence: Cadence, facts: InvoiceFacts, later: int) -> Rung:
    done = facts.done.get(row[0])
    if done is not None:
        done = done._replace(since_first=done.since_first + later, since_last=done.since_last + later)
    return rung(cadence, row[4] + later, done, facts.bits)


def _is_gentle_message(touch: Touch) -> bool:
    return touch.channel is Channel.EMAIL and all(_is_gentle(item.step) for item in touch.items)


def _is_gentle(step: Step) -> bool:
    is_asking = step.template not in (THANKS, BROKEN_PROMISE)
    return is_asking and step.tone is Tone.FRIENDLY and not step.approve and not step.tell_sales_days
