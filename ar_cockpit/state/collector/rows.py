"""Display rows of the collector's screen: domain values in, formatted strings out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ar_cockpit.domain.credit import CreditFacts
from ar_cockpit.domain.figures.habits import slower_since
from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.i18n.documents import invoice_state
from ar_cockpit.i18n.reasons import days_before
from ar_cockpit.services.collecting.customer_record import CustomerRecord, RecordInvoice
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.documents import document_address
from ar_cockpit.state.display.figures import AgeingPart, Spark, ageing_parts, sparkline
from ar_cockpit.state.display.groups import GroupView, group_view
from ar_cockpit.state.display.timeline import TimelineLine, timeline_line
from ar_cockpit.state.display.titles import key_title

_STATE_ICONS = {"disputed": "flag", "promise_broken": "x", "promised": "calendar-clock", "on_plan": "calendar-clock"}
_STATE_KINDS = {"disputed": "watch b", "promise_broken": "bad b", "promised": "b", "on_plan": "b"}


@dataclass
class InvoiceLine:
    """One open document of the customer."""

    key: str
    number: str
    document_href: str
    date: str
    due: str
    days: str
    open: str  # for a column whose head names the usual currency
    open_with_currency: str
    state: str
    state_icon: str
    state_kind: str
    may_remind: bool
    is_disputed: bool
    due_on: str = ""  # to sort by
    open_minor: int = 0
    days_late: int = 0
    expected: str = ""  # when, and how likely soon


@dataclass
class ContactLine:
    """A person to talk to."""

    name: str
    initials: str
    about: str
    email: str
    phone: str
    phone_href: str
    has_bounced: bool
    key: str = ""
    gets_reminders: bool = True
    left: str = ""  # since when it is no longer there


@dataclass
class RecordView:
    """The head of the middle pane."""

    key: str = ""
    name: str = ""
    about: str = ""
    standing: str = "ok"
    standing_word: str = ""
    pays: str = ""
    coming: str = ""  # what of its debt the forecast expects within 30 days
    trend: str = ""
    kept: str = ""
    spark: Spark = field(default_factory=Spark)
    owed: str = ""
    overdue: str = ""
    oldest: str = ""
    limit: str = ""
    over_limit: str = ""
    limit_use: str = ""  # the share of it, and what is left
    unapplied: str = ""
    credit_notes: str = ""
    currency: str = ""
    local_time: str = ""
    hold: str = ""
    by_hand: str = ""  # why it is handled by hand
    archived: str = ""  # that it is, and what to do
    segment: str = ""
    segment_parts: str = ""  # what takes from its payer score
    group: GroupView = field(default_factory=GroupView)
    has_older: bool = False  # than what the timeline tells


def task_key(company: str, code: str) -> str:
    """Return what names a customer in the address: company and code."""
    return f"{company}/{code}"


def record_view(found: CustomerRecord, params: Mapping[str, str], language: str) -> RecordView:
    """Return the head of the middle pane."""
    line, facts = found.customer, found.standing.facts
    currency = facts.currency
    over = -(facts.available_minor or 0)
    kept, decided = found.promises_kept
    place = ", ".join(word for word in (line.city, _country(line.country, language)) if word)
    return RecordView(
        key=task_key(line.company_code, line.code),
        name=line.name,
        about=" · ".join(word for word in (line.code, place, line.company_name) if word),
        standing=_standing_kind(found.standing.standing.level.value),
        standing_word=say(language, f"standing.level.{found.standing.standing.level.value}"),
        pays=_pays(found, language),
        coming=_coming(found, language),
        trend=_trend(found, language),
        kept=count(language, "collector.kept", decided, kept=kept) if decided else "",
        spark=sparkline([month.late_weighted / month.weight if month.weight else None for month in found.months]),
        owed=rows.money(facts.open_minor, currency, language),
        overdue=rows.money(facts.overdue_minor, currency, language),
        oldest=count(language, "collector.days", facts.days_overdue) if facts.days_overdue else rows.NOTHING,
        limit=rows.money(facts.limit_minor, currency, language),
        over_limit=say(language, "collector.over", amount=rows.money(over, currency, language)) if over > 0 else "",
        limit_use=_limit_use(facts, language),
        unapplied=rows.money(found.standing.unapplied_minor, currency, language),
        credit_notes=rows.money(found.standing.credit_notes_minor, currency, language)
        if found.standing.credit_notes_minor
        else "",
        currency=rows.symbol(currency, language),
        local_time=_local_time(found, language),
        hold=next((hold.reason for hold in found.holds if hold.kind == "hold" and hold.invoice_id is None), ""),
        by_hand=next((hold.reason for hold in found.holds if hold.kind == "manual"), ""),
        archived=say(language, "record.is_archived") if line.is_archived else "",
        segment=_segment(found, language),
        segment_parts=_segment_parts(found, language),
        group=group_view(found.group, params, language),
        has_older=found.has_older,
    )


def ageing_line(found: CustomerRecord, language: str) -> list[AgeingPart]:
    """Return the ageing bar of what is owed."""
    return ageing_parts(list(found.ageing.values()), found.standing.facts.currency, language)


def invoice_line(one: RecordInvoice, usual_currency: str, language: str) -> InvoiceLine:
    """Return one open document; an amount in another currency than the customer's carries it."""
    document = one.invoice
    is_usual = document.currency == usual_currency
    amount = rows.amount_cents if is_usual else rows.money_cents
    return InvoiceLine(
        key=str(document.invoice_id),
        number=document.number,
        document_href=document_address(document.document_id),
        date=rows.day(document.invoice_on, language),
        due=rows.day(document.due_on, language),
        days=str(one.days_overdue) if one.days_overdue else rows.NOTHING,
        open=amount(document.open_minor, document.currency, language),
        open_with_currency=rows.money_cents(document.open_minor, document.currency, language),
        state=invoice_state(one.state, language, lambda on: rows.weekday(on, language)),
        state_icon=_STATE_ICONS.get(one.state.code, ""),
        state_kind=_STATE_KINDS.get(one.state.code, "t2"),
        may_remind=one.may_remind,
        is_disputed=document.is_disputed,
        due_on=document.due_on.isoformat(),
        open_minor=document.open_minor,
        days_late=one.days_overdue,
        expected=_expected(one, language),
    )


def timeline_lines(found: CustomerRecord, as_of: date, language: str) -> list[TimelineLine]:
    """Return what is planned and what happened, newest first."""
    names = {email: person.name for email, person in found.people.items()}
    return [timeline_line(entry, as_of, language, names) for entry in found.whole_timeline]


def _local_time(found: CustomerRecord, language: str) -> str:
    if not found.local_times:
        return ""
    return say(language, "collector.local_time", time="\u2013".join(f"{one:%H:%M}" for one in found.local_times))


def _limit_use(facts: CreditFacts, language: str) -> str:
    """Return how much of the limit is used and what is left of it; what is over it is said besides."""
    if not facts.limit_minor:
        return ""
    share = rows.percent(facts.open_minor / facts.limit_minor, language, 0)
    left = rows.money(max(0, facts.available_minor or 0), facts.currency, language)
    return say(language, "collector.limit.use", share=share, left=left)


def _expected(one: RecordInvoice, language: str) -> str:
    told = rows.expected(one.invoice.expected_on, one.invoice.chance, language)
    return say(language, "foreseen.invoice", told=told) if told else ""


def _coming(found: CustomerRecord, language: str) -> str:
    told = found.foreseen
    if told is None:
        return ""
    return say(
        language,
        "foreseen.customer",
        amount=rows.money(told.expected_minor, told.currency, language),
        open=rows.money(told.open_minor, told.currency, language),
        day=rows.day_short(told.last_on, language),
    )


def _standing_kind(level: str) -> str:
    return "bad" if level == "hold" else level


def _segment(found: CustomerRecord, language: str) -> str:
    one = found.segment
    if one is None:
        return ""
    where = say(
        language, "segment.line", segment=key_title(one.segment, language), since=rows.day(one.since_on, language)
    )
    return where if one.score is None else f"{where}, {say(language, 'segment.score', score=one.score)}"


def _segment_parts(found: CustomerRecord, language: str) -> str:
    parts = found.segment.parts if found.segment else {}
    return ", ".join(f"{say(language, f'segment.part.{part}')} −{taken}" for part, taken in parts.items() if taken)


def _pays(found: CustomerRecord, language: str) -> str:
    now = found.habit.now.days_late
    if now is None:
        return say(language, "collector.pays.unknown")
    if now <= 0:
        return say(language, "collector.pays.on_time")
    return count(language, "collector.pays", now)


def _trend(found: CustomerRecord, language: str) -> str:
    before = found.habit.before.days_late
    trend = found.habit.trend
    if before is None or not trend:
        return ""
    since = slower_since(found.months, before) if trend == "slower" else None
    if since is not None:
        told = {"month": rows.month_name(since, language), "before": days_before(before, language)}
        return count(language, "foreseen.slower", abs(before), **told)
    return count(language, f"collector.trend.{trend}", abs(before), before=days_before(before, language))


def _country(code: str, language: str) -> str:
    return str(locale_of(language).territories.get(code.upper(), code))
