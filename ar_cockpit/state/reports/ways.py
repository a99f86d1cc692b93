"""Where the cells of a report lead: a customer to its record, an amount to the documents it is the sum of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ar_cockpit import routes
from ar_cockpit.domain.calendar import month_start
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.listing import Show
from ar_cockpit.domain.reports.definition import Definition, Row
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import record_address

_NAMES = ("customer", "customer_code")
_OWN = ("report", "cols", "group", "order", "where", "rows")  # the page's own choices
# The sources whose amounts are of a customer's open documents in the report's currency, or of all of them.
_OF_CUSTOMERS = frozenset({"balances", "credit"})
# What a list of open documents says for each amount of them.
_SHOWS: dict[str, dict[str, str]] = {
    "open": {},
    "overdue": {"show": Show.OVERDUE},
    **{f"age_{key}": {"bucket": key} for key in BUCKET_KEYS},
}


def ways(state: SessionState, source: str, row: Row) -> Mapping[str, str]:
    """Return the addresses of a row's cells by column; a grouped row is of nobody in particular and leads nowhere."""
    of_source = _OF_SOURCES.get(source)
    return of_source(state, row) if of_source else _of_customer(state, source, row)


def foot_ways(state: SessionState, definition: Definition) -> Mapping[str, str]:
    """Return the addresses of the sums of all rows; what was filtered out stands in no list."""
    if definition.filters:
        return {}
    if definition.source in {"balances", "documents"}:
        return {key: _documents(state, **more) for key, more in _SHOWS.items()}
    if definition.source == "collectors":
        return _of_portfolio(state, "")
    return {"open": _documents(state, show=Show.DISPUTED)} if definition.source == "disputes" else {}


def _of_customer(state: SessionState, source: str, row: Row) -> Mapping[str, str]:
    company, code = str(row.get("company") or ""), str(row.get("customer_code") or "")
    if not company or not code:
        return {}
    found = dict.fromkeys(_NAMES, record_address(state, company, code))
    own = {"company": company, "customer": code}
    if source in _OF_CUSTOMERS:
        found |= {key: _documents(state, **own, **more) for key, more in _SHOWS.items()}
    if source == "documents":
        number = str(row.get("number") or "")
        found |= dict.fromkeys(("number", "amount", "open"), _documents(state, **own, q=number, show=Show.ALL))
    return found


def _of_day(state: SessionState, row: Row) -> Mapping[str, str]:
    if row.get("day") is None:
        return {}
    on = {routes.AS_OF_PARAM: row["day"].isoformat()}
    shows = {**_SHOWS, "receivables": {}, "not_due": {"show": Show.NOT_DUE}, "credit_sales": {"show": Show.BILLED}}
    return {key: _documents(state, **on, **more) for key, more in shows.items() if key != "open"}


def _of_collector(state: SessionState, row: Row) -> Mapping[str, str]:
    return _of_portfolio(state, str(row.get("email") or "")) if row.get("email") else {}


def _of_portfolio(state: SessionState, email: str) -> Mapping[str, str]:
    on = state.as_of_date
    paid = {"show": Show.CAME, "paid_from": month_start(on).isoformat(), "paid_to": on.isoformat()}
    shows: dict[str, dict[str, Any]] = {"open": {}, "overdue": {"show": Show.OVERDUE}, "collected": paid}
    return {key: _documents(state, collector=email, **more) for key, more in shows.items()}


def _of_reason(state: SessionState, row: Row) -> Mapping[str, str]:
    reason = str(row.get("reason") or "")
    return dict.fromkeys(("reason", "disputes", "open"), _list(state, routes.DISPUTES, reason=reason)) if reason else {}


def _of_week(state: SessionState, row: Row) -> Mapping[str, str]:
    start = row.get("week")
    return {"expected": _list(state, routes.CASH_AHEAD, week=start.isoformat())} if start else {}


_OF_SOURCES: dict[str, Callable[[SessionState, Row], Mapping[str, str]]] = {
    "month_ends": _of_day,
    "collectors": _of_collector,
    "disputes": _of_reason,
    "cash_weeks": _of_week,
}


def _documents(state: SessionState, **choices: str) -> str:
    """Return a list of documents in the report's currency, or of all of them converted into it."""
    into = {routes.CURRENCY_PARAM: "", routes.CONSOLIDATE_PARAM: state.consolidate}
    own = {routes.CURRENCY_PARAM: state.currency, routes.CONSOLIDATE_PARAM: ""}
    return _list(state, routes.INVOICES, **(into if state.consolidate else own), **choices)


def _list(state: SessionState, path: str, **choices: str) -> str:
    return state._address(path, **(dict.fromkeys(_OWN, "") | choices))
