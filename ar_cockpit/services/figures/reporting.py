"""Key figures and their series: which documents an actor may sum, and the sums as of any day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session

from ar_cockpit.db.queries.figures import flows, flows_of_parts
from ar_cockpit.db.queries.figures import sums as figures
from ar_cockpit.db.queries.figures.flows_of_parts import PartRows
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.errors import SeveralCurrenciesError
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, AgeBasis
from ar_cockpit.domain.figures.consolidation import Conversion, FigureError
from ar_cockpit.domain.figures.kpis import (
    Kpis,
    Totals,
    as_told,
    average_days_late,
    count_back,
    kpis,
    month_ends_before,
)
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.domain.figures.sales import Sales, summed_up
from ar_cockpit.domain.money import check_currency
from ar_cockpit.services.clock import today
from ar_cockpit.services.people import companies
from ar_cockpit.services.people.companies import CompanySummary
from ar_cockpit.settings import get_settings


@dataclass(frozen=True, slots=True)
class KpiReport:
    """The key figures of one day, with what they are about."""

    as_of: date
    currency: str
    companies: tuple[CompanySummary, ...]
    figures: Kpis
    ageing: Mapping[str, int | None]
    unapplied_cash: int | None
    average_days_late: float | None
    consolidation: Consolidation | None = None


@dataclass(frozen=True, slots=True)
class CompanyAmounts:
    """A company's amounts: by currency as in its books, and in the group's currency so that companies sum to it."""

    company: CompanySummary
    by_currency: Mapping[str, Mapping[str, int]]
    converted: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """How figures of several currencies became one: at which rates, and which of them could not."""

    conversion: Conversion
    errors: Sequence[FigureError] = ()
    beside: Sequence[CompanyAmounts] = field(default=())


def visible_companies(session: Session, actor: Actor, code: str = "") -> tuple[CompanySummary, ...]:
    """Return the companies whose figures ``actor`` may see, or the one with ``code``."""
    chosen = companies.chosen_companies(session, actor, Permission.VIEW_FIGURES, code)
    seen = companies.visible_companies(session, actor, Permission.VIEW_FIGURES)
    return tuple(company for company in seen if company.company_id in chosen)


def business_date(session: Session, actor: Actor, company: str = "") -> date:
    """Return today: in the company's time zone when the figures are about one, else in the configured one."""
    zones = {one.timezone for one in visible_companies(session, actor, company)}
    return today(ZoneInfo(zones.pop()) if len(zones) == 1 else get_settings().zone)


def chosen_currency(session: Session, seen: Sequence[CompanySummary], asked: str, as_of: date) -> str:
    """Return the currency asked for, or the only one; raise ``SeveralCurrenciesError`` when there are more."""
    if asked:
        return check_currency(asked.upper())
    found = figures.currencies(session, [company.company_id for company in seen], as_of)
    if len(found) > 1:
        raise SeveralCurrenciesError(found)
    own = {company.currency for company in seen}
    return found[0] if found else own.pop() if len(own) == 1 else get_settings().default_currency


def slice_of(session: Session, seen: Sequence[CompanySummary], currency: str, as_of: date, part: Part = ALL) -> Slice:
    """Return the documents of the companies ``seen`` in the currency asked for or the only one, or a part of them."""
    chosen = chosen_currency(session, seen, currency, as_of)
    return Slice(tuple(company.company_id for company in seen), chosen, part)


def kpi(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    company: str = "",
    currency: str = "",
    basis: AgeBasis = AgeBasis.DUE,
) -> KpiReport:
    """Return every key figure of ``as_of``, over the companies ``actor`` may see or one of them.

    The ageing counts from the due date, or on request from the invoice date; the figures never do.
    """
    seen = visible_companies(session, actor, company)
    about = slice_of(session, seen, currency, as_of)
    late = figures.days_late_of_settled(session, about, reporting_period(as_of)).values()
    told = facts(session, about, [as_of]).kpis(as_of)
    return KpiReport(
        as_of=as_of,
        currency=about.currency,
        companies=seen,
        figures=told,
        ageing=told.totals.ageing if basis is AgeBasis.DUE else _aged(session, about, as_of, basis),
        unapplied_cash=sum(figures.unapplied_cash(session, about, as_of).values()),
        average_days_late=as_told(average_days_late(sum(part for part, _ in late), sum(whole for _, whole in late))),
    )


def ageing(session: Session, about: Slice, as_of: date) -> dict[int, dict[str, int]]:
    """Return the open amounts of any day by company and bucket."""
    if not about.part and flows.are_built(session, about.company_ids):
        return flows.ageing_on(session, about, [as_of])[as_of]
    return figures.ageing_on(session, about, [as_of])[as_of]


def count_back_series(session: Session, about: Slice, as_of: date, months: int) -> dict[date, float | None]:
    """Return the DSO by count-back on ``as_of`` and on the month ends before it, ``months`` in all."""
    days = (*month_ends_before(as_of, months - 1), as_of)
    if about.part or not flows.are_built(session, about.company_ids):
        told = facts(session, about, days)
        return {day: told.kpis(day).dso_countback for day in days}
    moved = flows.by_month(session, about, as_of)
    sales = {month: sold for month, sold, _, _ in moved}
    first = min((month for month, _, _, documents in moved if documents), default=None)
    receivables = {day: sum(minor for month, _, minor, _ in moved if month <= day) for day in days}
    # Only the month of the last day is not whole, and it counts to that day: every other day ends its month.
    return {day: as_told(count_back(receivables[day], sales, day, first)) for day in days}


def facts(session: Session, about: Slice, days: Sequence[date], packs: Packed | None = None) -> Facts:
    """Ask the database once for what the key figures of all of ``days`` and of every company are made of."""
    starts = [reporting_period(day).day_before for day in days]
    if about.part:
        read = flows_of_parts.rows(session, about, min(*days, *starts), packs)
        return Facts(about, *flows_of_parts.ageing_and_sales(session, read, [*days, *starts]), read)
    # Nothing is assumed: as soon as anything changed, the ledger itself is asked until the sums are made anew.
    kept = flows if flows.are_built(session, about.company_ids) else figures
    aged = kept.ageing_on(session, about, [*days, *starts])
    return Facts(about, aged, kept.sales_by_day(session, about, max(days)))


@dataclass(frozen=True, slots=True)
class Facts:
    """Open amounts by day, company and age, and sales by day and company."""

    about: Slice
    ageing: Mapping[date, Mapping[int, dict[str, int]]]
    sales: Sequence[tuple[date, int, int]]  # in order of the days
    read: PartRows | None = None  # what they are of, when it is a part of the customers
    _summed_up: dict[tuple[int, ...], Sales] = field(default_factory=dict, compare=False, repr=False)

    def kpis(self, day: date, company_id: int | None = None) -> Kpis:
        """Return the key figures of ``day``, of all companies together or of one."""
        return kpis(self.totals(self.about.company_ids if company_id is None else (company_id,), day))

    def totals(self, company_ids: Sequence[int], day: date) -> Totals:
        """Return the sums of ``day`` over some of the companies."""
        period = reporting_period(day)
        aged = _summed(self.ageing[day][one] for one in company_ids)
        opening = _summed(self.ageing[period.day_before][one] for one in company_ids)
        sold = self._sold(tuple(company_ids))
        first_on = sold.first_on
        return Totals(
            period=period,
            receivables=sum(aged.values()),
            receivables_at_start=sum(opening.values()),
            credit_sales=sold.within(period),
            ageing=aged,
            sales_by_month=sold.by_month(day),
            first_document_on=first_on if first_on and first_on <= day else None,
        )

    def _sold(self, company_ids: tuple[int, ...]) -> Sales:
        found = self._summed_up.get(company_ids)
        if found is None:
            sold = ((on, minor) for on, company, minor in self.sales if company in company_ids)
            found = self._summed_up[company_ids] = summed_up(sold)
        return found


def _aged(session: Session, about: Slice, as_of: date, basis: AgeBasis) -> dict[str, int]:
    return _summed(figures.ageing_on(session, about, [as_of], basis)[as_of].values())


def _summed(by_company: Iterable[Mapping[str, int]]) -> dict[str, int]:
    parts = list(by_company)
    return {key: sum(part[key] for part in parts) for key in BUCKET_KEYS}
