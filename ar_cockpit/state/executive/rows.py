"""The executive's tables in words: customers that matter, collectors, companies, disputes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ar_cockpit.domain.calendar import month_start
from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.figures.ageing import DISPUTE_AGES, days_overdue
from ar_cockpit.domain.figures.kpis import combined, promise_kept_rate, ratio
from ar_cockpit.domain.figures.listing import Show
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.services.figures.executive import Cockpit, CollectorLine, CompanyLine, DebtorLine, DisputedFor
from ar_cockpit.services.reports.words import field_label
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.figures import Spark, sparkline
from ar_cockpit.state.executive import ways

RISKS = {Level.HOLD: ("high", "bad"), Level.WATCH: ("medium", "watch"), Level.OK: ("low", "ok")}
ACTION_ICONS = {
    "call": "phone",
    "email": "mail",
    "letter": "file-text",
    "sms": "message-square",
    "review_reply": "reply",
    "resolve_dispute": "flag",
    "follow_promise": "phone",
    "check_plan": "layers",
    "approve": "layers",
    "allocate": "split",
}


@dataclass
class DebtorItem:
    """A customer that matters, ready to draw."""

    name: str
    country: str
    href: str
    overdue: str
    overdue_href: str
    oldest: str
    risk: str
    risk_kind: str
    trend: str
    owner: str
    owner_name: str
    action: str
    action_icon: str
    spark: Spark = field(default_factory=Spark)


@dataclass
class CollectorItem:
    """A collector's month, ready to draw."""

    name: str
    href: str
    portfolio: str
    overdue: str
    overdue_href: str
    collected: str
    collected_href: str
    goal: str
    goal_width: int
    kept: str
    kept_of: str
    kept_href: str
    touches: str
    touches_href: str


@dataclass
class CompanyItem:
    """A company beside the others, ready to draw; ``converted`` is what it adds to the group's receivables."""

    name: str
    href: str
    receivables: str
    converted: str
    overdue: str
    dso: str
    cei: str
    late: str
    receivables_href: str
    overdue_href: str


@dataclass
class DisputeItem:
    """The disputes of one reason, ready to draw."""

    reason: str
    amount: str
    fact: str
    href: str
    ages: str  # how much of it has been disputed for how long


Link = Callable[..., str]


def debtor_items(shown: Cockpit, language: str, record: Link, invoices: Link) -> list[DebtorItem]:
    """Return the customers that matter."""
    return [_debtor(line, shown, language, record, invoices) for line in shown.debtors]


def _debtor(line: DebtorLine, shown: Cockpit, language: str, record: Link, invoices: Link) -> DebtorItem:
    risk, kind = RISKS[line.risk]
    days = days_overdue(line.oldest_due_on, shown.as_of) if line.oldest_due_on else None
    action, icon = _next_action(line, language)
    return DebtorItem(
        name=line.name,
        country=line.country,
        href=record(line.company, line.code),
        overdue=rows.figure(line.overdue_minor, shown.currency, language),
        overdue_href=invoices(show="overdue", company=line.company, customer=line.code),
        oldest=rows.NOT_AVAILABLE if days is None else say(language, "executive.days_short", number=days),
        risk=say(language, f"executive.risk.{risk}"),
        risk_kind=kind,
        trend=say(language, f"executive.trend.{line.habit.trend or 'unknown'}"),
        owner=_short_name(line.owner) or rows.NOTHING,
        owner_name=line.owner,
        action=action,
        action_icon=icon,
        spark=sparkline(line.late_by_month),
    )


def _next_action(line: DebtorLine, language: str) -> tuple[str, str]:
    """Return what happens next and, if the weightiest reason that is news can be said shortly, why."""
    if line.next_step is None:
        return say(language, "executive.action.none"), "clock"
    words = catalogue(language)
    action = line.next_step.action.value
    said = words[f"executive.action.{action}"]
    why = next((words[key] for one in line.next_step.reasons if (key := f"executive.because.{one.code}") in words), "")
    return (f"{said}, {why}" if why else said), ACTION_ICONS[action]


def collector_items(
    shown: Cockpit, language: str, invoices: Link, report: Link
) -> tuple[list[CollectorItem], CollectorItem]:
    """Return the collectors and their sum, with their documents and the reports of what they did."""
    lines = shown.collectors
    goals = [line.goal_minor for line in lines if line.goal_minor is not None]
    whole = CollectorLine(
        "",
        say(language, "executive.all"),
        combined(*(line.open_minor for line in lines)),
        combined(*(line.overdue_minor for line in lines)),
        combined(*(line.collected_minor for line in lines)),
        sum(goals) if goals else None,
        sum(line.kept for line in lines),
        sum(line.decided for line in lines),
        sum(line.touches for line in lines),
    )
    return (
        [
            _collector(line, shown, language, *((invoices, report) if line.email else (_nowhere, _nowhere)))
            for line in lines
        ],
        _collector(whole, shown, language, invoices, report),
    )


def _nowhere(*_of: str, **_choices: str) -> str:
    """Return no address: no list can be asked for the customers of nobody."""
    return ""


def _collector(line: CollectorLine, shown: Cockpit, language: str, invoices: Link, report: Link) -> CollectorItem:
    currency = shown.currency
    paid = {"paid_from": month_start(shown.as_of).isoformat(), "paid_to": shown.as_of.isoformat()}
    reached = ratio(line.collected_minor, line.goal_minor or 0)
    kept = say(language, "executive.kept_of", kept=line.kept, decided=line.decided) if line.decided else ""
    return CollectorItem(
        name=line.name or say(language, "executive.nobody"),
        href=invoices(show="", collector=line.email),
        portfolio=rows.figure(line.open_minor, currency, language),
        overdue=rows.figure(line.overdue_minor, currency, language),
        overdue_href=invoices(show="overdue", collector=line.email),
        collected=rows.figure(line.collected_minor, currency, language),
        collected_href=invoices(show=Show.CAME.value, collector=line.email, **paid),
        goal=rows.percent(reached, language, 0),
        goal_width=-1 if reached is None else max(0, min(100, round(100 * reached))),
        kept=rows.percent(promise_kept_rate(line.kept, line.decided), language, 0),
        kept_of=kept,
        kept_href=ways.promises(report, shown.as_of, shown.part, line.email) if line.decided else "",
        touches=rows.number(line.touches, language),
        touches_href=ways.contacts(report, shown.as_of, shown.part, line.email) if line.touches else "",
    )


def company_items(
    lines: Sequence[CompanyLine], currency: str, language: str, link: Link, documents: Link
) -> list[CompanyItem]:
    """Return the companies side by side, each in its own currency, and converted into ``currency``."""
    return [
        CompanyItem(
            name=line.company.name,
            href=link(company=line.company.code, currency=line.company.currency),
            receivables=rows.money(line.figures.totals.receivables, line.company.currency, language),
            converted=rows.figure(line.converted_minor, currency, language),
            overdue=rows.percent(line.figures.overdue_share, language),
            dso=rows.number(line.figures.dso_countback, language, 1),
            cei=rows.percent(None if line.figures.cei is None else line.figures.cei / 100, language),
            late=rows.number(line.average_days_late, language, 1),
            receivables_href=documents(line.company.code, line.company.currency, ""),
            overdue_href=documents(line.company.code, line.company.currency, "overdue"),
        )
        for line in lines
    ]


def dispute_items(shown: Cockpit, language: str, link: Link) -> list[DisputeItem]:
    """Return the open disputes by reason."""
    return [
        DisputeItem(
            _capital(catalogue(language).get(f"dispute.{one.reason}", one.reason)),
            rows.money(one.open_minor, shown.currency, language),
            _dispute_fact(one, language),
            link(one.reason),
            ", ".join(_by_age(one, shown.currency, language)),
        )
        for one in shown.disputes
    ]


def _dispute_fact(one: DisputedFor, language: str) -> str:
    told = count(language, "executive.dispute.open", one.count)
    if one.average_age is None:
        return told
    return f"{told}, {count(language, 'executive.dispute.age', round(one.average_age))}"


def _by_age(one: DisputedFor, currency: str, language: str) -> list[str]:
    """Return what is disputed for how long; ages with nothing are left out."""
    parts = zip(DISPUTE_AGES, one.by_age, strict=True)
    return [
        f"{field_label(f'dispute_{age.key}', language)} {rows.money(minor, currency, language)}"
        for age, minor in parts
        if minor
    ]


def debtors_note(shown: Cockpit, language: str) -> str:
    """Return how much of the overdue amount the customers that matter owe."""
    owed = combined(*(line.overdue_minor for line in shown.debtors))
    share = rows.percent(ratio(owed, shown.now.totals.overdue), language, 0)
    told = rows.money(owed, shown.currency, language)
    return count(language, "executive.debtors.note", len(shown.debtors), amount=told, share=share)


def disputes_note(shown: Cockpit, language: str) -> str:
    """Return how many disputes are open, over how much, and what share of sales was disputed."""
    told = count(
        language,
        "executive.disputes.note",
        sum(one.count for one in shown.disputes),
        amount=rows.money(combined(*(one.open_minor for one in shown.disputes)), shown.currency, language),
    )
    if shown.dispute_share is None:
        return told
    return told + ", " + say(language, "executive.disputes.share", share=rows.percent(shown.dispute_share, language))


def _short_name(name: str) -> str:
    """Return ``I. Caradec`` for ``Inès Caradec``; an address stays as it is."""
    first, _, rest = name.partition(" ")
    return f"{first[:1]}. {rest}" if rest else name


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
