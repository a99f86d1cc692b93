"""Telling sales owners of coming firm steps: recorded as told only together with the mail that tells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, insert

from ar_cockpit.db.queries.reminders import digests as stored
from ar_cockpit.db.queries.reminders.digests import Owner
from ar_cockpit.db.queries.reminders.messages import correspondences
from ar_cockpit.db.queries.reminders.steps_done import TOLD
from ar_cockpit.db.tables import SalesDigestLineRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.cadence.day import Telling
from ar_cockpit.domain.cadence.plan import CadencePlan
from ar_cockpit.domain.policy.model import Cadence, Step
from ar_cockpit.services.reminders.working_days import is_public_holiday
from ar_cockpit.services.sending.to_colleagues import headed

_LONGEST_CLOSURE = 14  # days looked at for the next working day


@dataclass(frozen=True, slots=True)
class _Group:
    """What one sales owner is told about one customer: a step and its invoices."""

    customer_id: int
    step: Step
    comes_on: date
    tellings: tuple[Telling, ...]

    @property
    def invoice_ids(self) -> list[int]:
        return [telling.invoice_id for telling in self.tellings]


def record_tellings(session: Session, actor: Actor, plan: CadencePlan, at: datetime) -> int:
    """Record the day's digests, and as told what stands in them; return how many invoices were told of.

    A sales owner has one digest a day. What comes after it on the same day is told on the next. A sales owner who is
    no active user, or may not see the customer, gets no mail: the timeline tells it, and the step waits all the same.
    What a digest names counts as told once it went; one that failed is followed by another on the next day.
    """
    groups = _groups(plan)
    if groups:
        waiting = stored.waiting_steps(session, sorted({group.customer_id for group in groups}))
        groups = [group for group in groups if (group.customer_id, group.step.key) not in waiting]
    if not groups:
        return 0
    owners = _who_may_know(session, groups)
    by_user: dict[int, list[_Group]] = defaultdict(list)
    for group in groups:
        if group.customer_id in owners:
            by_user[owners[group.customer_id].user_id].append(group)
    written = _insert_digests(session, plan.day.on, at, by_user, owners)
    told: list[tuple[_Group, int | None]] = []
    for group in groups:
        owner = owners.get(group.customer_id)
        if owner is None or owner.user_id in written:
            told.append((group, written[owner.user_id] if owner else None))
    _write_down(session, actor, told, plan.day.on, at)
    return sum(len(group.tellings) for group, _ in told)


def _groups(plan: CadencePlan) -> list[_Group]:
    found: dict[tuple[int, str], list[Telling]] = defaultdict(list)
    for telling in plan.day.tellings:
        found[telling.customer_id, telling.step].append(telling)
    groups = []
    for (customer_id, key), some in found.items():
        cadence = plan.choices[customer_id].cadence
        step = next(one for one in cadence.steps if one.key == key)
        earliest = plan.day.on + timedelta(days=step.tell_sales_days)
        comes_on = _next_open(cadence, plan.addressees[customer_id].country, earliest)
        groups.append(_Group(customer_id, step, comes_on, tuple(some)))
    return groups


def _next_open(cadence: Cadence, country: str, on: date) -> date:
    """Return the first day from ``on`` on which the customer may be written to."""
    days = (on + timedelta(days=later) for later in range(_LONGEST_CLOSURE))
    return next((day for day in days if day.weekday() in cadence.send_on and not _is_closed(country, day)), on)


def _is_closed(country: str, day: date) -> bool:
    return bool(country) and is_public_holiday(country, day)


def _who_may_know(session: Session, groups: Iterable[_Group]) -> dict[int, Owner]:
    owners = stored.owners(session, sorted({group.customer_id for group in groups}))
    held = stored.grants(session, sorted({owner.user_id for owner in owners.values()}))
    actors = {
        owner.user_id: Actor(owner.user_id, owner.email, "", _grants(held.get(owner.user_id, ())))
        for owner in owners.values()
    }
    return {
        customer_id: owner
        for customer_id, owner in owners.items()
        if actors[owner.user_id].may(Permission.VIEW_STANDING, owner.company_id, owns=True)
    }


def _grants(held: Iterable[tuple[str, int | None]]) -> tuple[Grant, ...]:
    return tuple(Grant(Role(role), company_id) for role, company_id in held)


def _insert_digests(
    session: Session, on: date, at: datetime, by_user: Mapping[int, list[_Group]], owners: Mapping[int, Owner]
) -> dict[int, int]:
    """Insert digests with their lines and return the row ids by user; who has one of the day gets no second."""
    if not by_user:
        return {}
    rows = [headed(owners[groups[0].customer_id], f"sales {on}", on, at) for groups in by_user.values()]
    written = stored.insert_digests(session, rows)
    lines = [
        {
            "digest_id": digest_id,
            "company_id": owners[group.customer_id].company_id,
            "customer_id": group.customer_id,
            "step": group.step.key,
            "template": group.step.template,
            "channel": group.step.channel.value,
            "comes_on": group.comes_on,
            "invoice_ids": group.invoice_ids,
        }
        for user_id, digest_id in written.items()
        for group in by_user[user_id]
    ]
    if lines:
        session.execute(insert(SalesDigestLineRow), lines)
    return written


def _write_down(
    session: Session, actor: Actor, told: Sequence[tuple[_Group, int | None]], on: date, at: datetime
) -> None:
    if not told:
        return
    writers = correspondences(session, [group.customer_id for group, _ in told])
    rows = [
        {
            "company_id": writers[group.customer_id].company_id,
            "customer_id": group.customer_id,
            "kind": TOLD,
            "happened_on": on,
            "happened_at": at,
            "actor_email": actor.email,
            "text": ", ".join(telling.number for telling in group.tellings),
            "facts": {"step": group.step.key, "invoice_ids": group.invoice_ids, "digest_id": digest_id},
        }
        for group, digest_id in told
    ]
    session.execute(insert(TouchpointRow), rows)
