"""Figures of several currencies as one: each currency is summed as ever, then converted at the rates of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.figures import sums as figures
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, AgeBasis
from ar_cockpit.domain.figures.consolidated import aged, consolidated, figure_errors
from ar_cockpit.domain.figures.consolidation import Conversion, FigureError, Sums
from ar_cockpit.domain.figures.kpis import Kpis, Totals, as_told, combined, kpis
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.domain.money import check_currency
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.figures.looking_back import unapplied_cash
from ar_cockpit.services.figures.reporting import CompanyAmounts, Consolidation, Facts, KpiReport
from ar_cockpit.services.people.companies import CompanySummary
from ar_cockpit.services.rates.book import rates_into

LATE = "average_days_late"
UNAPPLIED = "unapplied_cash"
AMOUNTS = ("receivables", "overdue", "not_due", "credit_sales", UNAPPLIED)  # that companies are compared by


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The documents of some companies in every currency they have, to be shown in one."""

    into: str
    seen: Sequence[CompanySummary]
    slices: Mapping[str, Slice]

    @property
    def company_ids(self) -> tuple[int, ...]:
        """The companies."""
        return tuple(one.company_id for one in self.seen)

    def conversion(self, day: date) -> Conversion:
        """Return the rates of ``day``."""
        return rates_into(self.into, self.slices, day)


def ledgers(
    session: Session, seen: Sequence[CompanySummary], into: str, as_of: date, part: Part = ALL, *, only: str = ""
) -> Ledgers:
    """Return the ledgers of the companies ``seen`` in all currencies with a document or payment by ``as_of``.

    ``only``: the documents of one currency and no others.
    """
    company_ids = tuple(one.company_id for one in seen)
    found = [check_currency(only.upper())] if only else figures.currencies(session, company_ids, as_of)
    return Ledgers(check_currency(into.upper()), seen, {one: Slice(company_ids, one, part) for one in found})


def facts(session: Session, about: Ledgers, days: Sequence[date], packs: Packed | None = None) -> dict[str, Facts]:
    """Ask the database what the key figures of ``days`` are made of, by currency."""
    return {currency: reporting.facts(session, one, days, packs) for currency, one in about.slices.items()}


def totals(about: Ledgers, known: Mapping[str, Facts], day: date) -> dict[str, Totals]:
    """Return the sums of ``day`` by currency."""
    return {currency: one.totals(about.company_ids, day) for currency, one in known.items()}


def kpis_on(about: Ledgers, known: Mapping[str, Facts], day: date) -> Kpis:
    """Return the key figures of ``day`` in one currency, at the rates of that day."""
    parts = totals(about, known, day)
    return kpis(consolidated(parts, about.conversion(day), reporting_period(day)))


def kpi(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    into: str,
    company: str = "",
    only: str = "",
    basis: AgeBasis = AgeBasis.DUE,
) -> KpiReport:
    """Return every key figure of ``as_of`` in the currency ``into``, over the companies ``actor`` may see or one.

    ``only``: of the documents of one currency, converted like the others would be.
    """
    seen = reporting.visible_companies(session, actor, company)
    about = ledgers(session, seen, into, as_of, only=only)
    known = facts(session, about, [as_of])
    parts, rates = totals(about, known, as_of), about.conversion(as_of)
    told = kpis(consolidated(parts, rates, reporting_period(as_of)))
    unapplied = unapplied_by_company(session, about, as_of)
    ageing = told.totals.ageing
    if basis is AgeBasis.INVOICE:
        ageing = _by_invoice_date(session, about, rates, as_of)
    late, late_errors = _days_late(session, about, rates, as_of)
    sums = summed(unapplied)
    errors = [
        *figure_errors(parts, rates),
        *(FigureError(UNAPPLIED, missing) for missing in rates.missing(sums)),
        *late_errors,
    ]
    beside = side_by_side(about, known, rates, told.totals, unapplied, as_of)
    return KpiReport(
        as_of, about.into, tuple(seen), told, ageing, rates.total(sums), late, Consolidation(rates, errors, beside)
    )


def unapplied_by_company(
    session: Session, about: Ledgers, as_of: date, packs: Packed | None = None
) -> dict[str, dict[int, int]]:
    """Return the money received and not applied, by currency and company."""
    return {currency: unapplied_cash(session, one, as_of, packs) for currency, one in about.slices.items()}


def summed(by_company: Mapping[str, Mapping[int, int]]) -> dict[str, int]:
    """Return the companies' amounts as one of each currency."""
    return {currency: sum(one.values()) for currency, one in by_company.items()}


def side_by_side(
    about: Ledgers,
    known: Mapping[str, Facts],
    rates: Conversion,
    whole: Totals,
    unapplied: Mapping[str, Mapping[int, int]],
    as_of: date,
) -> list[CompanyAmounts]:
    """Return each company's amounts, in the group's currency so that they add up to the group's."""
    own = {
        one.company_id: {
            currency: _amounts(facts_of.totals((one.company_id,), as_of), unapplied[currency][one.company_id])
            for currency, facts_of in known.items()
        }
        for one in about.seen
    }
    group = {
        "receivables": whole.receivables,
        "not_due": whole.not_due,
        "credit_sales": whole.credit_sales,
        UNAPPLIED: rates.total(summed(unapplied)),
    }
    shares = {
        name: rates.shares(total, {key: _of(name, amounts) for key, amounts in own.items()})
        for name, total in group.items()
    }
    lines = []
    for one in about.seen:
        converted = {name: share[one.company_id] for name, share in shares.items()}
        converted["overdue"] = combined(converted["receivables"], minus=(converted["not_due"],))
        if converted["overdue"] is None:
            converted["overdue"] = rates.total(_of("overdue", own[one.company_id]))
        by_currency = {currency: amounts for currency, amounts in own[one.company_id].items() if any(amounts.values())}
        lines.append(CompanyAmounts(one, by_currency, {name: converted[name] for name in AMOUNTS}))
    return lines


def _amounts(one: Totals, unapplied: int) -> dict[str, int]:
    values = (one.receivables, one.overdue, one.not_due, one.credit_sales, unapplied)
    return {name: value or 0 for name, value in zip(AMOUNTS, values, strict=True)}


def _of(name: str, amounts: Mapping[str, Mapping[str, int]]) -> Sums:
    return {currency: values[name] for currency, values in amounts.items()}


def _by_invoice_date(session: Session, about: Ledgers, rates: Conversion, as_of: date) -> Mapping[str, int | None]:
    buckets: dict[str, dict[str, int]] = {key: {} for key in BUCKET_KEYS}
    for currency, one in about.slices.items():
        found = figures.ageing_on(session, one, [as_of], AgeBasis.INVOICE)[as_of].values()
        for key in BUCKET_KEYS:
            buckets[key][currency] = sum(part[key] for part in found)
    return aged(buckets, rates)


def _days_late(
    session: Session, about: Ledgers, rates: Conversion, as_of: date
) -> tuple[float | None, list[FigureError]]:
    """Return the average days late, weighted by amounts of one currency."""
    period = reporting_period(as_of)
    found = {
        currency: list(figures.days_late_of_settled(session, one, period).values())
        for currency, one in about.slices.items()
    }
    weighted, weight = (
        {currency: sum(pair[part] for pair in pairs) for currency, pairs in found.items()} for part in (0, 1)
    )
    late, amount = rates.exact(weighted), rates.exact(weight)
    errors = [FigureError(LATE, missing) for missing in rates.missing(weighted, weight)]
    if late is None or not amount:
        return None, errors
    return as_told(float(late / amount)), errors
