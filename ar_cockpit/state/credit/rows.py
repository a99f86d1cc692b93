"""Display rows of the credit screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import say
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services.limits.looking import AlertLine, Exposure, HeldLine, LimitLine
from ar_cockpit.services.limits.requests import RequestLine
from ar_cockpit.state.display import rows

Address = Callable[[str, str], str]  # of a customer, by company and code


@dataclass
class RequestItem:
    """A wish for a limit."""

    key: int
    customer: str
    code: str
    href: str
    amount: str
    before: str
    terms: str
    reason: str
    asked: str
    step: str
    may_decide: bool
    is_mine: bool


@dataclass
class ReviewItem:
    """A limit that is due for a look."""

    key: int
    customer: str
    code: str
    href: str
    limit: str
    ends: str
    insured: str
    looked: str
    may_keep: bool


@dataclass
class AlertItem:
    """Something about a limit."""

    customer: str
    code: str
    href: str
    kind: str
    word: str
    text: str
    since: str


@dataclass
class HeldItem:
    """A customer on hold."""

    key: int
    customer: str
    code: str
    href: str
    reason: str
    who: str
    since: str
    until: str


@dataclass
class GroupItem:
    """What a group owes and may owe."""

    name: str
    code: str
    href: str
    members: str
    open: str
    overdue: str
    limit: str
    use: str
    kind: str


def request_item(one: RequestLine, names: Mapping[str, str], address: Address, language: str, who: str) -> RequestItem:
    """Return a wish; ``who`` looks at it, ``names`` are people by their addresses."""
    done = len(one.steps_done)
    role = say(language, f"credit.role.{one.steps[done]}") if done < len(one.steps) else ""
    step = say(language, "credit.step", role=role, n=done + 1, all=len(one.steps))
    if done:
        by = names.get(one.steps_done[-1]["by"], one.steps_done[-1]["by"])
        step += " " + say(language, "credit.step.done", name=by)
    ends = say(language, "credit.until", day=rows.day(one.valid_until, language)) if one.valid_until else ""
    insured = rows.money(one.insured_minor, one.currency, language) if one.insured_minor is not None else ""
    covered = say(language, "credit.covered", amount=insured) if insured else ""
    return RequestItem(
        key=one.request_id,
        customer=one.name,
        code=one.code,
        href=address(one.company_code, one.code),
        amount=rows.money(one.amount_minor, one.currency, language),
        before=rows.money(one.before_minor, one.currency, language),
        terms=", ".join(word for word in (ends, covered) if word),
        reason=one.reason,
        asked=f"{names.get(one.asked_by, one.asked_by)}, {rows.day(one.asked_on, language)}",
        step=step,
        may_decide=False,
        is_mine=one.asked_by == who,
    )


def review_item(one: LimitLine, names: Mapping[str, str], address: Address, on: date, language: str) -> ReviewItem:
    """Return a limit that is due for a look; one that ends is decided anew instead of kept."""
    by = one.reviewed_by or ""
    looked = f"{rows.day(one.reviewed_on, language)}, {names.get(by, by)}" if one.reviewed_on else ""
    ends = rows.day(one.valid_until, language) if one.valid_until else rows.NOTHING
    if one.valid_until and one.valid_until < on:
        ends = say(language, "credit.ended", day=ends)
    return ReviewItem(
        key=one.customer_id,
        customer=one.name,
        code=one.code,
        href=address(one.company_code, one.code),
        limit=rows.money(one.limit_minor, one.currency, language),
        ends=ends,
        insured=rows.NOTHING if one.insured_minor is None else rows.money(one.insured_minor, one.currency, language),
        looked=looked or say(language, "credit.never"),
        may_keep=one.valid_until is None,
    )


def alert_item(one: AlertLine, address: Address, language: str) -> AlertItem:
    """Return an alert in words."""
    return AlertItem(
        customer=one.name,
        code=one.code,
        href=address(one.company_code, one.code),
        kind="bad" if one.kind == "over_limit" else "watch",
        word=say(language, f"credit.alert.{one.kind}"),
        text=sentence(Reason(f"alert.{one.kind}", one.facts), language, STANDING),
        since=rows.day(one.since_on, language),
    )


def held_item(one: HeldLine, names: Mapping[str, str], address: Address, language: str) -> HeldItem:
    """Return a hold with its owner, reason and end."""
    return HeldItem(
        key=one.customer_id,
        customer=one.name,
        code=one.code,
        href=address(one.company_code, one.code),
        reason=one.reason,
        who=names.get(one.set_by, one.set_by),
        since=rows.day(one.set_on, language),
        until=rows.day(one.until_on, language) if one.until_on else say(language, "credit.no_end"),
    )


def group_item(one: Exposure, address: Address, language: str) -> GroupItem:
    """Return a group's exposure."""
    use = one.use
    return GroupItem(
        name=one.name,
        code=one.code,
        href=address(one.company_code, one.code),
        members=rows.number(one.members_owing, language),
        open=rows.money(one.open_minor, one.currency, language),
        overdue=rows.money(one.overdue_minor, one.currency, language),
        limit=rows.money(one.limit_minor, one.currency, language),
        use=rows.percent(use, language, 0),
        kind="bad" if use is not None and use > 1 else "",
    )
