"""The table of late payment laws as a TOML text: read whole or refused, saying what is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.late_payment.law import FixedSum, Law, LawBook, RateOf, Series
from ar_cockpit.domain.money import check_currency

_MEND = "Compare it with the table that came with the product."


def parse_law_book(text: str) -> LawBook:
    """Return the laws written in ``text``; raise ``SettingsError`` saying what is wrong with it."""
    try:
        written = tomllib.loads(text)
        series = {key: _series(key, value) for key, value in written["rates"].items()}
        return LawBook(tuple(_law(one, series) for one in written["law"]))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The table of late payment rates is not TOML: {error}.", _MEND) from error
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as error:
        raise SettingsError(f"The table of late payment rates has a mistake at {error}.", _MEND) from error


def _series(key: str, written: Mapping[str, Any]) -> Series:
    rates = {_half_year(begins): _number(value) for begins, value in written["half_years"].items()}
    doubtful = frozenset(_half_year(begins) for begins in written.get("to_confirm", ()))
    if unlisted := doubtful - rates.keys():
        raise ValueError(f"{min(unlisted)}, which is to be confirmed and not listed")
    return Series(key, written["name"], written["source"], rates, doubtful)


def _half_year(begins: str) -> date:
    day = date.fromisoformat(begins)
    if (day.month, day.day) not in ((1, 1), (7, 1)):
        raise ValueError(f"{begins}, which begins no half-year")
    return day


def _law(written: Mapping[str, Any], series: Mapping[str, Series]) -> Law:
    fixed = sorted((_number(one["from"]), _number(one["sum"])) for one in written["fixed"])
    floor = written.get("floor_rate")
    return Law(
        key=written["key"],
        countries=frozenset(written["countries"]),
        since=written["since"],
        source=written["source"],
        series=series[written["rate"]],
        points=_number(written["points"]),
        rate_of=RateOf(written["rate_of"]),
        currency=check_currency(written["currency"]),
        fixed=tuple(FixedSum(least, amount) for least, amount in fixed),
        floor=series[floor] if floor else None,
        floor_times=_number(written["floor_times"]) if floor else Decimal(0),
    )


def _number(written: object) -> Decimal:
    if not isinstance(written, str) or not (number := Decimal(written)).is_finite():
        raise ValueError(f"{written!r}, which is no number written as text")
    return number
