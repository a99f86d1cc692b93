"""Take back what was done to many customers at once, in as many statements as for one; see :mod:`.undo` for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, literal, update
from sqlmodel import Session, col, select

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.customers import CustomerLine, customer_lines
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, HoldRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.undo import TIME_TO_UNDO
from ar_cockpit.services import audit
from ar_cockpit.services.collecting import touchpoints


def undo_all(session: Session, actor: Actor, touchpoint_ids: Sequence[int], *, at: datetime) -> int:
    """Reverse those of the acts that can still be reversed, and return how many they are.

    What was undone already, is older than a day, is out of reach or was overtaken by a later hand-over stays.
    """
    row = TouchpointRow
    asked = select(row).where(
        among(session, col(row.id), list(touchpoint_ids)),
        col(row.undone_at).is_(None),
        col(row.happened_at) >= at - TIME_TO_UNDO,
        col(row.kind).in_(_REVERSALS),
    )
    acts = session.exec(asked.order_by(col(row.id))).all()
    lines = _reached(session, actor, acts)
    wanted = [one for one in acts if one.customer_id in lines and _stands(one, lines[one.customer_id])]
    claimed = _claim(session, [one.id for one in wanted], at)
    undone = [one for one in wanted if one.id in claimed]
    for kind, reverse in _REVERSALS.items():
        of_kind = [one for one in undone if one.kind == kind]
        if of_kind:
            reverse(session, of_kind)
            told = [audit.Entry(touchpoints.subject(lines[one.customer_id]), dict(one.facts), {}) for one in of_kind]
            audit.record_all(session, actor, f"customer.{kind}.undo", told)
    session.expire_all()  # what is loaded of them is from before
    return len(undone)


def _reached(session: Session, actor: Actor, acts: Sequence[TouchpointRow]) -> dict[int, CustomerLine]:
    """Return the customers of the acts by key; one's own acts take less of a right than a colleague's."""
    found: dict[int, CustomerLine] = {}
    for permission, is_own in ((Permission.WRITE_NOTE, True), (Permission.WORK_CUSTOMERS, False)):
        ids = [one.customer_id for one in acts if (one.actor_email == actor.email) is is_own]
        if ids:
            reached = customer_clause(actor.scope(permission), actor.email)
            lines = customer_lines(session, reached & among(session, col(CustomerRow.id), ids))
            found |= {line.customer_id: line for line in lines}
    return found


def _stands(act: TouchpointRow, line: CustomerLine) -> bool:
    """Return whether nobody handed the customer on since."""
    return act.kind != "handover" or line.collector_email.lower() == act.facts["to"]


def _claim(session: Session, ids: Sequence[int], at: datetime) -> set[int]:
    """Mark acts as undone, and return those that nobody else took back in the same moment."""
    row = TouchpointRow
    marking = update(row).where(among(session, col(row.id), ids), col(row.undone_at).is_(None)).values(undone_at=at)
    quiet = {"synchronize_session": False}
    return set(session.execute(marking.returning(col(row.id)), execution_options=quiet).scalars())


def _wake(session: Session, acts: Sequence[TouchpointRow]) -> None:
    before = {one.customer_id: one.facts.get("before") for one in acts}
    days = {key: date.fromisoformat(day) if day else None for key, day in before.items()}
    _set(session, "snoozed_until", days)


def _give_back(session: Session, acts: Sequence[TouchpointRow]) -> None:
    _set(session, "collector_email", {one.customer_id: one.facts["before"] for one in acts})


def _lift(session: Session, acts: Sequence[TouchpointRow]) -> None:
    hold = HoldRow
    lifting = update(hold).where(among(session, col(hold.id), [one.facts["hold_id"] for one in acts]))
    session.execute(lifting.values(released_on=col(hold.set_on)), execution_options={"synchronize_session": False})


def _set(session: Session, name: str, values: Mapping[int, Any]) -> None:
    """Write each customer's own value into one column."""
    row = CustomerRow
    kind = row.__table__.c[name].type  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    each = case(*((col(row.id) == key, literal(value, kind)) for key, value in values.items()))
    writing = update(row).where(among(session, col(row.id), list(values))).values({name: each})
    session.execute(writing, execution_options={"synchronize_session": False})


_REVERSALS: dict[str, Callable[[Session, Sequence[TouchpointRow]], None]] = {
    "snooze": _wake,
    "handover": _give_back,
    "manual": _lift,
}
