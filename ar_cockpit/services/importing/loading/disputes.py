"""The flag ``disputed``: it says that there is a dispute, not since when; its row begins with the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, update
from sqlmodel import col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.queries.loading import KnownDispute, newest_disputes, rows_by_key
from ar_cockpit.db.tables import DisputeRow, InvoiceRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.taken import TakenInvoice

_DAYS_TO_ANSWER = 14
_COLUMNS = (
    "company_id",
    "customer_id",
    "invoice_id",
    "reason",
    "note",
    "owner_email",
    "opened_on",
    "opened_on_is_known",
    "answer_due_on",
    "closed_on",
    "outcome",
    "opened_by",
)


def flag(loading: Loading, taken: Sequence[TakenInvoice]) -> None:
    """Open, reopen or end disputes as the file's flags say; what a person decided about a dispute stays."""
    if not loading.file.has("disputed"):
        return
    judged = [one for one in taken if one.record.is_disputed or one.before]
    numbers = [one.record.number for one in judged]
    invoices = rows_by_key(loading.session, InvoiceRow, "number", numbers, ("id", "closed_on"))
    known = newest_disputes(loading.session, [row[0] for row in invoices.values()])
    fresh, reopened, ended = [], [], []
    for one in judged:
        invoice_id, closed_on = invoices[one.key]
        dispute = known.get(invoice_id)
        if one.record.is_disputed and dispute is None:
            fresh.append((one, _row(one, invoice_id, closed_on)))
        elif one.record.is_disputed and dispute and closed_on == OPEN_END and _ended_by_flag(dispute):
            reopened.append((one, dispute.dispute_id))
        elif not one.record.is_disputed and dispute and _runs_by_flag(dispute):
            ended.append((one, dispute.dispute_id))
    upsert(loading.session, DisputeRow, _COLUMNS, [row for _, row in fresh])
    journal.note_made(loading, DisputeRow, [row[2] for _, row in fresh], by="invoice_id")
    _set_end(loading, reopened, OPEN_END)
    _set_end(loading, ended, loading.on)
    for one, _ in (*fresh, *reopened, *ended):
        one.outcome = "updated" if one.outcome == "unchanged" else one.outcome


def _runs_by_flag(dispute: KnownDispute) -> bool:
    return not dispute.is_date_known and dispute.closed_on == OPEN_END


def _ended_by_flag(dispute: KnownDispute) -> bool:
    return not dispute.is_date_known and dispute.closed_on != OPEN_END and not dispute.outcome


def _row(one: TakenInvoice, invoice_id: int, closed_on: date) -> tuple[Any, ...]:
    opened_on = one.record.invoice_on
    answer_due_on = opened_on + timedelta(days=_DAYS_TO_ANSWER)
    company_id, customer_id = one.key[0], one.customer.customer_id
    imported = ("other", "", "", opened_on, False, answer_due_on, closed_on, "", "import")
    return (company_id, customer_id, invoice_id, *imported)


def _set_end(loading: Loading, which: Sequence[tuple[TakenInvoice, int]], on: date) -> None:
    if not which:
        return
    journal.note(loading, DisputeRow, [dispute_id for _, dispute_id in which])
    opened_on = col(DisputeRow.opened_on)
    loading.session.execute(
        update(DisputeRow)
        .where(among(loading.session, col(DisputeRow.id), [dispute_id for _, dispute_id in which]))
        .values(closed_on=case((opened_on > on, opened_on), else_=on))
        .execution_options(synchronize_session=False)
    )
