"""Reminders by the policy: plan a day, and put what is due into the outbox in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries import cadence as facts
from ar_cockpit.db.queries.reminders import serialise_runs
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence_plan import CadencePlan, make_plan
from ar_cockpit.services import audit, policy
from ar_cockpit.services.companies import chosen_companies
from ar_cockpit.services.outgoing import record_tellings, record_touches
from ar_cockpit.services.plan_facts import load


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run put into the outbox, what it gave to people, and what it left alone."""

    as_of: date
    messages: int
    tasks: int
    held: int
    told: int


def plan(session: Session, actor: Actor, as_of: date, *, company: str = "") -> CadencePlan:
    """Return what a run on ``as_of`` would do with the customers that ``actor`` may see; changes nothing."""
    return _plan(session, _wanted(session, actor, Permission.VIEW_PLAN, company), as_of)


def run(session: Session, actor: Actor, as_of: date, *, at: datetime, company: str = "") -> RunReport:
    """Plan, and record it: messages for the outbox, tasks for people. The second run of a day adds nothing."""
    wanted = _wanted(session, actor, Permission.RUN_JOBS, company)
    serialise_runs(session)
    made = _plan(session, wanted, as_of)
    version_id = policy.in_force(session).version_id
    recorded = record_touches(session, made, version_id=version_id, at=at)
    record_tellings(session, actor, made.day.tellings, as_of, at)
    report = RunReport(as_of, recorded.messages, recorded.tasks, len(made.day.held), len(made.day.tellings))
    if recorded.messages or recorded.tasks:
        after = {"messages": report.messages, "tasks": report.tasks}
        audit.record(session, actor, "cadence.run", ("cadence", as_of.isoformat()), after=after)
    return report


def _plan(session: Session, wanted: ColumnElement[bool], as_of: date) -> CadencePlan:
    chosen = policy.in_force(session).policy
    known = load(session, wanted, as_of, chosen)
    invoices = facts.open_invoices(session, wanted, as_of)
    return make_plan(chosen, as_of, known.addressees, invoices, known.customers, known.invoices)


def _wanted(session: Session, actor: Actor, permission: Permission, company: str) -> ColumnElement[bool]:
    clause = customer_clause(actor.scope(permission), actor.email)
    if not company:
        return clause
    return and_(clause, col(CustomerRow.company_id).in_(chosen_companies(session, actor, permission, company)))
