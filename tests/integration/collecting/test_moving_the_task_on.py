"""Every act moves the task on, under whoever did it; what waits sleeps; nobody's customers are never hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import AuditRow, CompanyRow, CustomerRow, MentionRow, RoleGrantRow, TouchpointRow, UserRow
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.commitments import DisputeOutcome, DisputeReason
from ar_cockpit.domain.collecting.plans import Terms
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import (
    commitments,
    customer_record,
    holds,
    plans,
    promise_outcomes,
    proposals,
    results,
    undo,
    worklist,
)
from ar_cockpit.services.collecting.commitments import Resolution
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.collecting.sharing import handing_over
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.collecting.worklist import NOBODY, Task, TaskState, Wanted
from ar_cockpit.services.customers import mentions, page
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.papers import statements
from ar_cockpit.services.reminders import manual, withdrawing
from ar_cockpit.services.reminders.manual import Wording
from tests.builders import a_company, a_customer, an_invoice
from tests.integration.collecting.test_sharing_the_day import (
    AT,
    INES,
    INES_MAIL,
    LEAD,
    MARC,
    MARC_MAIL,
    OPERATOR,
    TODAY,
    WHEN,
    days_ago,
    ledger,
)

__all__ = ["ledger"]
WORK = Permission.WORK_CUSTOMERS


def task(session: Session, code: str, days: int = 0) -> Task:
    on = TODAY + timedelta(days=days)
    tasks = worklist.team_day(session, OPERATOR, as_of=on).tasks
    return next(one for one in tasks if one.customer.code == code)


def owed(session: Session, row: CustomerRow) -> Sequence[reach.InvoiceLine]:
    return reach.invoices_numbered(session, INES, WORK, [f"{row.code}-1"], TODAY)


def plan(session: Session, row: CustomerRow, count: int) -> int:
    line = reach.customer(session, INES, WORK, row.id)
    return plans.agree(session, INES, line, owed(session, row), (Terms(TODAY + timedelta(7), count), ""), WHEN)


def held(session: Session, row: CustomerRow) -> int:
    return holds.set_hold(session, INES, reach.customer(session, INES, WORK, row.id), "insolvent", WHEN)


ACTS: dict[str, Callable[[Session, CustomerRow], int]] = {
    "a plan": lambda session, row: plan(session, row, 3),
    "a plan that waits for a credit manager": lambda session, row: plan(session, row, 6),
    "a hold": held,
    "a hold proposed": lambda session, row: proposals.propose_hold(session, INES, row.id, "insolvent", WHEN),
    "a write-off proposed": lambda session, row: proposals.propose_write_off(
        session, INES, owed(session, row), "too small", WHEN
    ),
    "by hand": lambda session, row: holds.mark_manual(session, INES, row.id, "key account", WHEN),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_completes_the_task_of_the_day_and_answers_the_reply_until_it_is_undone(
    session: Session, ledger: list[CustomerRow], act: str
) -> None:
    row = ledger[0]
    session.add(
        TouchpointRow(
            company_id=row.company_id,
            customer_id=row.id,
            kind="reply",
            actor_email="",
            happened_on=days_ago(1),
            happened_at=AT - timedelta(days=1),
            text="may we pay in parts?",
        )
    )
    session.flush()
    assert "reply_waiting" in [reason.code for reason in task(session, "A").reasons]
    done = ACTS[act](session, row)
    found = task(session, "A")
    assert (found.state, found.done_by) == (TaskState.DONE, INES_MAIL)
    assert "reply_waiting" not in [reason.code for reason in found.reasons]
    undo.undo(session, INES, done, at=AT)
    assert task(session, "A").state is TaskState.OPEN


def test_a_mail_completes_the_task_under_whoever_wrote_it(session: Session, ledger: list[CustomerRow]) -> None:
    for row in (ledger[0], ledger[2]):  # of Inès, and of nobody
        ids = [one.invoice_id for one in owed(session, row)]
        manual.send_manual(session, MARC, row.id, ids, Wording(), as_of=TODAY, at=AT)
    session.flush()
    assert {code: task(session, code).done_by for code in ("A", "C")} == {"A": MARC_MAIL, "C": MARC_MAIL}
    other = worklist.last_act_of_others(session, INES, as_of=TODAY)
    assert other is not None
    assert other.actor_email == MARC_MAIL
    assert worklist.last_act_of_others(session, MARC, as_of=TODAY) is None


def test_a_plan_or_a_proposal_of_a_colleague_is_told(session: Session, ledger: list[CustomerRow]) -> None:
    proposals.propose_hold(session, INES, ledger[1].id, "insolvent", WHEN)
    other = worklist.last_act_of_others(session, MARC, as_of=TODAY)
    assert other is not None
    assert (other.customer_name, other.actor_email) == (ledger[1].name, INES_MAIL)


def test_a_mail_set_for_later_lets_the_customer_sleep_until_it_went_and_is_told_as_planned(
    session: Session, ledger: list[CustomerRow]
) -> None:
    row = ledger[0]
    ids = [one.invoice_id for one in owed(session, row)]
    wording = Wording(later=AT + timedelta(days=5))
    key = manual.send_manual(session, INES, row.id, ids, wording, as_of=TODAY, at=AT)
    session.flush()
    states = [task(session, "A", days).state for days in (0, 1, 5, 6)]
    assert states == [TaskState.DONE, TaskState.SNOOZED, TaskState.SNOOZED, TaskState.OPEN]
    line = reach.customer(session, INES, Permission.VIEW_CUSTOMERS, row.id)
    told = customer_record.record(session, INES, line, as_of=TODAY, at=AT).timeline
    assert [(one.on, one.is_planned) for one in told if one.code == "message"] == [(TODAY + timedelta(days=5), True)]
    session.add(
        TouchpointRow(
            company_id=row.company_id,
            customer_id=row.id,
            kind="reply",
            actor_email="",
            happened_on=TODAY + timedelta(days=1),
            happened_at=AT + timedelta(days=1),
        )
    )
    session.flush()
    assert task(session, "A", 2).state is TaskState.OPEN  # who replies is not left to sleep
    withdrawing.withdraw(session, INES, key, at=AT)
    assert task(session, "A").state is TaskState.OPEN


def test_a_plan_is_a_contact_and_one_promise_whatever_its_instalments(
    session: Session, ledger: list[CustomerRow]
) -> None:
    plan(session, ledger[0], 3)
    month = results.results(session, LEAD, month=TODAY, as_of=TODAY, currency="EUR")
    told = {one.email: (one.touched, one.promised, one.decided) for one in month.people}
    assert told[INES_MAIL] == (1, 1, 0)
    late = TODAY + timedelta(days=80)  # two instalments are broken by then
    promise_outcomes.settle(session, scheduler_actor(), late)
    month = results.results(session, LEAD, month=late, as_of=late, currency="EUR")
    assert {one.email: (one.kept, one.decided) for one in month.people}[INES_MAIL] == (0, 1)
    line = reach.customer(session, INES, Permission.VIEW_CUSTOMERS, ledger[0].id)
    assert customer_record.record(session, INES, line, as_of=late, at=AT).promises_kept == (0, 1)


def test_planned_steps_and_the_word_of_a_resolution_are_found_by_who_searches(
    session: Session, ledger: list[CustomerRow]
) -> None:
    (invoice,) = owed(session, ledger[0])
    commitments.open_dispute(session, INES, invoice, DisputeReason.PRICE, "too dear", WHEN)
    how = Resolution(DisputeOutcome.UNJUSTIFIED, "the price list of May holds")
    commitments.close_dispute(session, INES, invoice, how, "", WHEN)
    told = page.history(session, INES, ledger[0].id, TODAY).entries
    assert [one.remark for one in told if one.code == "dispute_closed"] == ["the price list of May holds"]
    assert any(one.is_planned for one in told)
    line = reach.customer(session, INES, Permission.VIEW_CUSTOMERS, ledger[0].id)
    assert not customer_record.record(session, INES, line, as_of=TODAY, at=AT).has_older
    session.add_all(
        TouchpointRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            kind="note",
            happened_on=days_ago(9),
            happened_at=AT - timedelta(days=9),
            actor_email=INES_MAIL,
            text=f"note {place}",
        )
        for place in range(200)
    )
    session.flush()
    assert customer_record.record(session, INES, line, as_of=TODAY, at=AT).has_older


def test_a_hand_over_is_told_with_its_note_and_rings_the_new_collector(
    session: Session, ledger: list[CustomerRow]
) -> None:
    (done,) = handing_over.hand_over(session, INES, [ledger[0].id], MARC_MAIL, "speaks German", WHEN)
    line = reach.customer(session, INES, Permission.VIEW_CUSTOMERS, ledger[0].id)
    told = customer_record.record(session, INES, line, as_of=TODAY, at=AT).timeline
    assert [(one.code, one.remark) for one in told] == [("handover", "speaks German")]
    (mention,) = session.exec(select(MentionRow)).all()
    marc = session.exec(select(UserRow).where(UserRow.email == MARC_MAIL)).one()
    assert (mention.touchpoint_id, mention.user_id) == (done, marc.id)
    named = type(MARC)(marc.id, MARC.email, MARC.name, MARC.grants)
    assert [one.text for one in mentions.inbox(session, named).mentions] == ["speaks German"]
    undo.undo(session, INES, done, at=AT)
    assert mentions.unread(session, named) == 0


def test_a_statement_of_account_leaves_a_touchpoint_and_an_audit_line_once_a_day(
    session: Session, ledger: list[CustomerRow]
) -> None:
    for when in (WHEN, WHEN, Moment(TODAY + timedelta(days=1), AT + timedelta(days=1))):
        statements.note_drawn(session, INES, ledger[0].id, "", when)
    entries = session.exec(select(AuditRow).where(AuditRow.action == "customer.statement")).all()
    assert [one.after for one in entries] == [{"currency": "EUR"}] * 2
    line = reach.customer(session, INES, Permission.VIEW_CUSTOMERS, ledger[0].id)
    told = customer_record.record(session, INES, line, as_of=TODAY, at=AT).timeline
    assert [one.code for one in told] == ["statement"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["gone for good", "who still collects for another company"])
def test_customers_of_who_collects_no_more_are_nobodys_for_every_collector(engine: Engine, elsewhere: bool) -> None:
    with transaction(engine) as session:
        company, other = a_company(session, "VELFR"), a_company(session, "VELUK")
        for code, place in (("G", company), ("U", other)):
            owner = "left@velmora.example" if elsewhere or code == "G" else INES_MAIL
            row = a_customer(session, place, code, collector_email=owner)
            an_invoice(session, row, f"{code}-1", 500_00, days_ago(60), days_ago(30))
        an_invoice(session, a_customer(session, company, "N"), "N-1", 400_00, days_ago(60), days_ago(30))
        _collects(session, INES_MAIL, None)
        if elsewhere:
            _collects(session, "left@velmora.example", other)
    for _ in range(2):  # from the facts, then from what is kept
        with reading(engine) as session:
            found = worklist.page(session, INES, as_of=TODAY, wanted=Wanted(), collector=NOBODY)
            assert sorted(one.customer.code for one in found.tasks) == ["G", "N"]
            assert worklist.owners(session, INES).unassigned == 2
            assert worklist.owners(session, LEAD, company="VELUK").unassigned == 0
        keeping.keep(engine, TODAY)


def _collects(session: Session, email: str, company: CompanyRow | None) -> None:
    user = UserRow(email=email, name=email, password_hash="x", created_at=AT)
    session.add(user)
    session.flush()
    session.add(RoleGrantRow(user_id=user.id, role="collector", company_id=company.id if company else None))


@pytest.mark.parametrize(("language", "says"), [("en", "was not kept"), ("fr", "pas été tenue")])
def test_a_broken_promise_rings_its_collector_in_the_collectors_own_language(
    session: Session, ledger: list[CustomerRow], language: str, says: str
) -> None:
    ines = session.exec(select(UserRow).where(UserRow.email == INES_MAIL)).one()
    ines.language = language
    plan(session, ledger[0], 2)
    promise_outcomes.settle(session, scheduler_actor(), TODAY + timedelta(days=12))
    named = type(INES)(ines.id, INES.email, INES.name, INES.grants)
    assert all(says in one.text for one in mentions.inbox(session, named).mentions)
    assert mentions.unread(session, named) == 1
