"""What the coming reminders of one customer depend on, by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders import decisions, hold_outs, plan
from ar_cockpit.db.queries.reminders import steps_done as history
from ar_cockpit.db.queries.reminders.payer_scores import payer_scores_question, scores_of
from ar_cockpit.db.queries.reminders.plan import StoredCustomer
from ar_cockpit.db.tables import CustomerRow, PolicyVersionRow
from ar_cockpit.db.together import AS_OF, CUSTOMER, Together


@dataclass(frozen=True, slots=True)
class Known:
    """One customer's facts; ``policy`` is the newest activated version as (id, number, text), if there is one."""

    policy: tuple[int, int, str] | None
    earliest_offsets: Mapping[str, int]
    customer: StoredCustomer
    invoices: list[tuple[Any, ...]]
    credit_notes: list[list[Any]]
    disputed: frozenset[int]
    written_off: frozenset[int]
    since_reminder: Mapping[int, int]
    touched_today: frozenset[int]
    scores: Mapping[int, int]
    steps: list[list[Any]]  # for ``summed_steps``: which count as moved only the policy tells
    told: history.Told
    reviewed: frozenset[int]
    approved: frozenset[tuple[int, str]]
    stopped: frozenset[int]
    trials: list[list[Any]]  # hold-outs of the day: nearly always none


def known_of(session: Session, customer_id: int, as_of: date) -> Known:
    """Return what is known of a customer on ``as_of``."""
    told = _OF_ONE.ask(session, customer=customer_id, as_of=as_of)
    return Known(
        policy=next((tuple(row) for row in told["policy"]), None),
        earliest_offsets=dict(told["earliest"]),  # type: ignore[arg-type]  # rows of two
        customer=StoredCustomer._make(told["customer"][0]),
        invoices=[tuple(row) for row in told["invoices"]],
        credit_notes=told["credit_notes"],
        disputed=frozenset(row[0] for row in told["disputed"]),
        written_off=frozenset(row[0] for row in told["written_off"]),
        since_reminder=dict(told["since_reminder"]),  # type: ignore[arg-type]  # rows of two
        touched_today=frozenset(row[0] for row in told["touched"]),
        scores=scores_of(told["scores"]),
        steps=told["steps"],
        told=history.told_of(told["told"], (row[0] for row in told["not_gone"])),
        reviewed=frozenset(row[0] for row in told["reviewed"]),
        approved=decisions.approved_of(told["approved"]),
        stopped=frozenset(row[0] for row in told["stopped"]),
        trials=told["trials"],
    )


def _of_one() -> dict[str, Select[*tuple[Any, ...]]]:
    only = col(CustomerRow.id) == CUSTOMER
    version = PolicyVersionRow
    policy = select(col(version.id), col(version.number), col(version.toml))
    return {
        "policy": policy.where(col(version.activated_at).is_not(None)).order_by(col(version.number).desc()).limit(1),
        "earliest": history.earliest_question(),
        "customer": plan.customers_question(only),
        "invoices": plan.open_invoices_of_few(only, AS_OF),
        "credit_notes": plan.credit_notes_of_few(only, AS_OF),
        "disputed": plan.disputed_question(only, AS_OF),
        "written_off": plan.written_off_question(only, AS_OF),
        "since_reminder": history.since_reminder_question(only, AS_OF),
        "touched": history.touched_question(only, AS_OF),
        "scores": payer_scores_question(only, AS_OF),
        "steps": history.steps_question(only, AS_OF),
        "told": history.told_question(only, AS_OF),
        "not_gone": history.not_gone_question(),
        "reviewed": history.reviewed_question(only, AS_OF),
        "approved": decisions.approved_question(only, AS_OF),
        "stopped": decisions.stopped_question(only),
        "trials": hold_outs.standing_question(AS_OF),
    }


_OF_ONE = Together(_of_one)
