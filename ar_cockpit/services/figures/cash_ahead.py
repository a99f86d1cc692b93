"""The cash to come as a treasurer asks for it: by day, week and summed up, by company, with what drives it; what if.

Everything is made of what is kept of the forecast: nothing is fitted for a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.forecast.cash import WEEK, Sums, widened
from ar_cockpit.domain.forecast.driving import WEEKS_AHEAD, Driver, Driving, Kind, OfKind
from ar_cockpit.domain.forecast.supposing import supposed
from ar_cockpit.domain.forecast.supposition import Supposition
from ar_cockpit.services.figures import cash_outlook, consolidated_cash, consolidating, reporting
from ar_cockpit.services.figures.cash_outlook import CashOutlook
from ar_cockpit.services.figures.forecasting import WITHIN, CompanyCash, ExpectedCash, spans
from ar_cockpit.services.people.companies import CompanySummary

SOON = 4  # weeks
MOST = 50  # customers


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One company's cash in one currency, in that currency's minor units."""

    company: CompanySummary
    currency: str
    open: int
    overdue: int
    within_30: ExpectedCash
    quarter: ExpectedCash  # the thirteen weeks
    method: str
    is_tested: bool  # whether there was history enough to hold the band against earlier months


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer with much cash to come."""

    company: str
    code: str
    name: str
    open: int
    overdue: int
    agreed: int  # under a promise or plan
    soon: int  # expected within four weeks
    quarter: int  # and within thirteen
    share: float  # of all that is expected within thirteen
    weeks: tuple[int, ...] = ()  # each of the thirteen


@dataclass(frozen=True, slots=True)
class KindLine:
    """Open invoices expected for the same reason."""

    kind: Kind
    count: int
    open: int
    expected: int
    share: float


@dataclass(frozen=True, slots=True)
class SupposedWeek:
    """A week as it is forecast, and as it would be."""

    forecast: ExpectedCash
    supposed: ExpectedCash

    @property
    def difference(self) -> int:
        """What comes more, or less, than forecast."""
        return self.supposed.expected - self.forecast.expected


@dataclass(frozen=True, slots=True)
class CashAhead:
    """Everything the cash page shows, in one currency."""

    outlook: CashOutlook
    cumulated: tuple[ExpectedCash, ...]  # by the end of each week; ``start`` is the week's
    places: tuple[PlaceLine, ...]
    kinds: tuple[KindLine, ...]
    customers: tuple[CustomerLine, ...]
    supposed: tuple[SupposedWeek, ...]  # none when nothing is supposed
    failing: CustomerLine | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    company: CompanySummary
    currency: str
    cash: CompanyCash
    driving: Driving
    factor: float

    def wide(self, totals: Sums) -> Sums:
        """Return sums in the page's currency, their variance as the company's own past asks for."""
        report = self.cash.report
        return widened(totals.times(self.factor), report.band_scale, report.band_common)


def ahead(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    company: str = "",
    currency: str = "",
    into: str = "",
    asked: Supposition = Supposition(),  # noqa: B008 (frozen)
) -> CashAhead:
    """Return the cash to come over the companies ``actor`` may see or one, in ``currency`` or ``into`` another."""
    about = {"as_of": as_of, "company": company}
    if into:
        outlook = consolidated_cash.outlook(session, actor, into=into, **about)  # type: ignore[arg-type]
    else:
        outlook = cash_outlook.outlook(session, actor, currency=currency, **about)  # type: ignore[arg-type]
    seen = reporting.visible_companies(session, actor, company)
    every = _parts(session, seen, outlook, into=bool(into))
    parts = [part for part in every if part.factor and not outlook.missing]
    customers = _customers(session, parts)
    failing = next((line for line, _ in customers if f"{line.company}/{line.code}" == asked.failing), None)
    known = asked if failing else Supposition(asked.terms_days, "", asked.a_week_later)
    return CashAhead(
        outlook,
        _cumulated(parts, outlook),
        tuple(_place(part, as_of) for part in every),
        _kinds(parts),
        tuple(line for line, _ in customers),
        _supposed(parts, customers, outlook, known) if known else (),
        failing,
    )


def _parts(session: Session, seen: Sequence[CompanySummary], outlook: CashOutlook, *, into: bool) -> list[_Part]:
    found = [(one, cash_outlook.company_driving(session, one, outlook.as_of)) for one in seen]
    rates = consolidating.ledgers(session, seen, outlook.currency, outlook.as_of).conversion(outlook.as_of)
    return [
        _Part(
            one,
            currency,
            part,
            part.driving,
            float(rates.factor(currency) or 0) if into else float(currency == outlook.currency),
        )
        for one, parts in found
        for currency, part in sorted(parts.items())
        if part.driving is not None
    ]


def _cumulated(parts: Sequence[_Part], outlook: CashOutlook) -> tuple[ExpectedCash, ...]:
    if not parts:
        return ()
    total = _summed([part.wide(part.driving.cumulated) for part in parts])
    # The sums of the weeks as they are shown; only the band is that of the sums.
    expected = np.cumsum([week.expected for week in outlook.forecast.weeks[:WEEKS_AHEAD]]).astype(float)
    return spans(outlook.as_of, WEEK, expected, total)


def _place(part: _Part, as_of: date) -> PlaceLine:
    report, driving = part.cash.report, part.driving
    quarter = widened(_last(driving.cumulated), report.band_scale, report.band_common)
    within = part.cash.sums.within
    return PlaceLine(
        part.company,
        part.currency,
        round(sum(one.open for one in driving.kinds.values())),
        round(driving.overdue),
        spans(as_of, WITHIN, np.round(within.expected), within)[0],
        spans(as_of, WEEKS_AHEAD * WEEK, np.round(quarter.expected), quarter)[0],
        report.method,
        report.is_band_tested,
    )


def _kinds(parts: Sequence[_Part]) -> tuple[KindLine, ...]:
    total = sum(one.expected * part.factor for part in parts for one in part.driving.kinds.values())
    lines = []
    for kind in Kind:
        own = [(part.driving.kinds.get(kind, OfKind(0, 0.0, 0.0)), part.factor) for part in parts]
        count = sum(one.count for one, _ in own)
        if not count:
            continue
        expected = sum(one.expected * factor for one, factor in own)
        amount = round(sum(one.open * factor for one, factor in own))
        lines.append(KindLine(kind, count, amount, round(expected), expected / total if total else 0.0))
    return tuple(lines)


def _customers(session: Session, parts: Sequence[_Part]) -> list[tuple[CustomerLine, list[tuple[_Part, Driver]]]]:
    """Return the customers with the largest sums, each with its weeks in every currency it owes."""
    total = sum(one.expected * part.factor for part in parts for one in part.driving.kinds.values())
    own: dict[tuple[int, str], list[tuple[_Part, Driver]]] = {}
    for part in parts:
        for driver in part.driving.customers:
            code = driver.customer.split("\x1f", 1)[-1]
            own.setdefault((part.company.company_id, code), []).append((part, driver))
    names = _names(session, list(own))
    lines = [(_customer(key, names.get(key, key[1]), drivers, total), drivers) for key, drivers in own.items()]
    return sorted(lines, key=lambda one: (-one[0].quarter, one[0].company, one[0].code))[:MOST]


def _customer(key: tuple[int, str], name: str, drivers: Sequence[tuple[_Part, Driver]], total: float) -> CustomerLine:
    weeks = [part.factor * driver.weeks.total.expected for part, driver in drivers]
    soon, quarter = (sum(float(one[:length].sum()) for one in weeks) for length in (SOON, WEEKS_AHEAD))
    owed, overdue, agreed = (
        round(sum(part.factor * value for (part, _), value in zip(drivers, values, strict=True)))
        for values in zip(*((one.open, one.overdue, one.agreed) for _, one in drivers), strict=True)
    )
    company = drivers[0][0].company.code
    share = quarter / total if total else 0.0
    by_week = tuple(round(float(week)) for week in np.sum(weeks, axis=0)[:WEEKS_AHEAD])
    return CustomerLine(company, key[1], name, owed, overdue, agreed, round(soon), round(quarter), share, by_week)


def _names(session: Session, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], str]:
    row = CustomerRow
    question = select(col(row.company_id), col(row.code), col(row.name)).where(
        col(row.company_id).in_({company for company, _ in keys}),
        among(session, col(row.code), sorted({code for _, code in keys})),
    )
    return {(company, code): name for company, code, name in session.execute(question)} if keys else {}


def _supposed(
    parts: Sequence[_Part],
    customers: Sequence[tuple[CustomerLine, list[tuple[_Part, Driver]]]],
    outlook: CashOutlook,
    asked: Supposition,
) -> tuple[SupposedWeek, ...]:
    gone = {
        id(part): driver.weeks
        for line, drivers in customers
        if asked.failing == f"{line.company}/{line.code}"
        for part, driver in drivers
    }
    if not parts:
        return ()
    other = _summed([part.wide(supposed(part.driving.weeks, asked, gone.get(id(part)))) for part in parts])
    same = _summed([part.wide(supposed(part.driving.weeks, Supposition())) for part in parts])
    moved = np.round(other.expected) - np.round(same.expected)
    weeks = outlook.forecast.weeks[:WEEKS_AHEAD]
    expected = np.array([week.expected for week in weeks]) + moved
    told = spans(outlook.as_of, WEEK, np.maximum(expected, 0.0), other)
    return tuple(SupposedWeek(week, one) for week, one in zip(weeks, told, strict=True))


def _summed(some: Sequence[Sums]) -> Sums:
    total = some[0]
    for one in some[1:]:
        total += one
    return total


def _last(totals: Sums) -> Sums:
    return totals.each(lambda spans: spans[-1:])
