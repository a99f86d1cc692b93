"""Where receivables lie: by segment, country, sales owner and payer score, and how few customers owe most of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.queries.figures.debtors import Balance
from ar_cockpit.db.queries.figures.parts import Traits
from ar_cockpit.domain.figures.concentration import Concentration, concentration
from ar_cockpit.domain.figures.consolidation import Conversion
from ar_cockpit.domain.figures.kpis import combined

SCORE_BANDS = ((80, "80"), (60, "60"), (40, "40"), (0, "0"))


class By(StrEnum):
    """What customers are grouped by."""

    SEGMENT = "segment"
    COUNTRY = "country"
    SALES = "sales"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class PartLine:
    """What a group of customers owes; ``key`` is empty for those that belong to none."""

    key: str
    customers: int
    open_minor: int | None
    overdue_minor: int | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The receivables by group, and their concentration; what can be chosen to look at alone."""

    lines: Mapping[By, Sequence[PartLine]]
    concentration: Concentration
    choices: Mapping[str, Sequence[str]]  # segment, country, sales, collector
    names: Mapping[str, str]  # of people, by their e-mail


def breakdown(
    session: Session,
    company_ids: Sequence[int],
    owed: Mapping[str, Sequence[Balance]],
    rates: Conversion | None,
) -> Breakdown:
    """Return where what is ``owed`` (by currency) lies; each grouping adds up to the receivables."""
    known = parts.traits(session, company_ids)
    choices = {
        "segment": sorted({one.segment for one in known.values() if one.segment}),
        "country": sorted({one.country for one in known.values() if one.country}),
        "sales": sorted({one.sales for one in known.values() if one.sales}),
        "collector": sorted({one.collector for one in known.values() if one.collector}),
    }
    emails = {*choices["sales"], *choices["collector"]}
    names = names_of(session, emails)
    lines = {by: _lines(owed, known, _KEYS[by], rates) for by in By}
    return Breakdown(lines, concentration(_in_one(owed, rates)), choices, names)


def _band(one: Traits) -> str:
    return "" if one.score is None else next(key for least, key in SCORE_BANDS if one.score >= least)


_KEYS: dict[By, Callable[[Traits], str]] = {
    By.SEGMENT: lambda one: one.segment or "",
    By.COUNTRY: lambda one: one.country,
    By.SALES: lambda one: one.sales,
    By.SCORE: _band,
}


def _lines(
    owed: Mapping[str, Sequence[Balance]],
    known: Mapping[int, Traits],
    key_of: Callable[[Traits], str],
    rates: Conversion | None,
) -> list[PartLine]:
    opened: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    not_due: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    customers: dict[str, set[int]] = defaultdict(set)
    for currency, balances in owed.items():
        for customer_id, whole, late, _ in balances:
            key = key_of(known[customer_id]) if customer_id in known else ""
            opened[key][currency] += whole
            not_due[key][currency] += whole - late
            customers[key].add(customer_id)
    shares, rest = _shared(opened, rates), _shared(not_due, rates)
    lines = [
        PartLine(key, len(customers[key]), shares[key], combined(shares[key], minus=(rest[key],))) for key in opened
    ]
    return sorted(lines, key=lambda line: (-(line.open_minor or 0), line.key))


def _shared(sums: Mapping[str, Mapping[str, int]], rates: Conversion | None) -> dict[str, int | None]:
    """Return the groups' sums in one currency so that they add up to the whole."""
    if rates is None:
        return {key: sum(by_currency.values()) for key, by_currency in sums.items()}
    whole: dict[str, int] = defaultdict(int)
    for by_currency in sums.values():
        for currency, minor in by_currency.items():
            whole[currency] += minor
    return rates.shares(rates.total(whole), sums)


def _in_one(owed: Mapping[str, Sequence[Balance]], rates: Conversion | None) -> list[int]:
    by_customer: dict[int, dict[str, int]] = defaultdict(dict)
    for currency, balances in owed.items():
        for one in balances:
            by_customer[one.customer_id][currency] = one.open_minor
    if rates is None:
        return [sum(sums.values()) for sums in by_customer.values()]
    return [minor for sums in by_customer.values() if (minor := rates.total(sums)) is not None]
