"""The rows of each subject of reports, as far as the person who asks may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import Session

from ar_cockpit.db.queries.figures import debtors
from ar_cockpit.db.queries.figures import reports as stored
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, DISPUTE_AGES, days_overdue
from ar_cockpit.domain.figures.kpis import promise_kept_rate, ratio
from ar_cockpit.domain.figures.listing import CustomerQuestion, InvoiceQuestion
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.reports.definition import Definition, Row, Table, shape
from ar_cockpit.domain.reports.one_currency import AMOUNTS, in_one, lacking
from ar_cockpit.services.figures import consolidated_cockpit, consolidating, executive, reporting
from ar_cockpit.services.lists import records
from ar_cockpit.services.rates.book import rates_into
from ar_cockpit.services.reports.asked import Asked, billed_in, chosen_customers, grouped, known_customers, named
from ar_cockpit.services.reports.behind import contacts, unapplied

__all__ = ["Asked", "table"]

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_outlook import CashOutlook

Made = TypeVar("Made")
_PROMISES_SINCE = timedelta(days=365)
_CASH = "cash_weeks"  # the source that needs the forecast
_NO_AMOUNTS = frozenset({"habits", "contacts"})  # sources with nothing to convert


def table(session: Session, actor: Actor, definition: Definition, asked: Asked) -> Table:
    """Return a report as it stands on a day; every row is one that ``actor`` may see."""
    actor.require(Permission.VIEW_FIGURES)
    rows = list(_SOURCES[definition.source](session, actor, asked))
    if asked.is_converted and definition.source not in _NO_AMOUNTS:
        return _converted(session, actor, definition, asked, rows)
    units = {one: 10 ** exponent(one) for one in {str(row.get("currency") or "") for row in rows} if one}
    return shape(rows, definition, units)


def _converted(session: Session, actor: Actor, definition: Definition, asked: Asked, rows: list[Row]) -> Table:
    """Return a report in one currency, with the rates of its day and those that are missing."""
    units = {asked.currency: 10 ** exponent(asked.currency)}
    if definition.source in AMOUNTS:
        own = {str(row.get(key)) for row in rows for key in ("currency", "limit_currency") if row.get(key)}
        rates = rates_into(asked.currency, own, asked.as_of)
        told = in_one(rows, definition.source, rates)
        return replace(shape(told, definition, units, rates), missing=lacking(told, rates))
    if definition.source == _CASH:
        seen = reporting.visible_companies(session, actor, asked.company)
        rates = consolidating.ledgers(session, seen, asked.currency, asked.as_of).conversion(asked.as_of)
        return replace(shape(rows, definition, units, rates), missing=_cash(session, actor, asked).missing)
    how = _cockpit(session, actor, asked).consolidation
    if how is None:
        return shape(rows, definition, units)
    missing = tuple(dict.fromkeys(one.missing for one in how.errors))
    return replace(shape(rows, definition, units, how.conversion), missing=missing)


def _balances(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    chosen, ids = chosen_customers(session, actor, asked)
    known, groups = known_customers(session, actor, asked, chosen), debtors.group_names(session, ids)
    for customer_id, currency, count, oldest, ages in stored.balances(
        session, chosen, ids, asked.as_of, asked.documents_in
    ):
        if customer_id not in known:
            continue
        by_age = {f"age_{key}": minor for key, minor in zip(BUCKET_KEYS, ages, strict=True)}
        sums = {"open": sum(ages), "overdue": sum(ages[1:]), "documents": count, "oldest_due": oldest}
        who = known[customer_id]
        yield {**named(who), **grouped(who, groups), **billed_in(currency), **by_age, **sums}


def _documents(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    chosen, ids = chosen_customers(session, actor, asked)
    known = {(one.company, one.code): one for one in known_customers(session, actor, asked, chosen).values()}
    groups = debtors.group_names(session, ids)
    question = InvoiceQuestion(asked.as_of, asked.currency, company=asked.company, consolidated=asked.is_converted)
    for line in records.all_invoices(session, actor, question):
        who = known.get((line.company, line.customer))
        if who is None:
            continue  # the right to see documents may reach further than that to see figures
        yield {
            **named(who),
            **grouped(who, groups),
            "number": line.number,
            "kind": line.kind,
            **billed_in(line.currency),
            "invoice_on": line.invoice_on,
            "due_on": line.due_on,
            "amount": line.amount_minor,
            "open": line.open_minor,
            "days_overdue": days_overdue(line.due_on, asked.as_of) if line.open_minor else 0,
            "disputed": int(line.is_disputed),
        }


def _cockpit(session: Session, actor: Actor, asked: Asked) -> executive.Cockpit:
    """Return the cockpit's figures."""

    def make() -> executive.Cockpit:
        about: dict[str, Any] = {"as_of": asked.as_of, "company": asked.company}
        if asked.is_converted:
            return consolidated_cockpit.cockpit(session, actor, into=asked.currency, **about)
        return executive.cockpit(session, actor, currency=asked.currency, **about)

    return _once(session, ("cockpit", actor, asked), make)


def _once(session: Session, key: tuple[str, Actor, Asked], make: Callable[[], Made]) -> Made:
    """Return what several reports of a pack are made of, made once within one reading."""
    kept: dict[Any, Made] = session.info.setdefault("figures of reports", {})
    if key not in kept:
        kept[key] = make()
    return kept[key]


def _month_ends(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    shown = _cockpit(session, actor, asked)
    ratios = ("overdue_share", "dso_countback", "dso", "best_possible_dso", "add", "turnover", "day_of_dso")
    for day, told in shown.series:
        yield {
            "day": day,
            "currency": shown.currency,
            **{key: getattr(told.totals, key) for key in ("receivables", "overdue", "not_due", "credit_sales")},
            **{f"age_{key}": told.totals.ageing[key] for key in BUCKET_KEYS},
            **{key: getattr(told, key) for key in ratios},
            "cei": None if told.cei is None else told.cei / 100,
        }


def _collectors(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    shown = _cockpit(session, actor, asked)
    for line in shown.collectors:
        yield {
            "collector": line.name,
            "email": line.email,
            "currency": shown.currency,
            "open": line.open_minor,
            "overdue": line.overdue_minor,
            "collected": line.collected_minor,
            "goal": line.goal_minor,
            "kept": line.kept,
            "decided": line.decided,
            "kept_share": promise_kept_rate(line.kept, line.decided),
            "touches": line.touches,
        }


def _disputes(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    shown = _cockpit(session, actor, asked)
    for one in shown.disputes:
        sums = {"disputes": one.count, "open": one.open_minor, "average_age": one.average_age}
        ages = {f"dispute_{age.key}": minor for age, minor in zip(DISPUTE_AGES, one.by_age, strict=True)}
        yield {"reason": one.reason, "currency": shown.currency, **sums, **ages}


def _promises(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    chosen, ids = chosen_customers(session, actor, asked)
    known, groups = known_customers(session, actor, asked, chosen), debtors.group_names(session, ids)
    for one in stored.promised(session, chosen, asked.as_of, asked.as_of - _PROMISES_SINCE):
        who = known.get(one.customer_id)
        if who is None or asked.documents_in not in ("", one.currency):
            continue
        became = one.outcome(asked.as_of)
        yield {
            **named(who),
            **grouped(who, groups),
            **billed_in(one.currency),
            "made_on": one.promise.made_on,
            "promised_for": one.promise.promised_for,
            "promised": one.promise.amount_minor,
            "state": became.state.value if became else "open",
            "decided_on": became.decided_on if became else None,
        }


def _cash_weeks(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    told = _cash(session, actor, asked)
    for week, half in zip(told.forecast.weeks, told.half, strict=True):
        sums = {"expected": week.expected, "low": week.low, "high": week.high}
        inner = {"low_half": half.low, "high_half": half.high}  # no columns: the chart's inner band
        yield {"week": week.start, "currency": told.currency, **sums, **inner}


def _cash(session: Session, actor: Actor, asked: Asked) -> CashOutlook:
    """Return the cash to come; without a rate that it needs, no weeks and what is missing."""
    # The forecast's libraries would double the start.
    from ar_cockpit.services.figures import cash_outlook, consolidated_cash  # noqa: PLC0415

    def make() -> CashOutlook:
        about: dict[str, Any] = {"as_of": asked.as_of, "company": asked.company}
        if asked.is_converted:
            return consolidated_cash.outlook(session, actor, into=asked.currency, **about)
        return cash_outlook.outlook(session, actor, currency=asked.currency, **about)

    return _once(session, (_CASH, actor, asked), make)


def _credit(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    seen = {one.code for one in reporting.visible_companies(session, actor, asked.company)}
    question = CustomerQuestion(asked.as_of, asked.currency, asked.company, consolidated=asked.is_converted)
    for line in records.all_customers(session, actor, question):
        if line.limit_minor is None or line.company not in seen or asked.documents_in not in ("", line.currency):
            continue
        yield {
            "company": line.company,
            "customer_code": line.code,
            "customer": line.name,
            "country": line.country,
            "collector": line.collector_email,
            "sales": line.sales_email,
            **billed_in(line.owed_currency),
            "limit_currency": line.currency,
            "limit": line.limit_minor,
            "open": line.open_minor,
            "available": line.limit_minor - line.open_minor,
            "overdue": line.overdue_minor,
            "used": ratio(line.open_minor, line.limit_minor),
        }


def _habits(session: Session, actor: Actor, asked: Asked) -> Iterator[Row]:
    chosen, ids = chosen_customers(session, actor, asked)
    known = known_customers(session, actor, asked, chosen)
    for customer_id, one in stored.paying(session, chosen, ids, asked.as_of):
        if customer_id not in known:
            continue
        now, before = one.now.days_late, one.before.days_late
        yield {
            **named(known[customer_id]),
            "trend": one.trend,
            "days_late": now,
            "days_late_before": before,
            "slower_by": None if now is None or before is None else now - before,
            "settled": one.settled,
            "settled_late": one.settled_late,
        }


_SOURCES: dict[str, Callable[[Session, Actor, Asked], Iterable[Row]]] = {
    "balances": _balances,
    "documents": _documents,
    "month_ends": _month_ends,
    "collectors": _collectors,
    "disputes": _disputes,
    "promises": _promises,
    "cash_weeks": _cash_weeks,
    "credit": _credit,
    "habits": _habits,
    "unapplied": unapplied,
    "contacts": contacts,
}
