"""The subjects of reports and the columns of each, with what kind of value they hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, DISPUTE_AGES


class Kind(StrEnum):
    """What a column holds; amounts, counts and whole days of a group are added up, the others are not."""

    TEXT = "text"
    DATE = "date"
    AMOUNT = "amount"  # minor units of the row's currency
    COUNT = "count"
    NUMBER = "number"  # days, times: not added up
    SHARE = "share"  # of one


_BANDS = frozenset({"low", "high"})  # the ends of several weeks' bands are not the ends of a band of them all


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a report may have."""

    key: str
    kind: Kind = Kind.TEXT

    @property
    def adds_up(self) -> bool:
        """Whether values of several rows may be summed."""
        return self.kind in {Kind.AMOUNT, Kind.COUNT} and self.key not in _BANDS

    @property
    def is_numeric(self) -> bool:
        """Whether it stands on the right."""
        return self.kind not in {Kind.TEXT, Kind.DATE}


def _fields(text: str = "", **kinds: str) -> tuple[Field, ...]:
    named = [Field(key) for key in text.split()]
    for kind, keys in kinds.items():
        named += [Field(key, Kind(kind)) for key in keys.split()]
    return tuple(named)


_WHO = "company customer_code customer customer_group country segment collector sales currency"
DISPUTED = " ".join(f"dispute_{age.key}" for age in DISPUTE_AGES)
AGES = " ".join(f"age_{key}" for key in BUCKET_KEYS)
SOURCES: dict[str, tuple[Field, ...]] = {
    "balances": _fields(f"{_WHO} own_currency", amount=f"open overdue {AGES}", count="documents", date="oldest_due"),
    "documents": _fields(
        f"number kind {_WHO} own_currency",
        date="invoice_on due_on",
        amount="amount open",
        number="days_overdue",
        count="disputed",
    ),
    "month_ends": _fields(
        "currency",
        date="day",
        amount=f"receivables overdue not_due credit_sales day_of_dso {AGES}",
        share="overdue_share cei",
        number="dso_countback dso best_possible_dso add turnover",
    ),
    "collectors": _fields(
        "collector currency", amount="open overdue collected goal", count="kept decided touches", share="kept_share"
    ),
    "disputes": _fields("reason currency", count="disputes", amount=f"open {DISPUTED}", number="average_age"),
    "promises": _fields(
        f"{_WHO} own_currency state",
        date="made_on promised_for decided_on",
        amount="promised",
    ),
    "cash_weeks": _fields("currency", date="week", amount="expected low high"),
    "credit": _fields(
        "company customer_code customer country collector sales currency own_currency",
        amount="limit open available overdue",
        share="used",
    ),
    "habits": _fields(
        "company customer_code customer country collector sales trend",
        number="days_late days_late_before slower_by",
        count="settled settled_late",
    ),
    "unapplied": _fields(f"payment {_WHO} own_currency", date="paid_on", amount="amount unapplied"),
    "contacts": _fields(
        "contact by company customer_code customer country segment collector sales",
        date="happened_on",
        count="contacts",
    ),
}
OF_DAYS = frozenset({"month_ends"})  # rows of the same thing on different days: adding them up says nothing


def field(source: str, key: str) -> Field:
    """Return a column of a source."""
    return next(one for one in SOURCES[source] if one.key == key)
