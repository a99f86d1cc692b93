"""The figures that have goals and limits: their unit, which way is better, and when a limit is crossed. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.kpis import Kpis
from ar_cockpit.domain.money import exponent

SCALE = 10_000  # limits of what is no amount are kept in ten-thousandths, as figures are told
_MOST_DAYS, _MOST_UNITS = 3650, 10**12


class Unit(StrEnum):
    """What a figure counts."""

    AMOUNT = "amount"  # minor units
    DAYS = "days"
    SHARE = "share"  # of one
    PERCENT = "percent"  # of a hundred


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that can be judged against a goal or a limit."""

    key: str
    unit: Unit
    pick: Callable[[Kpis], float | None]
    less_is_better: bool = True

    def kept(self, value: float) -> int:
        """Return ``value`` as it is kept with a limit: minor units, or ten-thousandths."""
        return round(value) if self.unit is Unit.AMOUNT else round(value * SCALE)

    def told(self, kept: int) -> float:
        """Return what :meth:`kept` was given."""
        return kept if self.unit is Unit.AMOUNT else kept / SCALE

    def is_beyond(self, value: float | None, limit: float) -> bool:
        """Return whether ``value`` is worse than ``limit``; what is not available is not."""
        if value is None:
            return False
        return value > limit if self.less_is_better else value < limit


_MEASURES = (
    Measure("receivables", Unit.AMOUNT, lambda told: told.totals.receivables),
    Measure("overdue", Unit.AMOUNT, lambda told: told.totals.overdue),
    Measure("overdue_share", Unit.SHARE, lambda told: told.overdue_share),
    Measure("dso_countback", Unit.DAYS, lambda told: told.dso_countback),
    Measure("add", Unit.DAYS, lambda told: told.add),
    Measure("cei", Unit.PERCENT, lambda told: told.cei, less_is_better=False),
)
# No figure with a limit: customers who pay later than they used to, told by the same mails.
DRIFT = "drift"
MEASURES = {one.key: one for one in _MEASURES}
# Goals alone: nothing is watched that is a forecast or a month not over yet.
GOALS = {one.key: one.unit for one in _MEASURES} | {"cash_30": Unit.AMOUNT, "collected_month": Unit.AMOUNT}


def typed(unit: Unit, value: Decimal, currency: str) -> float:
    """Return what a person typed (units, days, per cent) as a figure has it; raise ``InputError`` for the absurd."""
    most = {Unit.AMOUNT: _MOST_UNITS, Unit.DAYS: _MOST_DAYS}.get(unit, 100)
    if not 0 <= value <= most:
        raise InputError(f"{value} is not between 0 and {most}.")
    if unit is Unit.AMOUNT:
        return int(value.scaleb(exponent(currency)).to_integral_value())
    return float(value / 100) if unit is Unit.SHARE else float(value)


def to_type(unit: Unit, value: float, currency: str) -> Decimal:
    """Return a figure as a person types it."""
    if unit is Unit.AMOUNT:
        return Decimal(round(value)).scaleb(-exponent(currency))
    shown = value * 100 if unit is Unit.SHARE else value
    return Decimal(str(round(shown, 4))).normalize()
