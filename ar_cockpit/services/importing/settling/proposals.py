"""From an open-items export to proposals: which open invoices it no longer lists, or lists with less.

Only companies of which the file has at least one row are concerned, and only invoices dated on or before the export.
A row that was set aside still says that its invoice is open. Nothing is ever settled here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.tables import InvoiceRow, SettlementProposalRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.open_items import OpenItems
from ar_cockpit.services.importing.settling.proposed import Proposed

_COLUMNS = (
    "company_id",
    "batch_id",
    "invoice_id",
    "left_minor",
    "exported_on",
    "is_customer_listed",
    "state",
    "decided_by",
)
_OPEN_COLUMNS = ("id", "company_id", "number", "customer_id", "invoice_on", "open_minor", "currency")


class _Open(NamedTuple):
    """An invoice that the ledger has open."""

    invoice_id: int
    company_id: int
    number: str
    customer_id: int
    invoice_on: date
    open_minor: int
    currency: str


def propose(loading: Loading) -> Proposed:
    """Keep what the file, now loaded, lets one suppose; withdraw what it contradicts.

    Of an export in several files, the last one speaks for all: one that fails keeps the others from supposing, as do
    more rows set aside than a report holds.
    """
    items = loading.open_items
    if items is None:
        return Proposed()
    _note_listed(loading, items)
    too_faulty = bool(loading.tally.left_off["set_aside"])  # so many that not all their numbers are at hand
    if items.files_to_come or not items.companies or too_faulty:
        return Proposed()
    companies = sorted(items.companies)
    invoices = _open_invoices(loading.session, companies)
    listed = {one.invoice_id for one in invoices if _is_listed(one, items)}
    customers = {one.customer_id for one in invoices if one.invoice_id in listed}
    left = {one.invoice_id: 0 for one in invoices if one.invoice_id not in listed and one.invoice_on <= loading.on}
    left |= items.left
    withdrawn, unchanged = _compare(loading.session, companies, left)
    _withdraw(loading, withdrawn)
    fresh = [one for one in invoices if one.invoice_id in left and one.invoice_id not in unchanged]
    rows = [
        (
            *(one.company_id, loading.batch_id, one.invoice_id, left[one.invoice_id], loading.on),
            *(one.customer_id in customers, "open", ""),
        )
        for one in fresh
    ]
    upsert(loading.session, SettlementProposalRow, _COLUMNS, rows)
    return _summed(fresh, left, len(withdrawn))


def _note_listed(loading: Loading, items: OpenItems) -> None:
    """Add the file's invoices to what is listed, those on rows that were set aside too."""
    items.files_to_come -= 1
    items.companies |= loading.touched
    items.listed |= loading.seen.keys()
    _, index = loading.file.source_of("invoice_number")
    cells = (one.cells for one in loading.tally.set_aside)
    numbers = {row[index].strip() for row in cells if index is not None and index < len(row)}
    items.set_aside |= numbers | {number.removesuffix(".0") for number in numbers}


def _is_listed(one: _Open, items: OpenItems) -> bool:
    return (one.company_id, one.number) in items.listed or one.number in items.set_aside


def _open_invoices(session: Session, companies: list[int]) -> list[_Open]:
    columns = [getattr(InvoiceRow, name) for name in _OPEN_COLUMNS]
    open_ones = select(*columns).where(col(InvoiceRow.company_id).in_(companies), col(InvoiceRow.closed_on) == OPEN_END)
    return [_Open(*row) for row in session.execute(open_ones.order_by(col(InvoiceRow.id)))]


def _compare(session: Session, companies: list[int], left: dict[int, int]) -> tuple[list[int], set[int]]:
    """Return the proposals that the file contradicts, and the invoices of which it says what is known already.

    What a person has declined is not proposed again as long as exports say the same.
    """
    row = SettlementProposalRow
    known = session.execute(
        select(col(row.id), col(row.invoice_id), col(row.left_minor)).where(
            col(row.company_id).in_(companies), col(row.state).in_(("open", "declined"))
        )
    )
    contradicted, unchanged = [], set()
    for proposal_id, invoice_id, left_minor in known:
        if left.get(invoice_id) == left_minor:
            unchanged.add(invoice_id)
        else:
            contradicted.append(proposal_id)
    return contradicted, unchanged


def _withdraw(loading: Loading, ids: list[int]) -> None:
    if not ids:
        return
    row = SettlementProposalRow
    loading.session.execute(
        update(row)
        .where(among(loading.session, col(row.id), ids))
        .values(state="withdrawn", withdrawn_batch_id=loading.batch_id)
        .execution_options(synchronize_session=False)
    )


def _summed(fresh: Iterable[_Open], left: dict[int, int], withdrawn: int) -> Proposed:
    kinds: Counter[bool] = Counter()
    sums: Counter[str] = Counter()
    for one in fresh:
        kinds[left[one.invoice_id] == 0] += 1
        sums[one.currency] += one.open_minor - left[one.invoice_id]
    return Proposed(kinds[True], kinds[False], withdrawn, dict(sums))
