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
from sqlmodel import col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.tables import InvoiceRow, SettlementProposalRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.services.importing.loading.context import Loading
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
    """Keep what the file, now loaded, lets one suppose; withdraw what it contradicts."""
    if loading.open_items is None or not loading.touched:
        return Proposed()
    invoices, listed = _open_invoices(loading), _Listed(loading)
    customers = {one.customer_id for one in invoices if listed.has(one)}
    left = {one.invoice_id: 0 for one in invoices if not listed.has(one) and one.invoice_on <= loading.on}
    left |= loading.open_items.left
    withdrawn, unchanged = _compare(loading, left)
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


class _Listed:
    """Answers whether the file lists an invoice, were it on a row that was set aside."""

    def __init__(self, loading: Loading) -> None:
        self._taken = loading.seen
        _, index = loading.file.source_of("invoice_number")
        cells = (one.cells for one in loading.tally.set_aside)
        numbers = {row[index].strip() for row in cells if index is not None and index < len(row)}
        self._set_aside = numbers | {number.removesuffix(".0") for number in numbers}

    def has(self, one: _Open) -> bool:
        """Whether it does."""
        return (one.company_id, one.number) in self._taken or one.number in self._set_aside


def _open_invoices(loading: Loading) -> list[_Open]:
    columns = [getattr(InvoiceRow, name) for name in _OPEN_COLUMNS]
    open_ones = select(*columns).where(
        col(InvoiceRow.company_id).in_(sorted(loading.touched)), col(InvoiceRow.closed_on) == OPEN_END
    )
    return [_Open(*row) for row in loading.session.execute(open_ones.order_by(col(InvoiceRow.id)))]


def _compare(loading: Loading, left: dict[int, int]) -> tuple[list[int], set[int]]:
    """Return the proposals that the file contradicts, and the invoices of which it says what is known already.

    What a person has declined is not proposed again as long as exports say the same.
    """
    row = SettlementProposalRow
    known = loading.session.execute(
        select(col(row.id), col(row.invoice_id), col(row.left_minor)).where(
            col(row.company_id).in_(sorted(loading.touched)), col(row.state).in_(("open", "declined"))
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
