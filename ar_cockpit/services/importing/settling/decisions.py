"""A person's decision on proposed settlements: accepted ones become payments, as an import that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.queries.loading import ids_by_key
from ar_cockpit.db.tables import AllocationRow, ImportBatchRow, PaymentRow, SettlementProposalRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.importing.records import Table
from ar_cockpit.services import audit
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.clock import now
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.tally import Tally
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.importing.settling.waiting import Waiting, waiting
from ar_cockpit.services.importing.turn import take_turn

FORMAT = "settlement"
_PAYMENT = (
    *("company_id", "number", "customer_id", "paid_on", "amount_minor", "currency", "unapplied_minor"),
    *("reference", "method", "import_batch_id"),
)
_ALLOCATION = ("company_id", "payment_id", "invoice_id", "amount_minor", "allocated_on", "import_batch_id")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: about which proposals, and (accepted) the import that holds the payments."""

    count: int
    sums: dict[str, str]
    batch_id: int | None = None


class _Import(NamedTuple):
    session: Session
    batch_id: int | None


def accept(session: Session, actor: Actor, ids: Sequence[int], on: date | None, *, today: date) -> Decision:
    """Settle these proposals on the day ``on``, or each on its export's: a payment and an allocation each.

    Raises ``NotFoundError`` when one does not wait any more, or is another company's.
    """
    if on and on > today:
        raise InputError(f"{on.isoformat()} is in the future.", "Choose the export's date or another past day.")
    take_turn(session)
    lines = _asked(session, actor, ids)
    batch = _open_batch(session, actor, lines)
    _pay(session, lines, on, batch.id)
    journal.close(session, batch.id)
    _decide(session, actor, ids, "accepted", batch.id)
    decision = Decision(len(lines), _sums(lines), batch.id)
    _close_batch(session, batch, lines)
    after = {
        "count": decision.count,
        "sums": decision.sums,
        "on": on.isoformat() if on else None,
        "export": batch.file_name,
    }
    audit.record(session, actor, "ledger.settle", ("import_batch", str(batch.id)), after=after)
    return decision


def decline(session: Session, actor: Actor, ids: Sequence[int]) -> Decision:
    """Leave these invoices open; they are proposed again only when an export lists them in between."""
    take_turn(session)
    lines = _asked(session, actor, ids)
    _decide(session, actor, ids, "declined", None)
    after = {"invoices": [one.number for one in lines][:100], "count": len(lines), "sums": _sums(lines)}
    audit.record(session, actor, "ledger.settle.decline", ("settlement_proposal", str(ids[0])), after=after)
    return Decision(len(lines), _sums(lines))


def _asked(session: Session, actor: Actor, ids: Sequence[int]) -> list[Waiting]:
    lines = waiting(session, actor, only=ids)
    if not ids:
        raise InputError("No settlement was chosen.", "Choose at least one.")
    if {one.proposal_id for one in lines} != set(ids):
        raise NotFoundError("One of these settlements does not wait any more.", "Look at the list again.")
    return lines


def _pay(session: Session, lines: Sequence[Waiting], on: date | None, batch_id: int) -> None:
    """Write a payment and its allocation for each line; no invoice is paid before it was made."""
    numbers = [f"{FORMAT}:{batch_id}:{one.number}" for one in lines]
    days = [max(on or one.exported_on, one.invoice_on) for one in lines]
    payments = [
        (
            *(one.company_id, number, one.customer_id, day, one.paid_minor, one.currency, 0),
            *(one.file_name, FORMAT, batch_id),
        )
        for one, number, day in zip(lines, numbers, days, strict=True)
    ]
    upsert(session, PaymentRow, _PAYMENT, payments)
    made = ids_by_key(session, PaymentRow, "number", numbers)
    allocations = [
        (one.company_id, made[one.company_id, number], one.invoice_id, one.paid_minor, day, batch_id)
        for one, number, day in zip(lines, numbers, days, strict=True)
    ]
    upsert(session, AllocationRow, _ALLOCATION, allocations)
    invoices = {one.invoice_id for one in lines}
    journal.note_disputes_that_may_end(_Import(session, batch_id), invoices)
    refresh_open(session, invoices, set())


def _decide(session: Session, actor: Actor, ids: Sequence[int], state: str, batch_id: int | None) -> None:
    row = SettlementProposalRow
    session.execute(
        update(row)
        .where(among(session, col(row.id), list(ids)))
        .values(state=state, decided_at=now(), decided_by=actor.email, settled_batch_id=batch_id)
        .execution_options(synchronize_session=False)
    )


def _open_batch(session: Session, actor: Actor, lines: Sequence[Waiting]) -> ImportBatchRow:
    companies = {one.company_id for one in lines}
    batch = ImportBatchRow(
        company_id=next(iter(companies)) if len(companies) == 1 else None,
        file_name=", ".join(sorted({one.file_name for one in lines}))[:200],
        format=FORMAT,
        sha256="",
        size_bytes=0,
        state="loaded",
        started_at=now(),
        imported_by=actor.email,
    )
    session.add(batch)
    session.flush()
    return batch


def _close_batch(session: Session, batch: ImportBatchRow, lines: Sequence[Waiting]) -> None:
    tally = Tally()
    for one in lines:
        amount = Decimal(decimal_string(one.paid_minor, one.currency))
        tally.read(amount, one.currency)
        tally.take(Table.PAYMENTS, "created", amount, one.currency)
        tally.note(Table.ALLOCATIONS, "created")
    companies = tuple(sorted({one.company for one in lines}))
    report = FileReport(
        Path(batch.file_name), batch.file_name, FORMAT, Table.PAYMENTS.value, tally=tally, companies=companies
    )
    told: dict[str, Any] = {"marks": journal.marks(session), "set_aside": 0, "warnings": 0, "settles": True}
    batch.report = report.summary() | told
    batch.ended_at = now()
    session.add(batch)
    session.flush()


def _sums(lines: Sequence[Waiting]) -> dict[str, str]:
    sums: dict[str, int] = {}
    for one in lines:
        sums[one.currency] = sums.get(one.currency, 0) + one.paid_minor
    return {currency: decimal_string(minor, currency) for currency, minor in sorted(sums.items())}
