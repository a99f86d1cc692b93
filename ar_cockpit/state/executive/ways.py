"""Where figures lead that are sums of no documents: to the report that lists what they count, narrowed to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ar_cockpit import routes
from ar_cockpit.domain.calendar import month_start, reporting_period
from ar_cockpit.domain.figures.listing import PARTS, Part
from ar_cockpit.domain.reports.definition import Filter

Address = Callable[..., str]


def contacts(address: Address, as_of: date, part: Part, collector: str = "") -> str:
    """Return the contacts of the month, of one collector or of all."""
    since = Filter("happened_on", "at_least", month_start(as_of).isoformat())
    return _report(address, "contacts", [since], part, collector)


def promises(address: Address, as_of: date, part: Part, collector: str = "") -> str:
    """Return the promises that were decided in the period: those that are open have no such day."""
    since = Filter("decided_on", "at_least", reporting_period(as_of).start.isoformat())
    return _report(address, "promises", [since, Filter("state", "is_not", "cancelled")], part, collector)


def unapplied(address: Address, part: Part) -> str:
    """Return the payments that were not applied to documents yet."""
    return _report(address, "unapplied_cash", [], part, "")


def _report(address: Address, key: str, filters: list[Filter], part: Part, collector: str) -> str:
    whose = {"segment": part.segment, "country": part.country, "sales": part.sales}
    whose["collector"] = collector or part.collector
    told = [*filters, *(Filter(name, "is", value) for name, value in whose.items() if value)]
    own = {**dict.fromkeys(PARTS, ""), "report": key, "where": "|".join(one.told() for one in told) or "-"}
    return address(routes.REPORTS, **own)
