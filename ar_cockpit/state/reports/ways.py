"""Where the cells of a report lead: a customer to its record, an amount to the documents it is the sum of."""

from __future__ import annotations

from collections.abc import Mapping

from ar_cockpit import routes
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.reports.definition import Row
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import record_address

_NAMES = ("customer", "customer_code")
_OWN = ("report", "cols", "group", "order", "where", "rows")  # the page's own choices
# The sources whose amounts are of a customer's open documents in the report's currency.
_OF_CUSTOMERS = frozenset({"balances", "credit"})


def ways(state: SessionState, source: str, row: Row) -> Mapping[str, str]:
    """Return the addresses of a row's cells by column; a grouped row is of nobody in particular and leads nowhere."""
    company, code = str(row.get("company") or ""), str(row.get("customer_code") or "")
    if source == "disputes":
        return (
            {"reason": _list(state, routes.DISPUTES, reason=str(row.get("reason") or ""))} if row.get("reason") else {}
        )
    if not company or not code:
        return {}
    found = dict.fromkeys(_NAMES, record_address(state, company, code))
    own = {"company": company, "customer": code, "currency": str(row.get("currency") or ""), "consolidate": ""}
    if source in _OF_CUSTOMERS:
        shows = {"open": {}, "overdue": {"show": "overdue"}} | {f"age_{key}": {"bucket": key} for key in BUCKET_KEYS}
        found |= {key: _list(state, routes.INVOICES, **own, **more) for key, more in shows.items()}
    if source == "documents":
        found["number"] = _list(state, routes.INVOICES, **own, q=str(row.get("number") or ""), show="all")
    return found


def _list(state: SessionState, path: str, **choices: str) -> str:
    return state._address(path, **(dict.fromkeys(_OWN, "") | choices))
