"""Exchange rates in the reader's words: at which a figure was converted, or which one is missing."""

from __future__ import annotations

from collections.abc import Iterable

from ar_cockpit.domain.figures.consolidation import GAP_DAYS, Conversion, MissingRate
from ar_cockpit.i18n import say
from ar_cockpit.i18n import shown as rows


def rates_told(rates: Conversion, language: str) -> str:
    """Return the day of the rates; nothing when nothing was converted."""
    if rates.rate_date is None:
        return ""
    told = rows.day(rates.rate_date, language)
    age = (rates.on - rates.rate_date).days
    if age <= GAP_DAYS:
        return say(language, "consolidation.rates", date=told)
    return say(language, "consolidation.rates.old", date=told, days=age)


def are_old(rates: Conversion) -> bool:
    """Return whether the rates are older than any closing of the banks explains."""
    return rates.rate_date is not None and (rates.on - rates.rate_date).days > GAP_DAYS


def rates_listed(rates: Conversion, language: str) -> str:
    """Return every rate: ``1 GBP = 1.19933 EUR``."""
    return ", ".join(f"1 {one.source} = {rows.rate(one.told, language)} {one.target}" for one in rates.used)


def missing_told(missing: Iterable[MissingRate], language: str) -> str:
    """Return which currencies have no rate on which day, and what to do."""
    told = []
    for one in dict.fromkeys(missing):
        ended = {} if one.ended_on is None else {"ended": rows.day(one.ended_on, language)}
        key = "consolidation.missing.ended" if ended else "consolidation.missing"
        told.append(say(language, key, currency=one.currency, date=rows.day(one.on, language), **ended))
    return " ".join([*told, say(language, "consolidation.missing.mend")])
