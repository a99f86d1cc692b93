"""Display rows of the sales screen: plain words, and nothing that needs a glossary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from ar_cockpit import routes
from ar_cockpit.domain.collecting.timeline import Entry
from ar_cockpit.domain.credit import Decision, Level
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services import order_checks
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.credit import CustomerStanding
from ar_cockpit.services.limits.history import Change
from ar_cockpit.services.order_checks import OrderCheck, Reservation
from ar_cockpit.services.reminders.run import Upcoming
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.groups import GroupView, group_view

_ICONS = {
    "held": "hand",
    "over_limit": "gauge",
    "promise_broken": "x",
    "no_reply": "mail",
    "disputed": "flag",
    "slower": "trending-up",
    "nothing_open": "check",
    "nothing_overdue": "check",
    "a_little_late": "check",
    "other_currencies": "info",
}
_KINDS = {Level.OK: "ok", Level.WATCH: "watch", Level.HOLD: "bad"}
_ANSWERS = {Decision.ACCEPT: "ok", Decision.REVIEW: "watch", Decision.REFUSE: "bad"}
_CHANNEL_ICONS = {"call": "phone", "letter": "mail-open", "sms": "message-square"}
MOST_OF_THREAD = 6
SPOKEN = ("reply", "call", "note", "promise")


@dataclass
class Listed:
    """One customer of the list."""

    key: str
    href: str
    name: str
    about: str
    kind: str
    word: str
    trend: str = ""  # the icon of a change in the last month
    trend_text: str = ""


@dataclass
class KeptOrder:
    """An accepted order that counts against the limit."""

    key: int
    number: str
    amount: str
    until: str


@dataclass
class Way:
    """One way to have an order accepted."""

    text: str
    invoices: str = ""


@dataclass
class Why:
    """A reason in plain words."""

    icon: str
    text: str


@dataclass
class Card:
    """The customer that is open: may I take this order."""

    key: str = ""
    name: str = ""
    about: str = ""
    kind: str = "ok"
    word: str = ""
    open: str = ""
    overdue: str = ""
    limit: str = ""
    available: str = ""
    currency: str = ""
    overdue_share: float = 0
    open_share: float = 0
    order_share: float = 0
    limit_at: float = 100
    bar_label: str = ""
    group: GroupView = field(default_factory=GroupView)


@dataclass
class Answer:
    """What is said about an order."""

    kind: str = ""
    word: str = ""
    text: str = ""
    acceptable: str = ""
    acceptable_plain: str = ""
    is_accepted: bool = False
    ways: list[Way] = field(default_factory=list)
    limit_needed: str = ""  # the limit with which it would be accepted, as it is typed


@dataclass
class Coming:
    """Something that will go out."""

    icon: str
    day: str
    text: str
    about: str
    may_pause: bool
    place: int = 0


@dataclass
class Said:
    """What was said last, and by whom."""

    text: str = ""
    about: str = ""


def listed(judged: CustomerStanding, key: str, href: str, language: str, change: Change | None = None) -> Listed:
    """Return a customer of the list with the word for its standing, and how it changed in the last month."""
    line, facts = judged.customer, judged.facts
    owed = rows.money(facts.overdue_minor, facts.currency, language)
    what = (
        say(language, "sales.overdue_amount", amount=owed) if facts.overdue_minor else say(language, "sales.no_overdue")
    )
    place = line.city or line.code
    level = judged.standing.level
    trend, told = "", ""
    if change is not None:
        trend = "trending-down" if change.is_worse else "trending-up"
        before = say(language, f"standing.level.{change.before}")
        told = say(language, "credit.trend", before=before, day=rows.day_short(change.on, language))
    word = say(language, f"standing.level.{level.value}")
    return Listed(key, href, line.name, f"{place}, {what}", _KINDS[level], word, trend, told)


def whys(judged: CustomerStanding, language: str) -> list[Why]:
    """Return the two or three reasons that matter most."""
    return [_why(reason, language) for reason in judged.standing.reasons[:3]]


def card(found: CustomerRecord, key: str, order_minor: int, params: Mapping[str, str], language: str) -> Card:
    """Return the customer with the bar of its limit; ``order_minor`` is the order that is being checked."""
    line, facts = found.customer, found.standing.facts
    level, currency = found.standing.standing.level, facts.currency
    limit = facts.limit_minor
    whole = max(limit or 0, facts.open_minor + order_minor, 1)
    not_due = facts.open_minor - facts.overdue_minor
    used = round(100 * facts.open_minor / limit) if limit else None
    return Card(
        key=key,
        name=line.name,
        about=", ".join(word for word in (line.code, line.city, line.company_name) if word),
        kind=_KINDS[level],
        word=say(language, f"standing.level.{level.value}"),
        open=rows.money(facts.open_minor, currency, language),
        overdue=rows.money(facts.overdue_minor, currency, language),
        limit=rows.money(limit, currency, language),
        available=rows.money(facts.available_minor, currency, language),
        currency=rows.symbol(currency, language),
        overdue_share=_share(facts.overdue_minor, whole),
        open_share=_share(not_due, whole),
        order_share=_share(order_minor, whole),
        limit_at=_share(limit, whole) if limit else 100,
        bar_label=say(language, "sales.used", share=used) if used is not None else say(language, "sales.no_limit"),
        group=group_view(found.group, params, language),
    )


def answer(checked: OrderCheck, collector: str, plain: str, language: str) -> Answer:
    """Return the answer to an order in words that say what to do, and what would make it acceptable."""
    found, currency = checked.answer, checked.judged.facts.currency
    decision = found.decision
    do = say(language, f"sales.{decision.value}", name=collector)
    why = " ".join(sentence(reason, language, STANDING) for reason in found.reasons)
    up_to = rows.money(found.acceptable_minor, currency, language)
    is_offered = decision is Decision.REVIEW and found.acceptable_minor > 0
    needed = [way.reason.facts["amount_minor"] for way in checked.ways if way.reason.code == "help_limit"]
    limit = decimal_string(needed[0], currency) if needed and isinstance(needed[0], int) else ""
    return Answer(
        kind=_ANSWERS[decision],
        word=say(language, f"sales.word.{decision.value}"),
        text=f"{do} {why}",
        acceptable=up_to if is_offered else "",
        acceptable_plain=plain if is_offered else "",
        is_accepted=decision is Decision.ACCEPT,
        ways=[_way(one, language) for one in checked.ways],
        limit_needed=limit,
    )


def _way(one: order_checks.Way, language: str) -> Way:
    told = (f"{paid.number} ({rows.money_cents(paid.minor, paid.currency, language)})" for paid in one.invoices)
    return Way(sentence(one.reason, language, STANDING), ", ".join(told))


def kept_order(one: Reservation, language: str) -> KeptOrder:
    """Return an accepted order with what it keeps of the limit."""
    until = say(language, "credit.until", day=rows.day(one.expires_on, language))
    return KeptOrder(one.reservation_id, one.reference, rows.money(one.left_minor, one.currency, language), until)


def thread(found: CustomerRecord, language: str) -> list[Said]:
    """Return the questions of sales with what was written after the first of them, the oldest first."""
    spoken = [one for one in reversed(found.timeline) if one.remark and one.code.split(".")[0] in {"ask", "note"}]
    first = next((place for place, one in enumerate(spoken) if one.code.split(".")[0] == "ask"), len(spoken))
    return [Said(one.remark, _who_said(one, found, language)) for one in spoken[first:][-MOST_OF_THREAD:]]


def coming(place: int, step: Upcoming, as_of: date, language: str) -> Coming:
    """Return a planned step; one that sales are told of may be paused."""
    known = catalogue(language)
    template = known.get(f"template.{step.template}", step.template)
    key = f"timeline.upcoming.{step.channel}"
    text = say(language, key if key in known else "timeline.upcoming.email", template=template)
    invoices = count(language, "timeline.invoices", len(step.invoices))
    about = f"{invoices}, {rows.money(step.total_minor, step.currency, language)}"
    day = say(language, "sales.today") if step.on == as_of else rows.weekday(step.on, language)
    return Coming(_CHANNEL_ICONS.get(step.channel, "mail"), day, text, about, step.told_of is not None, place)


def csv_address(found: CustomerRecord, as_of: str, language: str) -> str:
    """Return where the customer's open invoices are downloaded."""
    chosen = {
        routes.COMPANY_PARAM: found.customer.company_code,
        routes.CUSTOMER_PARAM: found.customer.code,
        routes.AS_OF_PARAM: as_of,
        "lang": language,
    }
    return f"{routes.DOWNLOADS}/open-invoices.csv?{urlencode(chosen)}"


def said_last(found: CustomerRecord, language: str) -> Said:
    """Return the last thing that somebody said or wrote about the customer."""
    spoken = [one for one in found.timeline if one.remark and one.code.split(".")[0] in SPOKEN]
    if not spoken:
        return Said()
    last = spoken[0]
    return Said(last.remark, _who_said(last, found, language))


def _who_said(entry: Entry, found: CustomerRecord, language: str) -> str:
    person = found.people.get(entry.actor_email)
    what = say(language, f"sales.said.{entry.code.split('.')[0]}")
    day = rows.weekday(entry.on, language)
    return ", ".join(word for word in (person.name if person else "", what, day) if word)


def _why(reason: Reason, language: str) -> Why:
    return Why(_ICONS.get(reason.code, "clock"), sentence(reason, language, STANDING))


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 2)
