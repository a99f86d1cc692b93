"""The lines of a day's plan, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ar_cockpit import routes
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.cadence.day import ALLOCATE, Touch
from ar_cockpit.i18n import catalogue, say
from ar_cockpit.services.reminders.day_view import (
    HELD,
    MESSAGES,
    TASKS,
    ByHand,
    DayFilter,
    DayView,
    Excluded,
    HeldInvoice,
    Recorded,
    Sums,
)
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.titles import key_title, segment_title, step_title
from ar_cockpit.state.lists.filters import record_address
from ar_cockpit.state.reminders.words import channel_words, first_of, small_words, totals_words

if TYPE_CHECKING:
    from ar_cockpit.state.reminders.day import DayState

_STATE_KINDS = {"sent": "ok", "done": "ok", "failed": "bad", "bounced": "bad", "unknown": "watch", "cancelled": ""}


@dataclass
class Part:
    """One of the three parts of the day, with its count and its sums."""

    key: str
    label: str
    count: str
    total: str
    note: str
    href: str
    is_here: bool


@dataclass
class ReasonItem:
    """Why invoices are held: how many, how much, and what it means."""

    key: str
    label: str
    count: str
    total: str
    href: str
    is_here: bool


@dataclass
class TouchItem:
    """A message or a task."""

    customer_id: int
    customer: str
    code: str
    href: str
    company: str
    segment: str
    step: str
    channel: str
    invoices: str
    total: str
    recipient: str
    language: str
    left_out: str
    is_ticked: bool


@dataclass
class HeldItem:
    """An invoice that is left alone, and why."""

    key: str
    number: str
    customer: str
    href: str
    company: str
    segment: str
    reason: str
    open: str
    days: str


@dataclass
class RecordedItem:
    """What was recorded for the day, and what became of it."""

    key: str
    customer: str
    href: str
    step: str
    channel: str
    recipient: str
    total: str
    state: str
    state_kind: str
    at: str
    error: str


@dataclass
class ByHandItem:
    """A customer that is handled by hand."""

    customer_id: int
    customer: str
    code: str
    href: str
    company: str
    reason: str
    since: str
    who: str


def parts(found: DayView, state: DayState) -> list[Part]:
    """Return the three parts of the day."""
    sums = found.sums()
    return [_part(key, sums[key], state) for key in (MESSAGES, TASKS, HELD)]


def _part(key: str, sums: Sums, state: DayState) -> Part:
    return Part(
        key,
        state._say(f"review.part.{key}"),
        rows.number(sums.count, state.language),
        totals_words(sums.totals, state.language),
        state._count("review.invoices", sums.invoices, total=rows.number(sums.invoices, state.language)),
        state._address(show="" if key == MESSAGES else key, reason="", page=""),
        state.show == key,
    )


def reasons(found: DayView, state: DayState) -> list[ReasonItem]:
    """Return what is held by each reason."""
    chosen = state.params.get("reason", "")
    return [
        ReasonItem(
            key,
            reason_words(key, state.language),
            rows.number(sums.count, state.language),
            totals_words(sums.totals, state.language),
            state._address(show=HELD, reason="" if key == chosen else key, page=""),
            key == chosen,
        )
        for key, sums in found.reasons().items()
    ]


def reason_words(reason: str, language: str) -> str:
    """Return why an invoice is held, in words."""
    return catalogue(language).get(f"review.held.{reason}", reason)


def touch_item(found: DayView, one: Touch, state: DayState) -> TouchItem:
    """Return a message or a task; beside it what of the customer's invoices is left out, and why."""
    addressee = found.looked.customers[one.customer_id]
    numbers = [item.number for item in one.items]
    left = [f"{count} {reason_words(key, state.language)}" for key, count in found.left_out(one.customer_id).items()]
    return TouchItem(
        **_whose(found, one.customer_id, state),
        step=_step(found, one, state.language),
        channel=channel_words(one.channel.value, state.language),
        invoices=first_of(numbers),
        total=rows.money_cents(one.total_minor, one.currency, state.language),
        recipient=addressee.email if one.is_message else "",
        language=catalogue(state.language).get(f"language.{addressee.speaks}", addressee.speaks),
        left_out=", ".join(left),
        is_ticked=one.customer_id not in state._left_out,
    )


def excluded_item(found: DayView, one: Excluded, state: DayState) -> TouchItem:
    """Return a customer of whom nothing goes, with the reasons."""
    why = [f"{count} {reason_words(key, state.language)}" for key, count in one.reasons.items()]
    return TouchItem(
        **_whose(found, one.customer_id, state),
        step="",
        channel="",
        invoices=first_of(one.numbers),
        total=totals_words(one.totals, state.language),
        recipient="",
        language="",
        left_out=", ".join(why),
        is_ticked=False,
    )


def _whose(found: DayView, customer_id: int, state: DayState) -> dict[str, Any]:
    who = found.who[customer_id]
    return {
        "customer_id": customer_id,
        "customer": who.name,
        "code": who.code,
        "href": record_address(state, who.company, who.code),
        "company": who.company,
        "segment": segment_title(found.looked.choice(customer_id).segment, state.language),
    }


def _step(found: DayView, one: Touch, language: str) -> str:
    if one.step_key == ALLOCATE:
        return say(language, "timeline.upcoming.allocate")
    return step_title(found.looked.choice(one.customer_id).cadence, one.step, language)


def held_item(found: DayView, one: HeldInvoice, state: DayState) -> HeldItem:
    """Return a held invoice with its reason in words."""
    who = found.who[one.customer_id]
    return HeldItem(
        key=str(one.invoice_id),
        number=one.number,
        customer=who.name,
        href=record_address(state, who.company, who.code),
        company=who.company,
        segment=segment_title(found.looked.choice(one.customer_id).segment, state.language),
        reason=reason_words(one.reason.value, state.language),
        open=rows.money_cents(one.open_minor, one.currency, state.language),
        days=state._count("review.days", one.days) if one.days > 0 else state._say("review.not_due"),
    )


def recorded_item(one: Recorded, state: DayState) -> RecordedItem:
    """Return what was recorded, with its state in a word."""
    local = one.at.astimezone(get_settings().zone) if one.at else None
    return RecordedItem(
        key=str(one.row_id),
        customer=one.name,
        href=record_address(state, one.company, one.customer),
        step=one.step,
        channel=channel_words(one.channel, state.language),
        recipient=one.recipient,
        total=rows.money_cents(one.total_minor, one.currency, state.language),
        state=state._say(f"message.{one.state}"),
        state_kind=_STATE_KINDS.get(one.state, "info"),
        at=f"{local:%H:%M}" if local else rows.NOTHING,
        error=one.error,
    )


def by_hand_item(one: ByHand, state: DayState) -> ByHandItem:
    """Return a customer handled by hand, with who said so and why."""
    return ByHandItem(
        customer_id=one.customer_id,
        customer=one.name,
        code=one.code,
        href=record_address(state, one.company, one.code),
        company=one.company,
        reason=one.reason or state._say("review.by_hand.tag"),
        since=rows.day(one.since_on, state.language) if one.since_on else rows.NOTHING,
        who=one.set_by or rows.NOTHING,
    )


def sums_words(sums: Sums, state: DayState) -> str:
    """Return what the list comes to."""
    total = totals_words(sums.totals, state.language)
    return state._count("review.sums", sums.count, total=total, count=rows.number(sums.count, state.language))


def filters_told(wanted: DayFilter, state: DayState) -> dict[str, str]:
    """Return the filters in force in words, by their parameters."""
    told = {
        "reason": reason_words(wanted.reason, state.language) if wanted.reason else "",
        "segment": key_title(wanted.segment, state.language) if wanted.segment else "",
        "cadence": key_title(wanted.cadence, state.language) if wanted.cadence else "",
        "step": wanted.step,
        "collector": wanted.collector,
        "small": small_words(wanted.small, state.language),
        "q": f"“{wanted.text}”" if wanted.text else "",
    }
    return {name: label for name, label in told.items() if label}


def day_words(on: date, state: DayState) -> str:
    """Return the day of the plan."""
    return rows.weekday_year(on, state.language)


def downloads(state: DayState) -> tuple[str, str]:
    """Return where the day as listed is found as CSV and as workbook; empty for who may not export."""
    if not state._may(Permission.EXPORT):
        return "", ""
    chosen = {routes.AS_OF_PARAM: state.as_of, routes.COMPANY_PARAM: state.company, "lang": state.language}
    given = {key: value for key, value in (dict(state.params) | chosen).items() if value and key != "page"}
    address = f"{routes.DOWNLOADS}/reminders"
    return f"{address}.csv?{urlencode(given)}", f"{address}.xlsx?{urlencode(given)}"
