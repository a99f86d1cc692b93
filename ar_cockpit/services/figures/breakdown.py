"""Where receivables lie: by segment, country, sales owner and payer score, and how few debtors owe most of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.figures.balances import KindSum
from ar_cockpit.db.queries.figures.parts import Traits
from ar_cockpit.domain.figures.concentration import Concentration, by_debtor, concentration
from ar_cockpit.domain.figures.consolidation import Conversion
from ar_cockpit.domain.figures.kpis import combined
from ar_cockpit.domain.figures.listing import PARTS
from ar_cockpit.services.figures.owed import OwedInAll


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
    customers: int  # that owe anything: the sum of each grouping's
    concentration: Concentration
    choices: Mapping[str, Sequence[str]]  # segment, country, sales, collector
    names: Mapping[str, str]  # of people, by their e-mail


NOTHING = Breakdown(dict.fromkeys(By, ()), 0, concentration([]), dict.fromkeys(PARTS, ()), {})


def breakdown(session: Session, owed: OwedInAll, rates: Conversion | None) -> Breakdown:
    """Return where what is ``owed`` lies; each grouping adds up to the receivables."""
    choices = {name: sorted({getattr(one, name) for one in owed.every} - {""}) for name in PARTS}
    names = names_of(session, {*choices["sales"], *choices["collector"]})
    sums = {currency: one.by_kind for currency, one in owed.by_currency.items()}
    lines = {by: _lines(sums, owed.customers, _KEYS[by], rates) for by in By}
    customers = sum(owed.customers.values())
    return Breakdown(lines, customers, concentration(_in_one(owed, rates)), choices, names)


_KEYS: dict[By, Callable[[Traits], str]] = {
    By.SEGMENT: lambda one: one.segment,
    By.COUNTRY: lambda one: one.country,
    By.SALES: lambda one: one.sales,
    By.SCORE: lambda one: one.band,
}


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
            if not one.customers:
                continue
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


def _in_one(owed: OwedInAll, rates: Conversion | None) -> Iterable[int]:
    """Return what each debtor owes, in one currency."""
    amounts = {
        currency: by_debtor(((customer_id, minor) for customer_id, minor, _ in one.balances), owed.heads)
        for currency, one in owed.by_currency.items()
    }
    if rates is None:
        (one,) = amounts.values()
        return one.values()
    return rates.totals({currency: one.items() for currency, one in amounts.items()})[0].values()
