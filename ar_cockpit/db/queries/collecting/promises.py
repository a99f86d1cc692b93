"""Promises with what was applied to their invoices, for the pure rule that says what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlmodel import Session, col

from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, PromiseInvoiceRow, PromiseRow
from ar_cockpit.db.together import Day
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.collecting.promises import Outcome, Promise, outcome, series
from ar_cockpit.domain.figures.receivables import Allocation


@dataclass(frozen=True, slots=True)
class StoredPromise:
    """A promise, whose it is, and the invoices it covers."""

    promise_id: int
    customer_id: int
    currency: str
    promise: Promise
    invoice_ids: frozenset[int]
    note: str
    plan_id: int | None = None  # the payment plan whose instalment it is
    series_id: int | None = None  # of one agreement with several dates
    end_reason: str = ""  # of one that ended before its day

    def outcome(self, as_of: date) -> Outcome | None:
        """Return what has become of it by ``as_of``."""
        return outcome(self.promise, as_of)


def promises(
    session: Session, customers: ColumnElement[bool], as_of: date, *, promised_since: date | None = None
) -> list[StoredPromise]:
    """Return the promises made by ``as_of`` for a date on or after ``promised_since``, in order of that date."""
    since = true() if promised_since is None else col(PromiseRow.promised_for) >= promised_since
    return _load(session, (customers, since), as_of)


def promises_decided(
    session: Session, company_ids: Sequence[int], customers: ColumnElement[bool], currency: str, decided: Period
) -> list[StoredPromise]:
    """Return the promises in one currency that may have been decided in a period, as known at its end.

    One is decided until the day after its grace; those of before are as many as there are years.
    """
    row = PromiseRow
    own = col(row.company_id).in_(company_ids)
    longest = session.execute(select(func.max(col(row.grace_days))).where(own)).scalar() or 0
    since = decided.start - timedelta(days=longest + 1)
    asked = (own, customers, col(row.currency) == currency, col(row.promised_for) >= since)
    return _load(session, asked, decided.end)


def promises_on_open_invoices(session: Session, customers: ColumnElement[bool], as_of: date) -> list[StoredPromise]:
    """Return the promises that cover at least one invoice of ``customers`` that is open on ``as_of``."""
    return _load(session, (customers, covers_open(as_of)), as_of)


def covers_open(as_of: Day) -> ColumnElement[bool]:
    """Return whether a promise covers at least one invoice that is open on ``as_of``."""
    return (
        select(col(PromiseInvoiceRow.id))
        .join(InvoiceRow, col(InvoiceRow.id) == col(PromiseInvoiceRow.invoice_id))
        .where(col(PromiseInvoiceRow.promise_id) == col(PromiseRow.id), col(InvoiceRow.closed_on) > as_of)
        .correlate(PromiseRow)
        .exists()
    )


def questions(asked: tuple[ColumnElement[bool], ...], as_of: Day) -> dict[str, Select[*tuple[Any, ...]]]:
    """Return what is asked about the promises made by ``as_of`` that :func:`made_of` puts together."""
    of_day = (*asked, col(PromiseRow.made_on) <= as_of)
    return {"promises": _promises(of_day), "covered": _invoices(of_day), "applied": _allocations(of_day, as_of)}


def made_of(answers: Mapping[str, Iterable[Sequence[Any]]]) -> list[StoredPromise]:
    """Return the promises that the rows of :func:`questions` tell of."""
    covered: dict[int, list[int]] = defaultdict(list)
    for promise_id, invoice_id in answers["covered"]:
        covered[promise_id].append(invoice_id)
    applied: dict[int, list[Allocation]] = defaultdict(list)
    for promise_id, on, minor in answers["applied"]:
        applied[promise_id].append(Allocation(on, int(minor)))
    rows = list(answers["promises"])
    known = _in_series(rows, applied)
    return [
        StoredPromise(row[0], row[1], row[2], known[row[0]], frozenset(covered[row[0]]), *_beside(row)) for row in rows
    ]


def _beside(row: Sequence[Any]) -> tuple[str, int | None, int | None, str]:
    """Return a promise's note, plan, series and why it ended."""
    return row[8], row[11], row[9], row[12]


def _in_series(rows: Sequence[Sequence[Any]], applied: Mapping[int, Sequence[Allocation]]) -> dict[int, Promise]:
    """Return the promises by key; those of one agreement know of each other, unless they were all taken back."""
    found: dict[int, Promise] = {}
    together: dict[int, list[int]] = defaultdict(list)
    for key, _, _, made_on, promised_for, grace, minor, cancelled_on, _, series_id, before, *_ in rows:
        found[key] = Promise(made_on, promised_for, grace, minor, cancelled_on, tuple(applied.get(key, ())), before)
        if series_id is not None:
            together[series_id].append(key)
    for keys in together.values():
        by_date = sorted(keys, key=lambda key: (found[key].promised_for, found[key].before_minor))
        found |= dict(zip(by_date, series([found[key] for key in by_date]), strict=True))
    return found


def _load(session: Session, asked: tuple[ColumnElement[bool], ...], as_of: date) -> list[StoredPromise]:
    asking = questions(asked, as_of)
    first = session.execute(asking["promises"]).all()
    if not first:
        return []
    others = {name: session.execute(asking[name]) for name in ("covered", "applied")}
    return made_of({"promises": first, **others})


def _promises(asked: tuple[ColumnElement[bool], ...]) -> Select[*tuple[Any, ...]]:
    row = PromiseRow
    return (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.currency),
            col(row.made_on),
            col(row.promised_for),
            col(row.grace_days),
            col(row.amount_minor),
            col(row.cancelled_on),
            col(row.note),
            col(row.series_id),
            col(row.before_minor),
            col(row.plan_id),
            col(row.end_reason),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(*asked)
        .order_by(col(row.promised_for), col(row.id))
    )


def _invoices(asked: tuple[ColumnElement[bool], ...]) -> Select[*tuple[Any, ...]]:
    return (
        select(col(PromiseInvoiceRow.promise_id), col(PromiseInvoiceRow.invoice_id))
        .join(PromiseRow, col(PromiseRow.id) == col(PromiseInvoiceRow.promise_id))
        .join(CustomerRow, col(CustomerRow.id) == col(PromiseRow.customer_id))
        .where(*asked)
    )


def _allocations(asked: tuple[ColumnElement[bool], ...], as_of: Day) -> Select[*tuple[Any, ...]]:
    day = col(AllocationRow.allocated_on)
    return (
        select(col(PromiseRow.id), day, col(AllocationRow.amount_minor))
        .join(PromiseInvoiceRow, col(PromiseInvoiceRow.promise_id) == col(PromiseRow.id))
        .join(AllocationRow, col(AllocationRow.invoice_id) == col(PromiseInvoiceRow.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(PromiseRow.customer_id))
        .where(*asked, day >= col(PromiseRow.made_on), day <= as_of)
        .order_by(day, col(AllocationRow.id))
    )
