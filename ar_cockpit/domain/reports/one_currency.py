"""A report's rows of several currencies as rows of one: summed in each currency, converted once. Pure.

A row, the row of a group and the foot are each what their documents are worth: the sum in each currency at the day's
rate, rounded once. So each is the sum of the list it leads to, to the cent; rounded rows may differ from their foot by
some cents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, OVERDUE_KEYS
from ar_cockpit.domain.figures.consolidated import added, aged, due_or_not
from ar_cockpit.domain.figures.consolidation import Conversion, MissingRate, Sums
from ar_cockpit.domain.figures.kpis import combined, ratio

Row = Mapping[str, Any]
PARTS = "parts"  # of a converted row: its amounts, each by currency
# The sources whose rows are of documents in their own currencies: what says which rows are of the same thing, and the
# amounts. The rows of the others are figures that the cockpit converts.
SAME = {"balances": ("company", "customer_code"), "credit": ("company", "customer_code")}
AMOUNTS = {
    "balances": ("open", *(f"age_{key}" for key in BUCKET_KEYS)),
    "documents": ("amount", "open"),
    "promises": ("promised",),
    "unapplied": ("amount", "unapplied"),
    "credit": ("limit", "open", "overdue"),
}


def in_one(rows: Iterable[Row], source: str, conversion: Conversion) -> list[Row]:
    """Return rows in their own currencies as rows in one; those of the same thing become one row."""
    same = SAME.get(source)
    found: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        key = tuple(row.get(name) for name in same) if same else number
        known = found.get(key)
        if known is None:
            known = found[key] = {**row, "own_currencies": set(), PARTS: defaultdict(dict)}
        else:
            _count_in(known, row)
        _add(known, row, AMOUNTS[source])
    return [_told(row, conversion) for row in found.values()]


def amounts(parts: Mapping[str, Sums], conversion: Conversion) -> dict[str, int | None]:
    """Return sums by currency in one, with what follows from them; the ages add up to what is open."""
    is_aged = f"age_{BUCKET_KEYS[0]}" in parts
    if all(sums.keys() <= {conversion.into} for sums in parts.values()):  # most rows: nothing to round
        told: dict[str, int | None] = {key: sums.get(conversion.into, 0) for key, sums in parts.items()}
        if is_aged:
            told["overdue"] = combined(*(told[f"age_{key}"] for key in OVERDUE_KEYS))
        return told | _left(told)
    told = {key: conversion.total(sums) for key, sums in parts.items()}
    if is_aged:
        by_age = aged({key: parts[f"age_{key}"] for key in BUCKET_KEYS}, conversion)
        told |= {f"age_{key}": minor for key, minor in by_age.items()}
        told["overdue"] = combined(*(by_age[key] for key in OVERDUE_KEYS))
    elif "overdue" in parts:
        not_due = added(parts["open"], {one: -minor for one, minor in parts["overdue"].items()})
        told["overdue"] = due_or_not(not_due, parts["overdue"], conversion)[1]
    return told | _left(told)


def _left(told: Mapping[str, int | None]) -> dict[str, int | None]:
    """Return what is left of a limit, where there is one."""
    return {"available": combined(told["limit"], minus=(told["open"],))} if "limit" in told else {}


def summed(rows: Iterable[Row]) -> dict[str, Sums]:
    """Return the amounts of several converted rows together, by currency."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        for key, sums in row[PARTS].items():
            one = found.setdefault(key, {})
            for currency, minor in sums.items():
                one[currency] = one.get(currency, 0) + minor
    return dict(found)


def lacking(rows: Iterable[Row], conversion: Conversion) -> tuple[MissingRate, ...]:
    """Return the rates that converted rows would have needed."""
    return conversion.missing(*summed(rows).values())


def _count_in(known: dict[str, Any], row: Row) -> None:
    """Add the documents of another currency, and keep the oldest day."""
    if "documents" in row:
        known["documents"] += row["documents"]
    days = [one for one in (known.get("oldest_due"), row.get("oldest_due")) if one is not None]
    known["oldest_due"] = min(days, default=None)


def _add(known: dict[str, Any], row: Row, keys: tuple[str, ...]) -> None:
    """Add a row's amounts in its own currency; a limit is a customer's, however many currencies it owes in."""
    for key in keys:
        currency = row.get("limit_currency") if key == "limit" else row["currency"]
        sums = known[PARTS][key]
        if key == "limit":
            sums[currency] = row[key]
        else:
            sums[currency] = sums.get(currency, 0) + row[key]
            known["own_currencies"].add(currency)


def _told(row: dict[str, Any], conversion: Conversion) -> Row:
    own, parts = sorted(row.pop("own_currencies")), row[PARTS]
    told = {**row, **amounts(parts, conversion), "own_currency": ", ".join(own), "currency": conversion.into}
    if "used" in told:
        told["used"] = None if told["open"] is None else ratio(told["open"], told["limit"] or 0)
    return told
