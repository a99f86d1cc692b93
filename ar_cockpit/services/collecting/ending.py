"""Promises that end before their day: replaced by another date or a plan, or given up with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.collecting.promises import StoredPromise, promises
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import InvoiceRow, PromiseRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.promises import GIVEN_UP, REPLACED, PromiseState
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine

ENDED = "promise_ended"  # the kind of its touchpoint


def replace(session: Session, line: CustomerLine, invoices: Sequence[InvoiceLine], minor: int, on: date) -> list[int]:
    """End the promises in whose place ``minor`` of these invoices is promised now, and return their keys.

    One is replaced when the new promise covers all of its invoices that are still open and the two together ask for
    more than is owed: half now and half later are two promises, the whole on another day is one that moved.
    """
    owed, covered = sum(one.open_minor for one in invoices), {one.invoice_id for one in invoices}
    theirs = (col(PromiseRow.customer_id) == line.customer_id) & col(PromiseRow.plan_id).is_(None)
    by_series: dict[int, list[StoredPromise]] = defaultdict(list)
    for one in promises(session, theirs & (col(PromiseRow.state) == PromiseState.OPEN.value), on):
        if covered & one.invoice_ids and _is_open(one, on):
            by_series[one.series_id or one.promise_id].append(one)
    others = {key for parts in by_series.values() for one in parts for key in one.invoice_ids} - covered
    still_open = _open_ones(session, others, on)
    ended = [
        one.promise_id
        for parts in by_series.values()
        if not still_open & parts[0].invoice_ids and _left(parts, on) + minor > owed
        for one in parts
    ]
    _end(session, ended, REPLACED, on)
    return ended


def bring_back(session: Session, promise_ids: Iterable[int]) -> None:
    """Let promises stand again that were ended; one that was taken back meanwhile stays so."""
    row, ids = PromiseRow, list(promise_ids)
    if not ids:
        return
    standing = {"state": PromiseState.OPEN.value, "cancelled_on": None, "decided_on": None, "end_reason": ""}
    session.execute(update(row).where(col(row.id).in_(ids), col(row.end_reason) != "").values(**standing))
    session.expire_all()


def give_up(session: Session, actor: Actor, promise_id: int, reason: str, when: Moment) -> int:
    """End a promise that is still open, with what was agreed together with it; reminders of its invoices go on."""
    row = session.get(PromiseRow, promise_id)
    if row is None:
        raise NotFoundError("There is no such promise.")
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, row.customer_id)
    said = touchpoints.required_text(reason, "The reason")
    if row.plan_id is not None:
        raise RefusedError("This is an instalment of a payment plan.", "End the plan.")
    together = col(PromiseRow.series_id) == row.series_id if row.series_id else col(PromiseRow.id) == row.id
    parts = [one for one in promises(session, together, when.on) if _is_open(one, when.on)]
    if promise_id not in {one.promise_id for one in parts}:
        raise RefusedError("This promise is not open any more.", "Nothing was changed.")
    ids = [one.promise_id for one in parts]
    _end(session, ids, GIVEN_UP, when.on)
    facts = {
        "promise_ids": ids,
        "amount_minor": sum(one.promise.amount_minor for one in parts),
        "currency": row.currency,
        "on": parts[0].promise.promised_for.isoformat(),
    }
    return touchpoints.write(session, actor, line, ENDED, when, text=said, **facts)


def open_promise(session: Session, actor: Actor, line: CustomerLine, invoices: Sequence[InvoiceLine], on: date) -> int:
    """Return the open promise of a customer that covers these invoices; the next one where there are several."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    asked = {one.invoice_id for one in invoices}
    theirs = (col(PromiseRow.customer_id) == line.customer_id) & col(PromiseRow.plan_id).is_(None)
    for one in promises(session, theirs, on):
        if asked <= one.invoice_ids and _is_open(one, on):
            return one.promise_id
    raise NotFoundError(f"No open promise of {line.name} covers that.", "Check the invoices.")


def _is_open(one: StoredPromise, on: date) -> bool:
    outcome = one.outcome(on)
    return outcome is not None and outcome.state is PromiseState.OPEN


def _left(parts: Sequence[StoredPromise], on: date) -> int:
    came = ((one, one.outcome(on)) for one in parts)
    return sum(one.promise.amount_minor - (outcome.received_minor if outcome else 0) for one, outcome in came)


def _open_ones(session: Session, invoice_ids: Iterable[int], on: date) -> set[int]:
    row = InvoiceRow
    ids = sorted(invoice_ids)
    return set(session.exec(select(row.id).where(col(row.id).in_(ids), col(row.closed_on) > on))) if ids else set()


def _end(session: Session, promise_ids: Sequence[int], why: str, on: date) -> None:
    if not promise_ids:
        return
    row = PromiseRow
    ended = {"state": PromiseState.CANCELLED.value, "cancelled_on": on, "decided_on": on, "end_reason": why}
    session.execute(update(row).where(col(row.id).in_(promise_ids)).values(**ended))
    session.expire_all()
