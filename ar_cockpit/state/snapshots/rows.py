"""Reported figures in words: a day's two readings, and the documents that differ with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ar_cockpit.i18n import say
from ar_cockpit.services.figures.snapshots import Compared, Differing, ReportedDay, differences_of
from ar_cockpit.state.display import rows

_AMOUNTS = ("receivables", "overdue", "credit_sales")


@dataclass
class DayItem:
    """A frozen day, ready to draw; a figure that is the same in both readings has an empty change."""

    day: str
    href: str
    is_chosen: bool
    taken: str
    receivables: str
    receivables_now: str
    change: str
    overdue: str
    overdue_now: str
    dso: str
    dso_now: str
    kind: str  # ok when nothing differs, watch otherwise
    word: str


@dataclass
class FigureItem:
    """One figure of the chosen day in both readings."""

    label: str
    reported: str
    known: str
    change: str
    href: str = ""  # the documents that the figure is the sum of now


@dataclass
class DocumentItem:
    """A document that differs."""

    number: str
    href: str
    customer: str
    company: str
    due_then: str
    due_now: str
    then: str
    now: str
    change: str
    cause: str


_LISTED = {"receivables": "", "overdue": "overdue", "credit_sales": "billed", "overdue_share": "overdue"}


def day_item(line: ReportedDay, currency: str, language: str, href: str, chosen: str) -> DayItem:
    """Return a line of the list."""
    then, now = line.reported, line.known
    is_same = all(before == after for before, after in differences_of(line).values())
    return DayItem(
        day=rows.day(line.day, language),
        href=href,
        is_chosen=line.day.isoformat() == chosen,
        taken=rows.day(line.taken_at.date(), language),
        receivables=rows.amount_cents(then.totals.receivables, currency, language),
        receivables_now=rows.amount_cents(now.totals.receivables, currency, language),
        change=_signed_amount(then.totals.receivables, now.totals.receivables, currency, language),
        overdue=rows.percent(then.overdue_share, language),
        overdue_now=rows.percent(now.overdue_share, language),
        dso=rows.number(then.dso_countback, language, 1),
        dso_now=rows.number(now.dso_countback, language, 1),
        kind="ok" if is_same else "watch",
        word=say(language, "snapshots.same" if is_same else "snapshots.differs"),
    )


def figure_items(found: Compared, language: str, link: Callable[[str], str]) -> list[FigureItem]:
    """Return every figure of the day in both readings; what is a sum leads to its documents."""
    return [
        FigureItem(
            say(language, f"snapshots.figure.{key}"),
            *_told(key, then, now, found.currency, language),
            link(_LISTED[key]) if key in _LISTED else "",
        )
        for key, (then, now) in differences_of(found.line).items()
    ]


def document_items(found: Compared, language: str, hrefs: Sequence[str]) -> list[DocumentItem]:
    """Return the documents that differ; ``hrefs`` lead to each in the list of documents."""
    return [_document(one, found, language, href) for one, href in zip(found.documents, hrefs, strict=True)]


def _document(one: Differing, found: Compared, language: str, href: str) -> DocumentItem:
    def told(minor: int | None) -> str:
        return rows.amount_cents(minor, one.currency, language)

    then, now = one.then, one.now
    return DocumentItem(
        number=one.number,
        href=href if now else "",
        customer=one.customer_name,
        company=found.companies.get(one.company_id, ""),
        due_then=rows.day(then.due_on, language) if then else rows.NOTHING,
        due_now=rows.day(now.due_on, language) if now else rows.NOTHING,
        then=told(then.open_minor if then else None),
        now=told(now.open_minor if now else None),
        change=_signed(told(one.change_minor), one.change_minor),
        cause=say(language, f"snapshots.cause.{one.cause}"),
    )


def _told(key: str, then: float | None, now: float | None, currency: str, language: str) -> tuple[str, str, str]:
    if key in _AMOUNTS:
        minors = [None if one is None else int(one) for one in (then, now)]
        told = [rows.money_cents(one, currency, language) for one in minors]
        return told[0], told[1], _signed_amount(minors[0], minors[1], currency, language)
    change = None if then is None or now is None else now - then
    if key in {"overdue_share", "cei"}:
        scale = 1 if key == "overdue_share" else 100
        shares = [None if one is None else one / scale for one in (then, now)]
        points = None if change is None else change * 100 / scale
        return (
            rows.percent(shares[0], language, 2),
            rows.percent(shares[1], language, 2),
            "" if not points else _signed(rows.number(points, language, 2), points),
        )
    digits = 2
    return (
        rows.number(then, language, digits),
        rows.number(now, language, digits),
        "" if not change else _signed(rows.number(change, language, digits), change),
    )


def _signed_amount(then: int | None, now: int | None, currency: str, language: str) -> str:
    if then is None or now is None or then == now:
        return ""
    return _signed(rows.amount_cents(now - then, currency, language), now - then)


def _signed(told: str, value: float) -> str:
    return f"+{told}" if value > 0 else told
