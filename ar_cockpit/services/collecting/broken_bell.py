"""Ring the collector's bell for promises that were broken: one touchpoint for each customer, told at the bell alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.promises import covers_open
from ar_cockpit.db.tables import CustomerRow, MentionRow, PromiseRow, TouchpointRow, UserRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.i18n import say
from ar_cockpit.i18n.numbers import day, money
from ar_cockpit.services import clock

BROKEN = "promise_broken_told"
IS_NEWS = timedelta(days=14)  # what was broken longer ago when it is first noticed, as after an import, rings nobody


def ring(session: Session, actor: Actor, broken: Mapping[int, date], as_of: date) -> int:
    """Tell each customer's collector which of its promises were broken, each since its day; return how many are told.

    Promises whose invoices were paid since, however late, are no news.
    """
    recent = sorted(key for key, since in broken.items() if as_of - since <= IS_NEWS)
    by_customer: dict[int, list[Any]] = defaultdict(list)
    for row in _told(session, recent, as_of) if recent else ():
        by_customer[row.customer_id].append(row)
    at = clock.now()
    touches = [
        TouchpointRow(
            company_id=rows[0].company_id,
            customer_id=customer_id,
            kind=BROKEN,
            happened_on=as_of,
            happened_at=at,
            actor_email=actor.email,
            text=_sentence(rows),
            facts={"promise_ids": [row.id for row in rows]},
        )
        for customer_id, rows in by_customer.items()
    ]
    session.add_all(touches)
    session.flush()
    session.add_all(
        MentionRow(
            company_id=touch.company_id,
            customer_id=touch.customer_id,
            touchpoint_id=touch.id,
            user_id=by_customer[touch.customer_id][0].user_id,
            mentioned_by=actor.name,
            mentioned_at=at,
        )
        for touch in touches
    )
    session.flush()
    return len(touches)


def _told(session: Session, promise_ids: Sequence[int], as_of: date) -> Sequence[Any]:
    row, owner = PromiseRow, CustomerRow
    question: Select[*tuple[Any, ...]] = (
        select(
            col(row.id),
            col(row.company_id),
            col(row.customer_id),
            col(row.amount_minor),
            col(row.currency),
            col(row.promised_for),
            col(UserRow.language),
            col(UserRow.id).label("user_id"),
        )
        .join(owner, col(owner.id) == col(row.customer_id))
        .join(UserRow, (col(UserRow.email) == func.lower(col(owner.collector_email))) & col(UserRow.is_active))
        .where(among(session, col(row.id), promise_ids), covers_open(as_of))
        .order_by(col(row.promised_for), col(row.id))
    )
    return session.execute(question).all()


def _sentence(rows: Sequence[Any]) -> str:
    """Return what the collector reads at the bell, in the collector's language."""
    language = rows[0].language
    told = [
        say(
            language,
            "agreements.told.broken",
            amount=money(row.amount_minor, row.currency, language),
            day=day(row.promised_for, language),
        )
        for row in rows
    ]
    return " ".join(told)
