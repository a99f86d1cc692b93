"""A customer's timeline: messages, calls, promises, disputes and payments, told from the facts themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ar_cockpit.db.queries.collecting.customer_panel import Disputed, Mailed, Paid, Panel, Said
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.domain.collecting.promises import GIVEN_UP, PromiseState, received
from ar_cockpit.domain.collecting.timeline import Entry, Group, newest_first
from ar_cockpit.domain.reasons import Fact
from ar_cockpit.services.reminders.run import Upcoming
from ar_cockpit.settings import get_settings

_BAD_STATES = frozenset({"failed", "bounced", "unknown"})
_SAID_GROUPS = {"call": Group.CALLS, "note": Group.NOTES, "ask": Group.NOTES, "answer": Group.NOTES} | dict.fromkeys(
    ("reply", "auto_reply", "bounce", "reminder"), Group.MESSAGES
)


def past(panel: Panel, as_of: date, *, internal: bool) -> list[Entry]:
    """Return what happened with a customer by ``as_of``, newest first; ``internal``: what is for finance alone too."""
    return newest_first(
        [
            *(_said(one) for one in panel.said if internal or not one.finance_only),
            *(_mailed(one, as_of) for one in panel.mailed),
            *(entry for one in panel.promises for entry in _promised(one, as_of)),
            *(entry for one in panel.disputed for entry in _disputed(one, as_of)),
            *(_paid(one) for one in panel.paid),
        ]
    )


def planned(coming: Iterable[Upcoming]) -> list[Entry]:
    """Return what will go out, the farthest first."""
    entries = []
    for step in coming:
        facts: dict[str, Fact] = {
            "template": step.template,
            "tone": step.tone,
            "channel": step.channel,
            "count": len(step.invoices),
            "amount_minor": step.total_minor,
            "currency": step.currency,
        }
        group = Group.CALLS if step.channel == "call" else Group.MESSAGES
        entries.append(Entry(step.on, "upcoming", group, facts, is_planned=True))
    return newest_first(entries)


def _said(one: Said) -> Entry:
    facts = {key: value for key, value in one.facts.items() if isinstance(value, str | int)}
    group = _SAID_GROUPS.get(one.kind, Group.OTHER)
    outcome = str(one.facts.get("outcome", ""))
    code = f"call.{outcome}" if one.kind == "call" and outcome else one.kind
    if one.kind == "segment":
        code = f"segment.{one.facts.get('code', 'facts')}"
    if one.kind == "sales_told" and one.facts.get("seen"):
        code = "sales_seen"
    if one.kind == "skip" and str(one.facts.get("until", "")) > one.happened_on.isoformat():
        code = "skip_until"
    internal = one.finance_only
    return Entry(one.happened_on, code, group, facts, one.text, one.actor_email, is_internal=internal)


def _mailed(one: Mailed, as_of: date) -> Entry:
    facts: dict[str, Fact] = {
        "template": one.template,
        "tone": one.tone,
        "channel": one.channel,
        "count": one.invoices,
        "amount_minor": one.total_minor,
        "currency": one.currency,
        "recipient": one.recipient,
        "state": one.state,
    }
    group = Group.CALLS if one.channel == "call" else Group.MESSAGES
    remark = one.error if one.state in _BAD_STATES else one.subject
    goes_on = one.goes_at.astimezone(get_settings().zone).date() if one.goes_at else one.business_on
    is_planned, is_bad = goes_on > as_of, one.state in _BAD_STATES
    on = goes_on if is_planned else one.business_on
    return Entry(on, "message", group, facts, remark, is_planned=is_planned, is_bad=is_bad, key=one.message_id)


def _promised(one: StoredPromise, as_of: date) -> Iterable[Entry]:
    state = one.outcome(as_of)
    if state is None:
        return
    promise = one.promise
    facts: dict[str, Fact] = {
        "amount_minor": promise.amount_minor,
        "currency": one.currency,
        "on": promise.promised_for.isoformat(),
        "received_minor": received(promise, as_of),
    }
    if one.plan_id is None:
        yield Entry(promise.made_on, "promise", Group.MONEY, facts, one.note)
    # Whoever gave a promise up said why: that is told instead.
    if state.decided_on is not None and one.end_reason != GIVEN_UP:
        is_bad = state.state is PromiseState.BROKEN
        word = "promise" if one.plan_id is None else "instalment"
        became = one.end_reason if state.state is PromiseState.CANCELLED and one.end_reason else state.state.value
        yield Entry(state.decided_on, f"{word}_{became}", Group.MONEY, facts, is_bad=is_bad)


def _disputed(one: Disputed, as_of: date) -> Iterable[Entry]:
    facts: dict[str, Fact] = {
        "invoice": one.number,
        "reason": one.reason,
        "on": one.answer_due_on.isoformat(),
        "owner": one.owner_email,
    }
    code = "dispute" if one.is_dated else "dispute_flagged"
    yield Entry(one.opened_on, code, Group.DISPUTES, facts, one.note)
    if one.closed_on <= as_of:
        yield Entry(one.closed_on, "dispute_closed", Group.DISPUTES, facts | {"outcome": one.outcome}, one.resolution)


def _paid(one: Paid) -> Entry:
    facts: dict[str, Fact] = {
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "count": len(one.invoices),
        "invoice": one.invoices[0] if one.invoices else "",
    }
    return Entry(one.paid_on, "payment", Group.MONEY, facts)
