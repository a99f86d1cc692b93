"""A company's invoices as they were known on a day, as one frame of plain columns for the forecast."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Text, and_, case, cast, func, literal, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import open_on
from ar_cockpit.db.queries.collecting.promises import StoredPromise, promises_on_open_invoices
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import (
    AllocationRow,
    CustomerRow,
    DisputeRow,
    ImportBatchRow,
    InvoiceRow,
    PaymentRow,
    PromiseInvoiceRow,
    PromiseRow,
)
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.promises import Promise, covers, settling
from ar_cockpit.domain.figures.receivables import Kind
from ar_cockpit.domain.forecast.history import FEATURE_PREFIX, MAX_HISTORY

_COLUMNS = ["id", "invoice_number", "customer", "currency", "issued_on", "due_on", "amount", "open", "settled_on"]
_MORE = ["country", "segment", "custom"]
FIRST_DAY = date(1970, 1, 1)  # from which the forecast counts days


def ledger_on(session: Session, company_id: int, as_of: date, *, only_open: bool = False) -> pd.DataFrame:
    """Return the newest invoices known on ``as_of`` and all those open on it, or these alone: as it was then."""
    known = _is_known(company_id, as_of)
    settled = narrow(
        session,
        _invoices(known & (col(InvoiceRow.closed_on) <= as_of), col(InvoiceRow.closed_on), literal(0))
        .order_by(col(InvoiceRow.invoice_on).desc(), col(InvoiceRow.number))
        .limit(MAX_HISTORY),
    )
    later = (
        select(func.coalesce(func.sum(col(AllocationRow.amount_minor)), 0))
        .where(col(AllocationRow.invoice_id) == col(InvoiceRow.id), col(AllocationRow.allocated_on) > as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )
    still_open = _invoices(
        known & (col(InvoiceRow.closed_on) > as_of), _settled_before(as_of), col(InvoiceRow.open_minor) + later
    )
    frame = _frame([*(() if only_open else settled), *narrow(session, still_open)])
    # Settled then and opened again since: what counts is what was known then.
    frame["settled_on"] = frame["settled_on"].where(frame["open"] <= 0)
    return frame


def known_in_all(session: Session, company_id: int, as_of: date) -> int:
    """Return how many invoices were known on ``as_of``, however many of them :func:`ledger_on` leaves out."""
    return int(session.execute(select(func.count(col(InvoiceRow.id))).where(_is_known(company_id, as_of))).scalar_one())


def _is_known(company_id: int, as_of: date) -> ColumnElement[bool]:
    return and_(
        col(InvoiceRow.company_id) == company_id,
        col(InvoiceRow.kind) == Kind.INVOICE.value,
        col(InvoiceRow.invoice_on) <= as_of,
        col(InvoiceRow.amount_minor) > 0,
        or_(col(InvoiceRow.written_off_on).is_(None), col(InvoiceRow.written_off_on) > as_of),
    )


class Commitments(NamedTuple):
    """What is agreed about open invoices, by row id: promised day with the last day of grace, disputes, plans."""

    promised: dict[int, tuple[date, date]]
    disputed: set[int]
    by_plan: set[int]  # of the promised ones, those whose date is an instalment's


def commitments_on(session: Session, company_id: int, as_of: date) -> Commitments:
    """Return the invoices under an open promise or a running plan, and the disputed ones.

    A promise of a part settles the oldest of its invoices as far as it goes; the others are expected as without it.
    """
    owed = col(CustomerRow.company_id) == company_id
    plans: set[int] = set()
    together: dict[tuple[str, int], list[StoredPromise]] = defaultdict(list)
    for stored in promises_on_open_invoices(session, owed, as_of):
        state = stored.outcome(as_of)
        if state is None or not state.holds:
            continue
        key = ("promise", stored.promise_id) if stored.series_id is None else ("series", stored.series_id)
        together[key].append(stored)
        plans |= stored.invoice_ids if stored.plan_id is not None else frozenset()
    by_part = _by_part(session, list(together.values()), as_of)
    promised = {invoice_id: (part.promised_for, part.last_day) for invoice_id, part in by_part.items()}
    # Of an imported flag nobody knows since when it was true: using it on a past day would be looking ahead.
    disputed = select(col(DisputeRow.invoice_id)).where(
        col(DisputeRow.company_id) == company_id,
        col(DisputeRow.opened_on_is_known),
        col(DisputeRow.opened_on) <= as_of,
        col(DisputeRow.closed_on) > as_of,
    )
    return Commitments(promised, set(session.execute(disputed).scalars()), plans & promised.keys())


def _by_part(session: Session, together: Sequence[Sequence[StoredPromise]], as_of: date) -> dict[int, Promise]:
    """Return the invoices that promises settle, each with the promise of its series by whose date that is."""
    ids = sorted({invoice_id for parts in together for one in parts for invoice_id in one.invoice_ids})
    if not ids:
        return {}
    question = select(col(InvoiceRow.id), open_on(as_of)).where(among(session, col(InvoiceRow.id), ids))
    by_age = question.order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    opened = [(key, int(minor)) for key, minor in session.execute(by_age) if minor > 0]
    found: dict[int, Promise] = {}
    for parts in together:
        covered = parts[0].invoice_ids
        own = [(key, minor) for key, minor in opened if key in covered]
        by_part = settling([one.promise for one in parts], [minor for _, minor in own], as_of)
        meant = covers([one.promise for one in parts], [minor for _, minor in own], as_of)
        told = zip(own, by_part, meant, strict=True)
        found |= {key: part for (key, _), part, is_meant in told if is_meant and key not in found}
    return found


def numbers_known(session: Session, company_id: int, as_of: date) -> set[str]:
    """Return the numbers of the company's documents dated on or before ``as_of``."""
    question = select(col(InvoiceRow.number)).where(
        col(InvoiceRow.company_id) == company_id, col(InvoiceRow.invoice_on) <= as_of
    )
    return set(session.execute(question).scalars())


def customers_of(session: Session, company_id: int) -> dict[str, tuple[int, str, str, str]]:
    """Return terms, currency, country and segment of the company's customers by their codes."""
    question = select(
        col(CustomerRow.code),
        col(CustomerRow.payment_terms_days),
        col(CustomerRow.currency),
        col(CustomerRow.country),
        col(CustomerRow.segment_key),
    ).where(col(CustomerRow.company_id) == company_id)
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in session.execute(question)}


def fingerprint(session: Session, company_id: int) -> str:
    """Return a short mark that changes with every import, posting, promise and dispute of the company."""
    facts: list[Any] = [session.execute(select(func.max(col(ImportBatchRow.id)))).scalar_one()]
    for row, amounts in (
        (InvoiceRow, (InvoiceRow.amount_minor, InvoiceRow.open_minor)),
        (PaymentRow, (PaymentRow.amount_minor, PaymentRow.unapplied_minor)),
        (AllocationRow, (AllocationRow.amount_minor,)),
        (PromiseRow, (PromiseRow.amount_minor, PromiseRow.grace_days)),
        (PromiseInvoiceRow, ()),
        (DisputeRow, ()),
    ):
        key = col(row.id)
        sums = [func.sum(col(amount)) for amount in amounts]
        question = select(func.count(key), func.max(key), *sums).where(col(row.company_id) == company_id)
        facts += [None if value is None else int(value) for value in session.execute(question).one()]
    for changed in (
        and_(col(PromiseRow.company_id) == company_id, col(PromiseRow.cancelled_on).is_not(None)),
        and_(col(DisputeRow.company_id) == company_id, col(DisputeRow.closed_on) < OPEN_END),
        and_(col(InvoiceRow.company_id) == company_id, col(InvoiceRow.written_off_on).is_not(None)),
    ):
        facts.append(session.execute(select(func.count()).where(changed)).scalar_one())
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def _settled_before(as_of: date) -> SQLColumnExpression[Any]:
    """Return the last day by ``as_of`` on which anything was applied."""
    return (
        select(func.max(col(AllocationRow.allocated_on)))
        .where(col(AllocationRow.invoice_id) == col(InvoiceRow.id), col(AllocationRow.allocated_on) <= as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )


def _invoices(
    chosen: ColumnElement[bool], settled_on: SQLColumnExpression[Any], open_minor: SQLColumnExpression[Any]
) -> Select[Any]:
    return (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.number),
            col(CustomerRow.code),
            col(InvoiceRow.currency),
            _number(col(InvoiceRow.invoice_on)),
            _number(
                case(
                    (col(InvoiceRow.due_on) < col(InvoiceRow.invoice_on), col(InvoiceRow.invoice_on)),
                    else_=col(InvoiceRow.due_on),
                )
            ),
            col(InvoiceRow.amount_minor),
            open_minor,
            _number(settled_on),
            col(CustomerRow.country),
            col(CustomerRow.segment_key),
            cast(col(InvoiceRow.custom), Text),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(chosen)
    )


def _number(day: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """Return a day as the forecast counts it: hundreds of thousands of dates need not be made for it."""
    return days_between(day, literal(FIRST_DAY))


def _frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    names = [*_COLUMNS, *_MORE]
    columns: dict[str, Any] = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    customs = _read(columns.pop("custom"))
    for name in ("amount", "open", "settled_on"):  # sums may come as decimals, and a day may be missing
        columns[name] = np.array(columns[name], dtype=float)
    frame = pd.DataFrame({name: columns.pop(name) for name in _COLUMNS})
    frame[f"{FEATURE_PREFIX}customer country"] = columns["country"]
    frame[f"{FEATURE_PREFIX}customer segment"] = columns["segment"]
    for name in sorted({name for custom in customs for name in custom}):
        values = [custom.get(name) for custom in customs]
        frame[f"{FEATURE_PREFIX}{name.lower()}"] = [None if value is None else str(value) for value in values]
    return frame


def _read(texts: Iterable[str | None]) -> list[dict[str, Any]]:
    """Return the custom fields as they were written; most rows have the same ones, or none."""
    texts = list(texts)
    known = {text: (json.loads(text) if text else None) or {} for text in set(texts)}
    return [known[text] for text in texts]
