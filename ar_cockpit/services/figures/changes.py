"""What moved a figure between two days: the customers that contributed most, over one currency or all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.figures import debtors
from ar_cockpit.db.queries.figures.debtors import Named
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.consolidated import consolidated
from ar_cockpit.domain.figures.consolidation import Conversion
from ar_cockpit.domain.figures.kpis import Totals, count_back, dso
from ar_cockpit.domain.figures.waterfall import MOST_STEPS, Waterfall, of_amounts, of_days
from ar_cockpit.services.figures import consolidating, reporting
from ar_cockpit.services.figures.owed import balances_of
from ar_cockpit.services.people.companies import CompanySummary

FIGURES = ("overdue", "receivables", "dso_countback", "dso")
# A figure without customers of its own is explained by the balances it is made of.
EXPLAINED_BY = {"overdue_share": "overdue", "add": "overdue", "cei": "receivables"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure, from the close of one day to that of a later one."""

    figure: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Change:
    """A figure's change from one day to another; ``waterfall`` is none where one of the days has no such figure."""

    figure: str
    since: date
    until: date
    currency: str
    waterfall: Waterfall | None
    customers: Mapping[int, Named]


def change(
    session: Session,
    actor: Actor,
    asked: Moved,
    *,
    company: str = "",
    currency: str = "",
    into: str = "",
    most: int = MOST_STEPS,
) -> Change:
    """Return what moved a figure over the companies ``actor`` may see or one of them, at most so many customers."""
    if asked.figure not in FIGURES or asked.since >= asked.until:
        raise InputError("There is no such change.", "Choose a figure and a day before the one shown.")
    seen = reporting.visible_companies(session, actor, company)
    chosen = into or reporting.chosen_currency(session, seen, currency, asked.until)
    return of_companies(session, seen, asked, chosen, into=into, most=most)


def of_companies(
    session: Session,
    seen: Sequence[CompanySummary],
    asked: Moved,
    chosen: str,
    *,
    into: str = "",
    most: int = MOST_STEPS,
) -> Change:
    """Return what moved a figure of the companies ``seen``, which the caller may see."""
    figure, since, until = asked.figure, asked.since, asked.until
    ids = tuple(one.company_id for one in seen)
    if into:
        group = consolidating.ledgers(session, seen, into, until)
        slices, rates = dict(group.slices), (group.conversion(since), group.conversion(until))
    else:
        slices, rates = {chosen: Slice(ids, chosen)}, None
    before, after = (
        _balances(session, slices, day, rates[place] if rates else None, overdue=figure == "overdue")
        for place, day in enumerate((since, until))
    )
    moved = _amounts(before, after, most) if figure in {"overdue", "receivables"} else None
    if moved is None and figure not in {"overdue", "receivables"}:
        totals = _totals(session, slices, ids, (since, until), rates)
        moved = _days(figure, totals, before or {}, after or {}, most)
    names = debtors.names(session, [step.customer_id for step in moved.steps]) if moved else {}
    return Change(figure, since, until, chosen, moved, names)


def _amounts(before: Mapping[int, int] | None, after: Mapping[int, int] | None, most: int) -> Waterfall | None:
    return None if before is None or after is None else of_amounts(before, after, most)


def _balances(
    session: Session, slices: Mapping[str, Slice], day: date, rates: Conversion | None, *, overdue: bool
) -> dict[int, int] | None:
    """Return what customers owe on ``day`` in one currency; ``None`` without a rate."""
    found: Counter[int] = Counter()
    for currency, about in slices.items():
        factor = rates.factor(currency) if rates else 1
        if factor is None:
            return None
        for customer_id, minor, late in balances_of(session, about, day):
            found[customer_id] += round((late if overdue else minor) * factor)
    return dict(found)


def _totals(
    session: Session,
    slices: Mapping[str, Slice],
    ids: Sequence[int],
    days: tuple[date, date],
    rates: tuple[Conversion, Conversion] | None,
) -> tuple[Totals, Totals]:
    known = {currency: reporting.facts(session, about, days) for currency, about in slices.items()}
    told = []
    for place, day in enumerate(days):
        parts = {currency: one.totals(tuple(ids), day) for currency, one in known.items()}
        told.append(consolidated(parts, rates[place], reporting_period(day)) if rates else parts[next(iter(parts))])
    return told[0], told[1]


def _days(
    figure: str, totals: tuple[Totals, Totals], before: Mapping[int, int], after: Mapping[int, int], most: int
) -> Waterfall | None:
    first, last = totals
    told = (
        _dso(figure, first.receivables, first),
        _dso(figure, first.receivables, last),
        _dso(figure, last.receivables, last),
    )
    if None in told:
        return None
    return of_days((told[0] or 0.0, told[1] or 0.0, told[2] or 0.0), before, after, most)


def _dso(figure: str, receivables: int | None, sold: Totals) -> float | None:
    """Return the DSO of ``receivables`` with the sales of ``sold``."""
    if figure == "dso":
        return dso(receivables, sold.credit_sales, sold.period.days)
    return count_back(receivables, sold.sales_by_month, sold.period.end, sold.first_document_on)
