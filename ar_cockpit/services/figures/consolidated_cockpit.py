"""The executive's read model over several currencies: each is asked for as ever, then shown in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.figures import disputes
from ar_cockpit.db.queries.figures.disputes import DisputedFor
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures.ageing import DISPUTE_AGES
from ar_cockpit.domain.figures.consolidated import figure_errors
from ar_cockpit.domain.figures.consolidation import Conversion, FigureError, Sums
from ar_cockpit.domain.figures.kpis import Totals, combined, dispute_share, month_ends_before
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.services.figures import consolidating, executive, looking_back, reporting
from ar_cockpit.services.figures.breakdown import NOTHING, breakdown
from ar_cockpit.services.figures.consolidating import UNAPPLIED, Ledgers
from ar_cockpit.services.figures.executive import MONTHS, Cockpit, CompanyLine, Look
from ar_cockpit.services.figures.owed import owed
from ar_cockpit.services.figures.reporting import CompanyAmounts, Consolidation, Facts
from ar_cockpit.services.figures.team import CollectorLine, CollectorSums, collector_lines, collector_sums
from ar_cockpit.services.rates.book import rates_into

PerKey = dict[str, dict[str, int]]  # e-mail or reason -> minor units by currency


def cockpit(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    into: str,
    company: str = "",
    part: Part = ALL,
    look: Look | None = None,
) -> Cockpit:
    """Return the executive's figures of ``as_of`` in the currency ``into``.

    Every day of the series has the rates of that day: a past figure is what the screen said on that day.
    """
    seen = reporting.visible_companies(session, actor, company)
    about = consolidating.ledgers(session, seen, into, as_of, part)
    period, months = reporting_period(as_of), (*month_ends_before(as_of, MONTHS), as_of)
    packs = looking_back.read(session, about.company_ids, as_of, part)
    known = consolidating.facts(session, about, [*months, period.day_before], packs)
    rates = about.conversion(as_of)
    series = [(day, consolidating.kpis_on(about, known, day)) for day in months]
    now = series[-1][1]
    unapplied = consolidating.unapplied_by_company(session, about, as_of, packs)
    amounts = consolidating.side_by_side(about, known, rates, now.totals, unapplied, as_of)
    beside = _with_converted(executive.side_by_side(session, seen, as_of, known, part, packs), amounts)
    errors = figure_errors(consolidating.totals(about, known, as_of), rates)
    first = Cockpit(
        as_of=as_of,
        currency=about.into,
        compared_on=period.day_before,
        now=now,
        before=consolidating.kpis_on(about, known, period.day_before),
        series=series,
        unapplied_cash=rates.total(consolidating.summed(unapplied)),
        targets={} if part else _targets(about, beside, as_of),
        came_within_30=_came_within(session, about, known, executive.past_days(as_of)),
        part=part,
        breakdown=replace(NOTHING, names=names_of(session, {part.sales, part.collector} - {""})),
        consolidation=Consolidation(rates, errors, amounts),
    )
    if look:
        look(first)
    return _whole(session, first, about, beside, consolidating.summed(unapplied), packs)


def _whole(
    session: Session,
    first: Cockpit,
    about: Ledgers,
    beside: Sequence[CompanyLine],
    unapplied: Sums,
    packs: Packed | None,
) -> Cockpit:
    as_of, period, rates, now = first.as_of, reporting_period(first.as_of), about.conversion(first.as_of), first.now
    every = owed(session, about.slices, as_of, packs)
    overdue, lost = rates.totals({currency: one.overdue() for currency, one in every.by_currency.items()})
    done = collector_sums(session, about.slices, every, as_of)
    disputed = {one: disputes.newly_disputed(session, slice_of, period) for one, slice_of in about.slices.items()}
    others = _errors(rates, _others(unapplied, list(lost.values()), done, disputed))
    how = first.consolidation
    return replace(
        first,
        is_whole=True,
        overdue_documents=sum(one.overdue_documents for one in every.by_currency.values()),
        overdue_customers=len(overdue) + len(lost),
        debtors=executive.debtor_lines(session, list(about.slices.values()), list(overdue.items()), as_of),
        collectors=_collector_lines(session, done, rates, now.totals, first.targets),
        companies=beside,
        disputes=_disputes(session, about, rates, as_of),
        dispute_share=dispute_share(rates.total(disputed), now.totals.credit_sales),
        breakdown=breakdown(session, every, rates),
        consolidation=replace(how, errors=[*how.errors, *others]) if how else None,
    )


def _collector_lines(
    session: Session, done: Mapping[str, CollectorSums], rates: Conversion, whole: Totals, targets: Mapping[str, float]
) -> list[CollectorLine]:
    return collector_lines(session, _collectors(done, rates, whole), targets.get("collected_month"))


def _errors(rates: Conversion, sums: Mapping[str, Sequence[Sums]]) -> list[FigureError]:
    return [FigureError(figure, one) for figure, several in sums.items() for one in rates.missing(*several)]


def _others(
    unapplied: Sums, left_out: list[Sums], done: Mapping[str, CollectorSums], disputed: Sums
) -> dict[str, list[Sums]]:
    """Return what the figures beside the key figures are made of, by the name that an error gives them."""
    collected: list[Sums] = list(_by_email(done, "collected").values())
    return {UNAPPLIED: [unapplied], "debtors": left_out, "collected": collected, "dispute_share": [disputed]}


def _with_converted(lines: Iterable[CompanyLine], amounts: Iterable[CompanyAmounts]) -> list[CompanyLine]:
    converted = {one.company.company_id: one.converted["receivables"] for one in amounts}
    return [replace(line, converted_minor=converted[line.company.company_id]) for line in lines]


def _targets(about: Ledgers, lines: Sequence[CompanyLine], as_of: date) -> dict[str, float]:
    """Return the goals of the companies that have documents, amounts at the rates of the day; none without a rate."""
    lines = [line for line in lines if line.figures.totals.first_document_on is not None]
    rates = rates_into(about.into, [line.company.currency for line in lines], as_of)
    factors = {line.company.currency: rates.factor(line.company.currency) for line in lines}
    known = {currency: float(factor) for currency, factor in factors.items() if factor is not None}
    return executive.combined_targets(lines, known) if len(known) == len(factors) else {}


def _by_email(parts: Mapping[str, CollectorSums], name: str) -> PerKey:
    """Return one of the collectors' measures by e-mail and currency."""
    found: PerKey = defaultdict(dict)
    for currency, sums in parts.items():
        for email, minor in getattr(sums, name).items():
            found[email][currency] = minor
    return found


def _collectors(parts: Mapping[str, CollectorSums], rates: Conversion, whole: Totals) -> CollectorSums:
    """Return the collectors' measures in one currency: their portfolios add up to the receivables."""
    opened: PerKey = defaultdict(dict)
    not_due: PerKey = defaultdict(dict)
    for currency, sums in parts.items():
        for email, (minor, late) in sums.portfolios.items():
            opened[email][currency] = minor or 0
            not_due[email][currency] = (minor or 0) - (late or 0)
    open_shares, not_due_shares = rates.shares(whole.receivables, opened), rates.shares(whole.not_due, not_due)
    collected, falling_due = _by_email(parts, "collected"), _by_email(parts, "falling_due")
    month = {currency: sum(one.get(currency, 0) for one in collected.values()) for currency in parts}
    due = {email: rates.total(sums) for email, sums in falling_due.items()}
    return CollectorSums(
        {email: (open_shares[email], combined(open_shares[email], minus=(not_due_shares[email],))) for email in opened},
        rates.shares(rates.total(month), collected),
        {} if None in due.values() else {email: minor or 0 for email, minor in due.items()},
        # Of all customers in every currency's sums: the same contacts again.
        {email: max(counts.values()) for email, counts in _by_email(parts, "touches").items()},
        _kept(parts),
    )


def _kept(parts: Mapping[str, CollectorSums]) -> dict[str, tuple[int, int]]:
    total: dict[str, tuple[int, int]] = {}
    for sums in parts.values():
        for email, (kept, decided) in sums.kept.items():
            before = total.get(email, (0, 0))
            total[email] = (before[0] + kept, before[1] + decided)
    return total


def _came_within(
    session: Session, about: Ledgers, known: Mapping[str, Facts], past: Sequence[date]
) -> dict[date, int | None]:
    if not past:
        return {}
    came = {one: executive.came_within(session, part, past, known[one].read) for one, part in about.slices.items()}
    return {day: about.conversion(day).total({one: by_day[day] for one, by_day in came.items()}) for day in past}


def _disputes(session: Session, about: Ledgers, rates: Conversion, as_of: date) -> list[DisputedFor]:
    """Return the open disputes by reason, those of all currencies together."""
    found: dict[str, dict[str, DisputedFor]] = defaultdict(dict)
    for currency, one in about.slices.items():
        for line in disputes.open_by_reason(session, one, as_of):
            found[line.reason][currency] = line
    lines = []
    for reason, parts in found.items():
        aged = sum(one.aged for one in parts.values())
        days = sum((one.average_age or 0) * one.aged for one in parts.values())
        amount = rates.total({currency: one.open_minor or 0 for currency, one in parts.items()})
        ages = {
            index: {currency: one.by_age[index] or 0 for currency, one in parts.items()}
            for index in range(len(DISPUTE_AGES))
        }
        by_age = tuple(rates.shares(amount, ages).values())
        count, average = sum(one.count for one in parts.values()), days / aged if aged else None
        lines.append(DisputedFor(reason, count, amount, average, aged, by_age))
    return sorted(lines, key=lambda line: (-(line.open_minor or 0), line.reason))
