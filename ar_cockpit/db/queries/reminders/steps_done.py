"""What was said and done about open invoices so far: steps, reminders, tellings, allocations looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.packing import numbers, packed, packed_numbers
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.tables import (
    CustomerRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    SalesDigestRow,
    TouchpointRow,
)
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.cadence.day import ALLOCATE
from ar_cockpit.domain.cadence.ladder import Done
from ar_cockpit.domain.cadence.occasions import OCCASION
from ar_cockpit.domain.cadence.pausing import MOST_DAYS_UNHEARD
from ar_cockpit.domain.policy.model import INSTALMENT, THANKS

TOLD = "sales_told"  # the touchpoint that a sales owner was told of a coming step
_TOLD_FOR = timedelta(days=400)


def steps_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`summed_steps` reads the answer of: each step of a few customers by itself."""
    item = MessageItemRow
    return (
        select(
            col(item.invoice_id),
            col(item.step),
            col(item.step_offset),
            days_between(as_of, col(item.business_on)),
            days_between(as_of, went_on(as_of)),
            col(item.firmness),
        )
        .join(InvoiceRow, is_about())
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(wanted, is_open_on(as_of), was_done(as_of))
    )


def summed_steps(rows: Iterable[Sequence[Any]], bits: Mapping[str, int]) -> dict[int, Done]:
    """Return what :func:`~ar_cockpit.db.queries.reminders.packed.dones` does, from each step."""
    found: dict[int, Done] = {}
    for invoice_id, step, offset, days, went, firmness in rows:
        one = found.get(invoice_id) or Done(0, offset, offset, days, went)
        found[invoice_id] = Done(
            one.keys | bits.get(step, 0),
            min(one.first_offset, offset),
            max(one.last_offset, offset),
            max(one.since_first, days),
            min(one.since_last, went),
            max(one.firmness, firmness),
        )
    return found


def earliest_offsets(session: Session) -> dict[str, int]:
    """Return the earliest day at which each step was ever recorded."""
    return dict(session.execute(earliest_question()).all())


def earliest_question() -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`earliest_offsets`."""
    item = MessageItemRow
    # From one step to the next by the index: there are few steps, and an item for each reminder ever written.
    steps = select(func.min(col(item.step)).label("step")).cte("steps", recursive=True)
    following = select(func.min(col(item.step))).where(col(item.step) > steps.c.step).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.step.is_not(None)))
    earliest = select(func.min(col(item.step_offset))).where(col(item.step) == steps.c.step).scalar_subquery()
    return select(steps.c.step, earliest).where(steps.c.step.is_not(None))


def is_about() -> ColumnElement[bool]:
    """Return the item's invoice, by the whole of the key that there is an index for."""
    item = MessageItemRow
    return (col(item.company_id) == col(InvoiceRow.company_id)) & (col(item.invoice_id) == col(InvoiceRow.id))


def was_done(as_of: Day) -> ColumnElement[bool]:
    """Return whether an item was done by ``as_of``; what was dropped unsent was not, nor is a task to allocate one."""
    item = MessageItemRow
    return (col(item.business_on) <= as_of) & (col(item.dropped) == "") & (col(item.step) != ALLOCATE)


def went_on(as_of: Day) -> ColumnElement[date]:
    """Return when an item left, as known on ``as_of``: mostly on its day, later after an outage or a stop."""
    item = MessageItemRow
    return case((col(item.went_on) <= as_of, col(item.went_on)), else_=col(item.business_on))


def days_since_reminder(
    session: Session, wanted: ColumnElement[bool], as_of: date, longest_spacing: int
) -> dict[int, int]:
    """Return the days since the last reminder by customer; what asks for nothing is none.

    The few that left later than on their day are asked for by themselves, so that each question has its index.
    """
    after, row = as_of - timedelta(days=longest_spacing), MessageRow
    last = (
        select(col(row.customer_id).label("owner"), days_between(as_of, func.max(col(row.business_on))).label("days"))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.business_on) > after, col(row.business_on) <= as_of, *_asks_for_money())
        .where(exists().where(col(MessageItemRow.message_row_id) == col(row.id), *_is_reminded(as_of)))
        .group_by(col(row.customer_id))
        .subquery()
    )
    found: dict[int, int] = {}
    for ids, days in packed(session, select(*(packed_numbers(session, one) for one in (last.c.owner, last.c.days)))):
        found |= zip(numbers([ids]).tolist(), numbers([days]).tolist(), strict=True)
    went_later = col(MessageItemRow.went_on).between(after + timedelta(days=1), as_of)
    for customer_id, ago in session.execute(since_reminder_question(wanted & went_later, as_of)):
        found[customer_id] = min(ago, found.get(customer_id, ago))
    return found


def _asks_for_money() -> tuple[ColumnElement[bool], ...]:
    return col(MessageRow.state) != "cancelled", col(MessageRow.template).not_in((THANKS, INSTALMENT))


def _is_reminded(as_of: Day) -> tuple[ColumnElement[bool], ...]:
    return was_done(as_of), col(MessageItemRow.step_offset) >= 0


def since_reminder_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question about the days since the last reminder, however long ago."""
    return (
        select(col(MessageRow.customer_id), days_between(as_of, func.max(went_on(as_of))))
        .join(MessageItemRow, col(MessageItemRow.message_row_id) == col(MessageRow.id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(wanted, *_asks_for_money(), *_is_reminded(as_of))
        .group_by(col(MessageRow.customer_id))
    )


def touched_on(session: Session, wanted: ColumnElement[bool], day: date) -> frozenset[int]:
    """Return the customers with a message or a task of ``day``, whatever became of it."""
    return frozenset(session.execute(touched_question(wanted, day)).scalars())


def touched_question(wanted: ColumnElement[bool], day: Day) -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`touched_on`."""
    return (
        select(col(MessageRow.customer_id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(wanted, col(MessageRow.business_on) == day, col(MessageRow.channel) != ALLOCATE)
    )


class Told(NamedTuple):
    """The days since the sales owner first heard of (invoice, step), and those that nobody heard of for too long."""

    heard: dict[tuple[int, str], int]
    unheard: frozenset[tuple[int, str]]


def told(session: Session, wanted: ColumnElement[bool], as_of: date) -> Told:
    """Return what sales owners were told: a digest counts once it went."""
    return told_of(session.execute(told_question(wanted, as_of)), session.execute(not_gone_question()).scalars())


def not_gone_question() -> Select[*tuple[Any, ...]]:
    """Return the question about the digests that wait, failed, or of which nobody knows."""
    return select(col(SalesDigestRow.id)).where(col(SalesDigestRow.state) != "sent")


def told_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`told_of` reads the answer of."""
    row = TouchpointRow
    return (
        select(col(row.facts), days_between(as_of, col(row.happened_on)))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.kind) == TOLD, col(row.happened_on).between(earlier(as_of, _TOLD_FOR), as_of))
        .order_by(col(row.happened_on).desc())
    )


def told_of(rows: Iterable[Sequence[Any]], not_gone: Iterable[int]) -> Told:
    """Return the days since the first telling by invoice and step; the oldest row comes last."""
    missing = frozenset(not_gone)
    heard: dict[tuple[int, str], int] = {}
    in_vain: dict[tuple[int, str], int] = {}
    for facts, days in rows:
        found = in_vain if facts.get("digest_id") in missing else heard
        found.update({(invoice_id, facts["step"]): days for invoice_id in facts["invoice_ids"]})
    unheard = (key for key, days in in_vain.items() if days >= MOST_DAYS_UNHEARD and key not in heard)
    return Told(heard, frozenset(unheard))


def reviewed(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[int]:
    """Return the invoices whose task to allocate was closed by a person."""
    return frozenset(session.execute(reviewed_question(wanted, as_of)).scalars())


def reviewed_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`reviewed`."""
    return (
        select(col(MessageItemRow.invoice_id))
        .join(MessageRow, col(MessageRow.id) == col(MessageItemRow.message_row_id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(
            wanted,
            col(MessageRow.channel) == ALLOCATE,
            col(MessageRow.state) == "done",
            col(MessageRow.business_on) <= as_of,
        )
    )


def proposed(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[int]:
    """Return the invoices that a task to allocate names, open or closed."""
    question = (
        select(col(MessageItemRow.invoice_id))
        .join(InvoiceRow, is_about())
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(
            wanted,
            col(MessageItemRow.step) == ALLOCATE,
            col(MessageItemRow.dropped) == "",
            col(MessageItemRow.business_on) <= as_of,
        )
    )
    return frozenset(session.execute(question).scalars())


def announced(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[tuple[int, str]]:
    """Return the (invoice, step) of instalments that customers were told of."""
    item = MessageItemRow
    question = (
        select(col(item.invoice_id), col(item.step))
        .join(MessageRow, col(MessageRow.id) == col(item.message_row_id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(wanted, was_done(as_of), col(MessageRow.template) == INSTALMENT)
        .where(col(item.step).startswith(f"{OCCASION}:"))
    )
    return frozenset((invoice_id, step) for invoice_id, step in session.execute(question))
