"""The executive's read model: are we getting paid, by whom not, and who is on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import OpenItem
from ar_cockpit.db.queries.collecting.worklist import WorkBook, judged_work_book
from ar_cockpit.db.queries.customers import CustomerLine, names_of
from ar_cockpit.db.queries.figures import applied, cash_in, debtors, disputes, flows, flows_of_parts
from ar_cockpit.db.queries.figures.disputes import DisputedFor
from ar_cockpit.db.queries.figures.flows_of_parts import PartRows
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.collecting.priority import Priority, prioritise
from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.figures.habits import Habit
from ar_cockpit.domain.figures.kpis import Kpis, as_told, average_days_late, dispute_share, month_ends_before
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.services import portfolio
from ar_cockpit.services.figures import looking_back, reporting
from ar_cockpit.services.figures.breakdown import NOTHING, Breakdown, breakdown
from ar_cockpit.services.figures.owed import largest_first, owed
from ar_cockpit.services.figures.reporting import Consolidation, Facts
from ar_cockpit.services.figures.team import CollectorLine, CollectorSums, collector_lines, collector_sums
from ar_cockpit.services.people.companies import CompanySummary

__all__ = ["Cockpit", "CollectorLine", "CollectorSums", "CompanyLine", "DebtorLine", "DisputedFor", "cockpit"]
MONTHS = 12
DAYS_AHEAD = 30
TOP = 10
# What an overdue amount counts for when customers are ranked: an amount at risk weighs more than one merely late.
RISK_WEIGHTS = {Level.HOLD: 3, Level.WATCH: 2, Level.OK: 1}
_JUDGED_AT_ONCE = 15  # who owes much is mostly at risk, and then hardly more than ten are looked at
AMOUNT_TARGETS = frozenset({"receivables", "cash_30", "collected_month"})


@dataclass(frozen=True, slots=True)
class DebtorLine:
    """A customer that matters: what it has overdue, how risky it is, and what happens next."""

    code: str
    name: str
    country: str
    company: str
    overdue_minor: int | None
    oldest_due_on: date | None
    risk: Level
    habit: Habit
    late_by_month: Sequence[float | None]
    owner: str
    next_step: Priority | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A customer with what it has overdue and its risk, and all that both were judged by."""

    line: CustomerLine
    overdue_minor: int
    risk: Level
    book: WorkBook

    @property
    def weighted_minor(self) -> int:
        """What its overdue amount counts for."""
        return self.overdue_minor * RISK_WEIGHTS[self.risk]

    @property
    def items(self) -> Sequence[OpenItem]:
        """Its open documents."""
        return self.book.credit.items.get(self.line.customer_id, ())


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """A company beside the others, in its own currency, and what it adds to the group's receivables."""

    company: CompanySummary
    figures: Kpis
    average_days_late: float | None
    converted_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Cockpit:
    """Everything on the screen but the cash to come."""

    as_of: date
    currency: str
    compared_on: date
    now: Kpis
    before: Kpis
    series: Sequence[tuple[date, Kpis]]
    unapplied_cash: int | None
    targets: Mapping[str, float]
    # of the ledger of each day of the series that is 30 days past, and of compared_on
    came_within_30: Mapping[date, int | None]
    part: Part
    consolidation: Consolidation | None = None
    # What takes a pass over all customers; not yet known of a first look.
    is_whole: bool = False
    overdue_documents: int = 0
    overdue_customers: int = 0
    debtors: Sequence[DebtorLine] = ()
    collectors: Sequence[CollectorLine] = ()
    companies: Sequence[CompanyLine] = ()
    disputes: Sequence[DisputedFor] = ()
    dispute_share: float | None = None
    breakdown: Breakdown = NOTHING


Look = Callable[[Cockpit], None]
"""Is given the key figures and the series as soon as they are known, before what takes a pass over all customers."""


def cockpit(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    company: str = "",
    currency: str = "",
    part: Part = ALL,
    look: Look | None = None,
) -> Cockpit:
    """Return the executive's figures of ``as_of``, over the companies ``actor`` may see or one of them.

    ``part``: of some of their customers only. Goals are those of whole companies and left out then.
    """
    seen = reporting.visible_companies(session, actor, company)
    about = reporting.slice_of(session, seen, currency, as_of, part)
    period, months = reporting_period(as_of), (*month_ends_before(as_of, MONTHS), as_of)
    packs = looking_back.read(session, about.company_ids, as_of, part)
    facts = reporting.facts(session, about, [*months, period.day_before], packs)
    own = [one for one in seen if one.currency == about.currency]
    told = {one.company_id: facts.kpis(as_of, one.company_id) for one in own}
    first = Cockpit(
        as_of=as_of,
        currency=about.currency,
        compared_on=period.day_before,
        now=facts.kpis(as_of),
        before=facts.kpis(period.day_before),
        series=[(day, facts.kpis(day)) for day in months],
        unapplied_cash=sum(looking_back.unapplied_cash(session, about, as_of, packs).values()),
        targets={} if part else combined_targets([CompanyLine(one, told[one.company_id], None) for one in own]),
        came_within_30=came_within(session, about, past_days(as_of), facts.read),
        part=part,
        breakdown=replace(NOTHING, names=names_of(session, {part.sales, part.collector} - {""})),
    )
    if look:
        look(first)
    return _whole(
        session, first, about, side_by_side(session, seen, as_of, {about.currency: facts}, part, packs), packs
    )


def _whole(
    session: Session, first: Cockpit, about: Slice, beside: Sequence[CompanyLine], packs: Packed | None
) -> Cockpit:
    as_of, period = first.as_of, reporting_period(first.as_of)
    every = owed(session, {about.currency: about}, as_of, packs)
    own = every.by_currency[about.currency]
    sums = collector_sums(session, {about.currency: about}, every, as_of)[about.currency]
    return replace(
        first,
        is_whole=True,
        overdue_documents=own.overdue_documents,
        overdue_customers=own.overdue_customers,
        debtors=debtor_lines(session, [about], own.overdue(), as_of),
        collectors=collector_lines(session, sums, first.targets.get("collected_month")),
        companies=beside,
        disputes=disputes.open_by_reason(session, about, as_of),
        dispute_share=dispute_share(disputes.newly_disputed(session, about, period), first.now.totals.credit_sales),
        breakdown=breakdown(session, every, None),
    )


def past_days(as_of: date) -> list[date]:
    """Return the days of the series, and the one it is compared with, after which thirty days have passed."""
    days = (*month_ends_before(as_of, MONTHS), as_of, reporting_period(as_of).day_before)
    return [day for day in days if day + timedelta(days=DAYS_AHEAD) <= as_of]


def came_within(session: Session, about: Slice, days: Sequence[date], read: PartRows | None) -> dict[date, int]:
    """Return what came within thirty days of each of ``days`` of the documents open on it; of a part, as ``read``."""
    if not days:
        return {}
    if read:
        return flows_of_parts.settled_within(session, read, days, DAYS_AHEAD)
    if not flows.are_built(session, about.company_ids):
        return cash_in.settled_within(session, about, days, DAYS_AHEAD)
    return applied.settled_within(session, about, days, DAYS_AHEAD)


def side_by_side(
    session: Session,
    seen: Sequence[CompanySummary],
    as_of: date,
    known: Mapping[str, Facts],
    part: Part = ALL,
    packs: Packed | None = None,
) -> list[CompanyLine]:
    """Return each company's figures in its own currency; one set of queries for each currency not yet ``known``."""
    lines: list[CompanyLine] = []
    by_currency = sorted(seen, key=lambda one: one.currency)
    for currency, group in groupby(by_currency, key=lambda one: one.currency):
        members = list(group)
        about = Slice(tuple(one.company_id for one in members), currency, part)
        facts = known.get(currency) or reporting.facts(session, about, [as_of], packs)
        late = looking_back.days_late_of_settled(session, about, reporting_period(as_of), packs)
        lines += [
            CompanyLine(one, facts.kpis(as_of, one.company_id), as_told(average_days_late(*late[one.company_id])))
            for one in members
        ]
    return sorted(lines, key=lambda line: line.company.name)


def combined_targets(lines: Sequence[CompanyLine], factors: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the goals of several companies as one: amounts add up, ratios are weighted by credit sales.

    ``factors`` convert amounts of a company's currency; without them all companies have the same.
    """
    worth = [1.0 if factors is None else factors[line.company.currency] for line in lines]
    sales = [factor * max(0, line.figures.totals.credit_sales or 0) for factor, line in zip(worth, lines, strict=True)]
    combined: dict[str, float] = {}
    for key in set.intersection(*(set(line.company.targets) for line in lines)) if lines else ():
        goals = [
            line.company.targets[key] * (factor if key in AMOUNT_TARGETS else 1)
            for factor, line in zip(worth, lines, strict=True)
        ]
        if key in AMOUNT_TARGETS or len(goals) == 1:
            combined[key] = sum(goals)
        elif any(sales):
            combined[key] = sum(goal * sold for goal, sold in zip(goals, sales, strict=True)) / sum(sales)
    return combined


def debtor_lines(
    session: Session, about: Sequence[Slice], overdue: Sequence[tuple[int, int]], as_of: date
) -> list[DebtorLine]:
    """Return the customers with the largest overdue × risk."""
    judged = _largest_judged(session, overdue, as_of)
    ranked = sorted(judged, key=lambda one: (-one.weighted_minor, one.line.customer_id))[:TOP]
    return _debtor_lines(session, about, ranked, as_of) if ranked else []


def _largest_judged(session: Session, overdue: Sequence[tuple[int, int]], as_of: date) -> list[_Judged]:
    """Return those who can be among the first: nobody who owes less than the tenth by its own weight."""
    judged: list[_Judged] = []
    for some in largest_first(overdue, _JUDGED_AT_ONCE):
        weighted = sorted((one.weighted_minor for one in judged), reverse=True)
        if len(weighted) >= TOP and some[0][1] * max(RISK_WEIGHTS.values()) < weighted[TOP - 1]:
            break
        amounts = dict(some)
        book = judged_work_book(session, col(CustomerRow.id).in_(amounts), as_of)
        judged += [
            _Judged(line, amounts[line.customer_id], portfolio.judged(line, book.credit, as_of)[1].level, book)
            for line in book.credit.lines
        ]
    return judged


def _debtor_lines(session: Session, about: Sequence[Slice], ranked: Sequence[_Judged], as_of: date) -> list[DebtorLine]:
    names = names_of(session, {one.line.collector_email for one in ranked})
    late = debtors.late_by_month(session, [one.line.customer_id for one in ranked], as_of, MONTHS)
    currencies = {one.currency for one in about}
    return [
        DebtorLine(
            code=one.line.code,
            name=one.line.name,
            country=one.line.country,
            company=one.line.company_code,
            overdue_minor=one.overdue_minor,
            oldest_due_on=portfolio.oldest_due(one.items, currencies, as_of),
            risk=one.risk,
            habit=one.book.credit.habits.get(one.line.customer_id, Habit()),
            late_by_month=late[one.line.customer_id],
            owner=names.get(one.line.collector_email, one.line.collector_email),
            next_step=prioritise(portfolio.task_facts(one.line, one.book, as_of), as_of),
        )
        for one in ranked
    ]
