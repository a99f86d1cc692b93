"""Exact money: integer minor units and an ISO 4217 currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from ar_cockpit.domain.errors import CurrencyMismatchError, InputError

# ISO 4217 exponents that differ from 2; everything else has two decimals.
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENTS = dict.fromkeys(_WITHOUT_DECIMALS.split(), 0) | dict.fromkeys(_WITH_THREE.split(), 3)
_CODE = re.compile(r"[A-Z]{3}")
MAX_MAJOR_UNITS = 10**12


def exponent(currency: str) -> int:
    """Return the number of decimals of ``currency`` (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def check_currency(code: str) -> str:
    """Return ``code`` if it has the shape of an ISO 4217 code, else raise ``InputError``."""
    if not _CODE.fullmatch(code):
        raise InputError(f"{code!r} is not a currency code.", "Use three letters, such as EUR.")
    return code


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of one currency; combining two currencies is an error."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        self._require_same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract an amount of the same currency."""
        self._require_same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        """Return the opposite amount."""
        return Money(-self.minor, self.currency)

    def split(self, parts: int) -> list[Money]:
        """Divide into ``parts`` that differ by at most one minor unit and sum to the whole."""
        share, left_over = divmod(self.minor, parts)
        return [Money(share + (n < left_over), self.currency) for n in range(parts)]

    def times(self, rate: Decimal) -> Money:
        """Multiply by ``rate``, rounded half-even once, to the minor unit."""
        exact = Decimal(self.minor) * rate
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_EVEN)), self.currency)

    def __str__(self) -> str:
        """Return the amount with the currency's decimals, then the currency."""
        return f"{decimal_string(self.minor, self.currency)} {self.currency}"

    def _require_same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(self.currency, other.currency)


def decimal_string(minor: int, currency: str) -> str:
    """Return ``minor`` units as a plain decimal string: ``decimal_string(123450, "EUR") == "1234.50"``."""
    digits = exponent(currency)
    if digits == 0:
        return str(minor)
    whole, part = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{digits}d}"


def to_minor(amount: Decimal, currency: str) -> int:
    """Return ``amount`` of major units as minor units.

    Raises ``InputError`` for NaN, infinity, more decimals than the currency has, or more than 10^12 units.
    """
    if not amount.is_finite() or abs(amount) > MAX_MAJOR_UNITS:
        raise InputError(f"{amount} is not a usable amount.", f"Give at most {MAX_MAJOR_UNITS:,} {currency}.")
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise InputError(f"{amount} has more decimals than {currency} has ({exponent(currency)}).")
    return int(scaled)
