"""What was said: promises kept and broken, calls, notes and replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

from ar_cockpit.demo import words
from ar_cockpit.demo.customers import Profile
from ar_cockpit.demo.documents import Billing, Keys
from ar_cockpit.demo.habits import working_day
from ar_cockpit.demo.records import Document, Message, Promise, Touch
from ar_cockpit.domain.calendar import OPEN_END

GRACE_DAYS = 3
_PROMISED = 0.4
_LOOK_BACK = timedelta(days=300)


def promises(rng: Random, who: Profile, billing: Billing, end: date, keys: Keys) -> tuple[Promise, ...]:
    """Return the promises about invoices that were or are clearly late."""
    disputed = {one.document.invoice_id for one in billing.disputes}
    found = []
    for document in billing.documents:
        if document.kind != "invoice" or document.invoice_id in disputed or document.due_on < end - _LOOK_BACK:
            continue
        made_on = working_day(document.due_on + timedelta(days=rng.randint(12, 28)))
        if made_on >= min(end, document.closed_on) or rng.random() >= _PROMISED:
            continue
        found.append(_promise(rng, who, document, made_on, end, keys))
    return tuple(found)


def _promise(rng: Random, who: Profile, document: Document, made_on: date, end: date, keys: Keys) -> Promise:
    closed_on = document.closed_on
    promised_for = working_day(made_on + timedelta(days=rng.randint(4, 12)))
    if closed_on != OPEN_END and rng.random() < 0.6:
        promised_for = max(made_on, closed_on - timedelta(days=rng.randint(0, GRACE_DAYS)))
    last_day = promised_for + timedelta(days=GRACE_DAYS)
    state, decided_on = "open", None
    if closed_on <= min(last_day, end):
        state, decided_on = "kept", closed_on
    elif last_day < end:
        state, decided_on = "broken", last_day + timedelta(days=1)
    return Promise(
        keys.next("promise"),
        document,
        document.open_on(made_on),
        made_on,
        promised_for,
        state,
        decided_on,
        rng.choice(words.PROMISE_NOTES),
        who.customer.collector_email,
    )


def touches(
    rng: Random, who: Profile, promised: Iterable[Promise], messages: Sequence[Message], start: date, end: date
) -> tuple[Touch, ...]:
    """Return calls behind promises and call steps, replies to mails, and now and then a note."""
    collector, sales = who.customer.collector_email, who.customer.sales_email
    found = [
        Touch("call", one.made_on, rng.randint(30, 480), collector, _said(rng, "reached"), {"outcome": "reached"})
        for one in promised
        if one.note != "Promised by mail."
    ]
    for message in messages:
        if message.channel == "call" and message.state == "done":
            outcome = rng.choice(("reached", "says_paid", "call_back", "left_message", "no_answer"))
            text = _said(rng, outcome)
            found.append(Touch("call", message.business_on, message.minute, collector, text, {"outcome": outcome}))
        elif message.channel == "email" and message.template != "courtesy" and rng.random() < 0.12:
            on = working_day(message.business_on + timedelta(days=rng.randint(0, 3)))
            minute, text = rng.randint(30, 480), rng.choice(words.REPLIES)
            found.append(Touch("reply", on, minute, message.recipient, text, {}, message.message_id))
    if rng.random() < 0.4:
        on = working_day(start + timedelta(days=rng.randrange(max(1, (end - start).days))))
        author = rng.choice((collector, sales))
        found.append(Touch("note", on, rng.randint(30, 480), author, rng.choice(words.NOTES), {}))
    return tuple(sorted((one for one in found if one.happened_on < end), key=lambda one: one[:3]))


def _said(rng: Random, outcome: str) -> str:
    return rng.choice(words.CALLS[outcome])
