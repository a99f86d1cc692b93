"""Archive a customer that owes nothing, and merge one into another: its address then leads to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.customer_page import merging as stored
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import CustomerMergeRow, CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.groups import assign_groups

ARCHIVED, UNARCHIVED, MERGED = "archived", "unarchived", "merged"
_TOLD = ("invoice", "payment", "contact", "message", "touchpoint", "promise", "dispute", "customer_file")


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would move, by table, and where to; nothing was changed yet."""

    source: CustomerLine
    target: CustomerLine
    moves: Mapping[str, int]
    stays: int  # rows that the target has already, of the same day and address: they stay with the source


def archive(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """Take a customer out of the lists and return the touchpoint's key; refuse while anything of it is open."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    if line.is_archived:
        raise RefusedError(f"{line.name} is archived already.", "Nothing was changed.")
    open_items = stored.open_items(session, customer_id)
    if open_items:
        raise RefusedError(
            f"{line.name} has open items: {open_items}.", "Settle, allocate or close them first, then archive it."
        )
    _set_archived(session, actor, customer_id, when)
    return touchpoints.write(session, actor, line, ARCHIVED, when)


def unarchive(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """Bring an archived customer back into the lists; one that was merged stays merged."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    if not line.is_archived:
        raise RefusedError(f"{line.name} is not archived.", "Nothing was changed.")
    if stored.merged_into(session, customer_id) is not None:
        raise RefusedError(f"{line.name} was merged into another customer.", "Work with that one.")
    row = session.get_one(CustomerRow, customer_id)
    row.archived_at, row.archived_by = None, ""
    return touchpoints.write(session, actor, line, UNARCHIVED, when)


def preview_merge(session: Session, actor: Actor, source_id: int, target_code: str) -> MergePreview:
    """Return what merging ``source_id`` into the customer ``target_code`` of its company would do."""
    source, target = _pair(session, actor, source_id, target_code)
    moves = stored.counts(session, source.customer_id, target.customer_id)
    return MergePreview(
        source,
        target,
        {name: moves[name].moves for name in _TOLD if name in moves},
        sum(m.stays for m in moves.values()),
    )


def merge(session: Session, actor: Actor, source_id: int, target_code: str, reason: str, when: Moment) -> CustomerLine:
    """Move everything of one customer to another of the same company, archive the first, and return the second.

    This cannot be undone: afterwards nothing tells whose an invoice was. The audit holds what was moved.
    """
    source, target = _pair(session, actor, source_id, target_code)
    why = touchpoints.required_text(reason, "The reason")
    moved = stored.move(session, source.customer_id, target.customer_id)
    _take_over(session, source, target)
    session.add(
        CustomerMergeRow(
            company_id=source.company_id,
            from_id=source.customer_id,
            into_id=target.customer_id,
            merged_at=when.at,
            merged_by=actor.email,
            reason=why,
            moved=moved,
        )
    )
    _set_archived(session, actor, source.customer_id, when)
    session.flush()
    assign_groups(session, source.company_id)
    told = {"code": source.code, "name": source.name, "moved": moved}
    touchpoints.write(session, actor, target, MERGED, when, text=why, code=source.code, name=source.name)
    into: dict[str, Any] = {"into": target.code, "reason": why, "moved": moved}
    audit.record(session, actor, "customer.merge", touchpoints.subject(source), told, into)
    return target


def _pair(session: Session, actor: Actor, source_id: int, target_code: str) -> tuple[CustomerLine, CustomerLine]:
    source = reach.customer(session, actor, Permission.SET_CREDIT, source_id)
    company = source.company_code
    target = reach.customer_coded(session, actor, Permission.SET_CREDIT, target_code.strip(), company)
    if target.customer_id == source.customer_id:
        raise RefusedError("A customer cannot be merged into itself.", "Choose another one of the same company.")
    if stored.merged_into(session, source_id) is not None:
        raise RefusedError(f"{source.name} was merged already.", "Nothing was changed.")
    if target.is_archived:
        raise RefusedError(f"{target.name} is archived.", "Bring it back first, or choose another customer.")
    return source, target


def _set_archived(session: Session, actor: Actor, customer_id: int, when: Moment) -> None:
    row = session.get_one(CustomerRow, customer_id)
    row.archived_at, row.archived_by = when.at, actor.email
    session.flush()


def _take_over(session: Session, source: CustomerLine, target: CustomerLine) -> None:
    """Let the members of the source's group belong to the target, and keep the spacing of both."""
    old, new = session.get_one(CustomerRow, source.customer_id), session.get_one(CustomerRow, target.customer_id)
    if new.parent_code == source.code:
        new.parent_code = old.parent_code if old.parent_code != target.code else ""
    old.parent_code = ""
    reminded = [day for day in (old.last_reminded_on, new.last_reminded_on) if day is not None]
    new.last_reminded_on = max(reminded, default=None)
    session.flush()
    stored.adopt_members(session, source.company_id, source.code, target.code)
