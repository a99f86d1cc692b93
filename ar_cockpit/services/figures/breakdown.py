"""Where receivables lie: by segment, country, sales owner and payer score, and how few customers owe most of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.figures.debtors import Balance
from ar_cockpit.db.queries.figures.parts import NOBODY, Kinds, Traits
from ar_cockpit.domain.figures.concentration import Concentration, concentration
from ar_cockpit.domain.figures.consolidation import Conversion
from ar_cockpit.domain.figures.kpis import combined
from ar_cockpit.domain.figures.listing import PARTS

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


class KindSum(NamedTuple):
    """What the customers of one kind owe in one currency."""

    open_minor: int
    overdue_minor: int
    left_minor: int  # of documents from before the month that are due by its end, what is open now


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The receivables by group, and their concentration; what can be chosen to look at alone."""

    lines: Mapping[By, Sequence[PartLine]]
    concentration: Concentration
    choices: Mapping[str, Sequence[str]]  # segment, country, sales, collector
    names: Mapping[str, str]  # of people, by their e-mail


NOTHING = Breakdown(dict.fromkeys(By, ()), concentration([]), dict.fromkeys(PARTS, ()), {})


def breakdown(
    session: Session, known: Kinds, owed: Mapping[str, Sequence[Balance]], rates: Conversion | None
) -> Breakdown:
    """Return where what is ``owed`` (by currency) lies; each grouping adds up to the receivables."""
    choices = {
        "segment": sorted({one.segment for one in known.every if one.segment}),
        "country": sorted({one.country for one in known.every if one.country}),
        "sales": sorted({one.sales for one in known.every if one.sales}),
        "collector": sorted({one.collector for one in known.every if one.collector}),
    }
    emails = {*choices["sales"], *choices["collector"]}
    names = names_of(session, emails)
    sums = {currency: by_kind(balances, known) for currency, balances in owed.items()}
    customers = Counter(map(known.kind, {one.customer_id for balances in owed.values() for one in balances}))
    lines = {by: _lines(sums, customers, _KEYS[by], rates) for by in By}
    return Breakdown(lines, concentration(_in_one(owed, rates)), choices, names)


def _band(one: Traits) -> str:
    return "" if one.score is None else next(key for least, key in SCORE_BANDS if one.score >= least)


_KEYS: dict[By, Callable[[Traits], str]] = {
    By.SEGMENT: lambda one: one.segment or "",
    By.COUNTRY: lambda one: one.country,
    By.SALES: lambda one: one.sales,
    By.SCORE: _band,
}


def by_kind(balances: Sequence[Balance], known: Kinds) -> dict[Traits, KindSum]:
    """Return the sums of what customers of each kind owe, in one currency."""
    sums: dict[Traits, list[int]] = {}
    kinds = known.of
    for customer_id, whole, late, _, left in balances:
        kind = kinds.get(customer_id, NOBODY)
        found = sums.get(kind)
        if found is None:
            sums[kind] = [whole, late, left]
            continue
        found[0] += whole
        found[1] += late
        found[2] += left
    return {kind: KindSum(*found) for kind, found in sums.items()}


def _lines(
    sums: Mapping[str, Mapping[Traits, KindSum]],
    counted: Mapping[Traits, int],
    key_of: Callable[[Traits], str],
    rates: Conversion | None,
) -> list[PartLine]:
    opened: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    not_due: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    customers: Counter[str] = Counter()
    for currency, by_kinds in sums.items():
        for kind, one in by_kinds.items():
            key = key_of(kind)
            opened[key][currency] += one.open_minor
            not_due[key][currency] += one.open_minor - one.overdue_minor
    for kind, number in counted.items():
        customers[key_of(kind)] += number
    shares, rest = _shared(opened, rates), _shared(not_due, rates)
    lines = [PartLine(key, customers[key], shares[key], combined(shares[key], minus=(rest[key],))) for key in opened]
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
    if rates is None:
        (balances,) = owed.values()
        return [one.open_minor for one in balances]
    by_customer: dict[int, dict[str, int]] = defaultdict(dict)
    for currency, balances in owed.items():
        for one in balances:
            by_customer[one.customer_id][currency] = one.open_minor
    return [minor for sums in by_customer.values() if (minor := rates.total(sums)) is not None]
