"""Figures as reported: frozen once a day, and compared with what the ledger says of the same day now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from ar_cockpit.db.queries.figures import snapshots as stored
from ar_cockpit.db.queries.figures import sums as figures
from ar_cockpit.db.queries.figures.snapshots import PAGE, Differing, Kept
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures.consolidated import consolidated
from ar_cockpit.domain.figures.consolidation import Conversion
from ar_cockpit.domain.figures.kpis import Kpis, Totals, kpis
from ar_cockpit.domain.figures.snapshots import (
    Frozen,
    added,
    days_to_freeze,
    is_month_end,
    months_kept,
)
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.figures.reporting import Facts
from ar_cockpit.services.people import companies
from ar_cockpit.services.people.companies import CompanySummary
from ar_cockpit.services.rates.book import rates_into

__all__ = ["PAGE", "Compared", "Differing", "ReportedDay", "compare", "differences_of", "reported", "take"]
SHOWN = 400  # days back from the day looked at

Made = tuple[int, str, Frozen, bool]  # company, currency, the day's figures, and whether its documents are kept


@dataclass(frozen=True, slots=True)
class ReportedDay:
    """A day's figures as they were frozen, beside those of the same day as known today."""

    day: date
    taken_at: datetime  # the last of the companies
    company_ids: tuple[int, ...]
    reported: Kpis
    known: Kpis
    has_documents: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One day in full: both readings, and how many documents differ."""

    line: ReportedDay
    currency: str
    differing: int  # documents; 0 also when none were kept
    change: Mapping[str, int]  # by currency: what the documents that differ change the receivables by
    page: int
    documents: Sequence[Differing]
    companies: Mapping[int, str]


def take(session: Session, actor: Actor, today: date, *, at: datetime) -> dict[str, int]:
    """Freeze every company's days that are over, in each of its currencies; return how many."""
    return keep(session, actor, due(session, actor, today), at=at)


def due(session: Session, actor: Actor, today: date) -> list[Made]:
    """Return what :func:`take` freezes: reading it takes long, and keeping it does not."""
    actor.require(Permission.RUN_JOBS)
    seen = companies.visible_companies(session, actor, Permission.VIEW_FIGURES)
    company_ids = tuple(one.company_id for one in seen)
    last = stored.last_days(session)
    wanted: dict[str, dict[int, list[date]]] = defaultdict(dict)
    for currency in figures.currencies(session, company_ids, today - timedelta(days=1)):
        for company_id in company_ids:
            days = days_to_freeze(last.get((company_id, currency)), today)
            if days:
                wanted[currency][company_id] = days
    return [one for currency, by_company in wanted.items() for one in _frozen(session, currency, by_company)]


def keep(session: Session, actor: Actor, made: Sequence[Made], *, at: datetime) -> dict[str, int]:
    """Keep what was frozen; a day that somebody else froze meanwhile stays as it is."""
    actor.require(Permission.RUN_JOBS)
    last = stored.last_days(session)
    new = [one for one in made if (one[0], one[1]) not in last or last[one[0], one[1]] < one[2].day]
    if new:
        stored.store(session, new, at)
    return {"snapshots": len(new)}


def parts(made: Iterable[Made]) -> Iterator[list[Made]]:
    """Yield what was frozen in parts to be kept one after the other, from the first day on.

    Documents of a month's last day are many: each such day is a part of its own. A run that breaks off goes on after
    the last day that it kept.
    """
    together: list[Made] = []
    for one in sorted(made, key=lambda one: one[2].day):
        *_, has_documents = one
        together.append(one)
        if has_documents:
            yield together
            together = []
    if together:
        yield together


def _frozen(session: Session, currency: str, days_of: Mapping[int, Sequence[date]]) -> Iterable[Made]:
    about = Slice(tuple(days_of), currency)
    days = sorted({day for some in days_of.values() for day in some})
    known = reporting.facts(session, about, days)
    # A handful of days, most often one: each asks for the few payments that are not wholly applied.
    unapplied = {day: figures.unapplied_cash(session, about, day) for day in days}
    for company_id, some in days_of.items():
        for day in some:
            totals = known.totals((company_id,), day)
            if totals.first_document_on is not None:
                yield company_id, currency, _one(totals, unapplied[day][company_id]), is_month_end(day)


def _one(totals: Totals, unapplied: int) -> Frozen:
    day, receivables = totals.period.end, totals.receivables or 0
    return Frozen(
        day=day,
        ageing={key: minor or 0 for key, minor in totals.ageing.items()},
        at_start=totals.receivables_at_start or 0,
        credit_sales=totals.credit_sales or 0,
        unapplied=unapplied,
        sales_by_month=months_kept(totals.sales_by_month, receivables, day),
        first_document_on=totals.first_document_on or day,
    )


def reported(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    company: str = "",
    currency: str = "",
    into: str = "",
    every_day: bool = False,
) -> tuple[str, list[ReportedDay]]:
    """Return the currency and the frozen days up to ``as_of``, newest first: month ends, or every day.

    ``into`` converts all currencies at the rates of each day; otherwise the documents of ``currency`` alone.
    """
    seen = reporting.visible_companies(session, actor, company)
    chosen = into or reporting.chosen_currency(session, seen, currency, as_of)
    since = as_of - timedelta(days=SHOWN if not every_day else 62)
    kept = _kept(session, seen, since, as_of, chosen, into)
    days = [day for day in kept if every_day or is_month_end(day)]
    return chosen, _lines(session, {day: kept[day] for day in days}, chosen, into)


def compare(
    session: Session,
    actor: Actor,
    day: date,
    *,
    company: str = "",
    currency: str = "",
    into: str = "",
    page: int | None = 1,
) -> Compared | None:
    """Return one frozen day with the documents that differ, or ``None`` when it was not frozen."""
    seen = reporting.visible_companies(session, actor, company)
    chosen = into or reporting.chosen_currency(session, seen, currency, day)
    kept = _kept(session, seen, day, day, chosen, into)
    if not kept:
        return None
    (line,) = _lines(session, kept, chosen, into)
    names = {one.company_id: one.code for one in seen}
    if not line.has_documents:
        return Compared(line, chosen, 0, {}, 1, [], names)
    count, change = stored.differences(session, kept[day], day)
    page = None if page is None else min(page, max(1, -(-count // PAGE)))
    documents = stored.differing(session, kept[day], day, page)
    return Compared(line, chosen, count, change, page or 1, documents, names)


def differences_of(line: ReportedDay) -> dict[str, tuple[float | None, float | None]]:
    """Return (as reported, as known today) of each figure, amounts in minor units."""
    pairs = {}
    for key in ("receivables", "overdue", "credit_sales"):
        pairs[key] = (getattr(line.reported.totals, key), getattr(line.known.totals, key))
    for key in ("overdue_share", "dso_countback", "dso", "best_possible_dso", "add", "cei", "turnover"):
        pairs[key] = (getattr(line.reported, key), getattr(line.known, key))
    return pairs


def _kept(
    session: Session, seen: Sequence[CompanySummary], since: date, until: date, chosen: str, into: str
) -> dict[date, list[Kept]]:
    ids = [one.company_id for one in seen]
    by_day: dict[date, list[Kept]] = defaultdict(list)
    for one in stored.kept_days(session, ids, since, until, () if into else (chosen,)):
        by_day[one.frozen.day].append(one)
    return by_day


def _lines(session: Session, kept: Mapping[date, Sequence[Kept]], chosen: str, into: str) -> list[ReportedDay]:
    """Return both readings of each day; what is known today is of exactly the companies that were frozen."""
    currencies = sorted({one.currency for some in kept.values() for one in some})
    everybody = tuple(sorted({one.company_id for some in kept.values() for one in some}))
    # One set of questions for each currency, whatever the number of days.
    known = {one: reporting.facts(session, Slice(everybody, one), list(kept)) for one in currencies}
    return [_line(day, some, known, chosen, into) for day, some in kept.items()]


def _line(day: date, some: Sequence[Kept], known: Mapping[str, Facts], chosen: str, into: str) -> ReportedDay:
    frozen: dict[str, list[Kept]] = defaultdict(list)
    for one in some:
        frozen[one.currency].append(one)
    then = {currency: added([one.frozen for one in ones]).totals() for currency, ones in frozen.items()}
    now = {
        currency: known[currency].totals(tuple(one.company_id for one in ones), day)
        for currency, ones in frozen.items()
    }
    rates = rates_into(into, then, day) if into else None
    return ReportedDay(
        day=day,
        taken_at=max(one.taken_at for one in some),
        company_ids=tuple(sorted({one.company_id for one in some})),
        reported=_kpis(then, rates, chosen, day),
        known=_kpis(now, rates, chosen, day),
        has_documents=all(one.has_documents for one in some),
    )


def _kpis(parts: Mapping[str, Totals], rates: Conversion | None, chosen: str, day: date) -> Kpis:
    return kpis(parts[chosen] if rates is None else consolidated(parts, rates, reporting_period(day)))
