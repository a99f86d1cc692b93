"""What a later year carried over becomes what the earlier year says it is, with everything that was done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import delete, select, update
from sqlmodel import col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.queries.loading import ids_by_key
from ar_cockpit.db.tables import AllocationRow, InvoiceRow, PaymentRow
from ar_cockpit.importing.records import Table
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.importing.loading.context import Loading

_COLUMNS = ("company_id", "payment_id", "invoice_id", "allocated_on", "import_batch_id", "amount_minor")
_Key = tuple[int, int, int, date, int | None]


def take_over(loading: Loading, company_id: int, numbers: Collection[str], later: Collection[int]) -> None:
    """Let documents and payments that imports of a later year made belong to this one."""
    for row in (InvoiceRow, PaymentRow) if numbers else ():
        loading.session.execute(
            update(row)
            .where(
                col(row.company_id) == company_id,
                among(loading.session, col(row.number), numbers),
                among(loading.session, col(row.import_batch_id), later),
            )
            .values(import_batch_id=loading.batch_id)
            .execution_options(synchronize_session=False)
        )


def become_credit_notes(loading: Loading, company_id: int, pairs: Mapping[str, str]) -> None:
    """Turn payments that stood for credit notes, by their numbers, into nothing that nets those credit notes.

    What such a payment settled stays settled: it now takes from the credit note what it gives to invoices.
    """
    session = loading.session
    payments = {
        number: payment_id
        for (company, number), payment_id in ids_by_key(session, PaymentRow, "number", list(pairs)).items()
        if company == company_id
    }
    standing = select(col(PaymentRow.id)).where(
        among(session, col(PaymentRow.id), list(payments.values())), col(PaymentRow.amount_minor) != 0
    )
    found = {payment_id for (payment_id,) in session.execute(standing)}
    if not found:
        return
    documents = ids_by_key(session, InvoiceRow, "number", list(pairs.values()))
    owner = {
        payment_id: documents[company_id, pairs[number]]
        for number, payment_id in payments.items()
        if payment_id in found
    }
    applied = _applied(loading, company_id, owner)
    upsert(session, AllocationRow, _COLUMNS, [(*key, -minor) for key, minor in applied.items()])
    used = {key[1] for key in applied}
    _empty(loading, used, found - used)
    refresh_open(session, set(owner.values()), used)
    for table, count in ((Table.PAYMENTS, len(found)), (Table.ALLOCATIONS, len(applied))):
        for _ in range(count):
            loading.tally.note(table, "updated")


def _applied(loading: Loading, company_id: int, owner: Mapping[int, int]) -> Counter[_Key]:
    """Return what each payment settled, by its credit note, day and import."""
    row, found = AllocationRow, Counter[_Key]()
    question = select(
        col(row.payment_id), col(row.allocated_on), col(row.import_batch_id), col(row.amount_minor)
    ).where(among(loading.session, col(row.payment_id), list(owner)))
    for payment_id, on, batch_id, minor in loading.session.execute(question):
        found[company_id, payment_id, owner[payment_id], on, batch_id] += minor
    return found


def _empty(loading: Loading, used: Collection[int], unused: Collection[int]) -> None:
    """Take the money out of payments that settled something, and take away those that settled nothing."""
    session = loading.session
    session.execute(
        update(PaymentRow)
        .where(among(session, col(PaymentRow.id), used))
        .values(amount_minor=0, unapplied_minor=0, method="netting")
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(PaymentRow).where(among(session, col(PaymentRow.id), unused)))
