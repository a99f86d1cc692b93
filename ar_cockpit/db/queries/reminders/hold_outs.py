"""Hold-outs: the trials that run, what waits for them, who takes part, and what came of both arms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, func, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among as among_keys
from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.days import days_between
from ar_cockpit.db.tables import CompanyRow, CustomerRow, HoldOutInvoiceRow, HoldOutRow, InvoiceRow
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.cadence.holding_out import LEAST_SETTLED, MOST_DAYS, NO_HOLD_OUT, HoldOut, Trial
from ar_cockpit.domain.cadence.shapes import Enrolled
from ar_cockpit.domain.forecast.causal import Arm

_COLUMNS = ("trial_id", "invoice_id", "step", "is_held", "decided_on", "until_on")
_KEY = ("invoice_id", "step", "trial_id")


@dataclass(frozen=True, slots=True)
class StoredTrial:
    """A trial as it was switched on, and how many took part by the day that is asked for."""

    trial_id: int
    company: str
    share: int
    days: int
    starts_on: date
    ends_on: date
    stopped_on: date | None
    created_by: str
    stopped_by: str

    def runs_on(self, day: date) -> bool:
        """Return whether anybody may be enrolled on ``day``."""
        return self.starts_on <= day <= self.ends_on and (self.stopped_on is None or day < self.stopped_on)


def on(session: Session, wanted: ColumnElement[bool], as_of: date) -> HoldOut:
    """Return the trials of a day and what waits for them among ``wanted`` customers; without any, one short look."""
    return among(session, session.execute(standing_question(as_of)), wanted, as_of)


def standing_question(as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question for the trials that something may wait for on a day."""
    row = HoldOutRow
    return (
        select(col(CompanyRow.code), col(row.id), col(row.share), col(row.days), col(row.ends_on))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(_stands(as_of))
        .order_by(col(row.id))
    )


def among(session: Session, standing: Iterable[Sequence[Any]], wanted: ColumnElement[bool], as_of: date) -> HoldOut:
    """Return what :func:`on` does, with the trials at hand."""
    trials = {code: Trial(key, seed_of(key), share, days, ends_on) for code, key, share, days, ends_on in standing}
    if not trials:
        return NO_HOLD_OUT
    return HoldOut(trials, _proven(session, wanted, as_of, trials), _waiting(session, wanted, as_of))


def seed_of(trial_id: int) -> str:
    """Return what chance begins with: other customers wait in each trial, and always the same ones in one."""
    return f"hold-out {trial_id}"


def _stands(as_of: Day) -> ColumnElement[bool]:
    row = HoldOutRow
    is_standing = or_(col(row.stopped_on).is_(None), col(row.stopped_on) > as_of)
    return and_(col(row.starts_on) <= as_of, col(row.ends_on) >= earlier(as_of, timedelta(days=MOST_DAYS)), is_standing)


def _proven(session: Session, wanted: ColumnElement[bool], as_of: date, companies: Iterable[str]) -> frozenset[int]:
    """Return the customers of these companies who settled enough by ``as_of``: a probe of an index for each."""
    invoice, customer = InvoiceRow, CustomerRow
    enough = (
        select(col(invoice.id))
        .where(col(invoice.customer_id) == col(customer.id), col(invoice.closed_on) <= as_of)
        .offset(LEAST_SETTLED - 1)
        .limit(1)
        .exists()
    )
    question = (
        select(col(customer.id))
        .join(CompanyRow, col(CompanyRow.id) == col(customer.company_id))
        .where(wanted, col(CompanyRow.code).in_(sorted(companies)), enough)
    )
    return frozenset(session.execute(question).scalars())


def _waiting(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], date]:
    """Return until when open invoices wait, or waited: nobody is held back twice about the same."""
    row, invoice = HoldOutInvoiceRow, InvoiceRow
    question = (
        select(col(row.invoice_id), col(row.step), col(row.until_on))
        .join(HoldOutRow, col(HoldOutRow.id) == col(row.trial_id))
        .join(invoice, col(invoice.id) == col(row.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(invoice.customer_id))
        .where(wanted, _stands(as_of), col(row.is_held), col(row.decided_on) <= as_of, col(invoice.closed_on) > as_of)
    )
    return {(key, step): until for key, step, until in session.execute(question)}


def customers_of(session: Session, enrolled: Sequence[Enrolled]) -> list[int]:
    """Return the customers whose invoices take part."""
    if not enrolled:
        return []
    row, ids = InvoiceRow, sorted({invoice_id for one in enrolled for invoice_id, _ in one.keys})
    question = select(col(row.customer_id)).where(among_keys(session, col(row.id), ids)).distinct()
    return list(session.execute(question.order_by(col(row.customer_id))).scalars())


def record(session: Session, enrolled: Sequence[Enrolled], as_of: date) -> None:
    """Keep who takes part from ``as_of`` on; what is kept already stays as it was decided."""
    rows = [
        (one.trial_id, *key, one.is_held, as_of, as_of + timedelta(days=one.days if one.is_held else 0))
        for one in enrolled
        for key in one.keys
    ]
    kept = ("is_held", "decided_on", "until_on")
    upsert(session, HoldOutInvoiceRow, _COLUMNS, rows, _KEY, kept=kept)


def trials(session: Session, company_ids: Sequence[int]) -> list[StoredTrial]:
    """Return all trials of these companies, the newest first."""
    row = HoldOutRow
    asked: tuple[Any, ...] = (
        row.share,
        row.days,
        row.starts_on,
        row.ends_on,
        row.stopped_on,
        row.created_by,
        row.stopped_by,
    )
    question: Select[*tuple[Any, ...]] = (
        select(col(row.id), col(CompanyRow.code), *asked)
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(col(row.company_id).in_(company_ids))
        .order_by(col(row.id).desc())
    )
    return [StoredTrial(*one) for one in session.execute(question)]


def taking_part(session: Session, trial_id: int) -> dict[bool, tuple[int, int]]:
    """Return how many customers and invoices take part, of those held back and of the others."""
    row = HoldOutInvoiceRow
    question = (
        select(col(row.is_held), func.count(distinct(col(InvoiceRow.customer_id))), func.count())
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .where(col(row.trial_id) == trial_id)
        .group_by(col(row.is_held))
    )
    return {bool(is_held): (customers, invoices) for is_held, customers, invoices in session.execute(question)}


def arms(session: Session, trial_id: int, within: int, as_of: date) -> dict[bool, Arm]:
    """Return what came of both arms within ``within`` days of the decision, of those decided so long before ``as_of``.

    An invoice with two steps in the trial counts for each; sums of customers and their squares are made here, so that
    a ledger of any size is two rows.
    """
    row, invoice = HoldOutInvoiceRow, InvoiceRow
    paid = case((days_between(col(invoice.closed_on), col(row.decided_on)) <= within, 1), else_=0)
    by_customer = (
        select(
            col(row.is_held).label("is_held"),
            func.count().label("m"),
            func.sum(paid).label("y"),
        )
        .join(invoice, col(invoice.id) == col(row.invoice_id))
        .where(col(row.trial_id) == trial_id, col(row.decided_on) <= as_of - timedelta(days=within))
        .group_by(col(row.is_held), col(invoice.customer_id))
        .subquery()
    )
    one: Any = by_customer.c
    question = select(
        one.is_held,
        func.count(),
        func.sum(one.m),
        func.sum(one.y),
        func.sum(one.m * one.m),
        func.sum(one.y * one.y),
        func.sum(one.m * one.y),
    ).group_by(one.is_held)
    return {bool(is_held): Arm(*map(int, sums)) for is_held, *sums in session.execute(question)}
