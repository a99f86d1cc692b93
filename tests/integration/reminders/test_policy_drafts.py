"""Drafts of the policy: kept as they are edited, never overwritten unknowingly, switched on and taken back by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import AuditRow, InvoiceRow, MessageRow, TouchpointRow, UserRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, RefusedError
from ar_cockpit.domain.policy.differences import Kind, Part
from ar_cockpit.domain.policy.editing import add_step, change_step, fresh_key, move_segment, remove_step
from ar_cockpit.domain.policy.file import PolicyError
from ar_cockpit.domain.policy.model import Policy, Step
from ar_cockpit.services.limits import rules
from ar_cockpit.services.reminders import drafts, membership, step_view, versions
from ar_cockpit.services.reminders import policy as policies
from tests.builders import a_company
from tests.reminding import AT, DAY, POLICY, a_debtor, run

ANN = Actor(1, "ann@velmora.example", "Ann Lee", (Grant(Role.CREDIT_MANAGER),))
BOB = Actor(2, "bob@velmora.example", "Bob Ray", (Grant(Role.ADMIN),))
CLERK = Actor(3, "cy@velmora.example", "Cy", (Grant(Role.COLLECTOR),))
LATER = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def reminder_on_day(offset: int) -> drafts.Change:
    return lambda policy: change_step(policy, "standard", "reminder_1", {"offset": offset})


def offset_of(policy: Policy) -> int:
    return next(step.offset for step in policy.cadences["standard"].steps if step.key == "reminder_1")


@pytest.fixture
def started(session: Session) -> Session:
    """A house with Ann, Bob and a policy in force."""
    for one in (ANN, BOB):
        session.add(UserRow(email=one.email, name=one.name, password_hash="", created_at=AT))
    policies.load(session, ANN, POLICY, at=AT)
    return session


def test_a_draft_is_kept_beside_the_policy_in_force_and_switched_on_by_a_person(started: Session) -> None:
    seen = drafts.current(started, ANN)
    assert not seen.is_draft
    edited = drafts.edit(started, ANN, reminder_on_day(5), seen=seen.revision, what="step.change", at=AT)
    kept = drafts.current(started, BOB)
    assert (kept.is_draft, kept.changed_by, offset_of(kept.policy)) == (True, "Ann Lee", 5)
    assert offset_of(policies.in_force(started).policy) == 3
    number = drafts.switch_on(started, BOB, seen=edited.revision, in_force=1, note="two days more", at=LATER)
    assert offset_of(policies.in_force(started).policy) == 5
    assert not drafts.current(started, ANN).is_draft
    newest = versions.versions(started, ANN)[0]
    assert (newest.number, newest.note, newest.switched_on_by) == (number, "two days more", "Bob Ray")
    entry = started.exec(select(AuditRow).where(AuditRow.action == "policy.switch_on")).one()
    assert (entry.actor_email, entry.before, entry.after["number"]) == (BOB.email, {"number": 1}, 2)


def test_nobody_overwrites_what_somebody_else_changed_meanwhile(started: Session) -> None:
    seen = drafts.current(started, ANN).revision
    drafts.edit(started, BOB, reminder_on_day(6), seen=seen, what="step.change", at=AT)
    with pytest.raises(drafts.DraftConflictError, match="Bob Ray changed the draft"):
        drafts.edit(started, ANN, reminder_on_day(4), seen=seen, what="step.change", at=AT)
    now = drafts.current(started, ANN)
    assert offset_of(now.policy) == 6
    drafts.discard(started, ANN, seen=now.revision, at=AT)
    with pytest.raises(drafts.DraftConflictError, match="Ann Lee"):
        drafts.undo(started, BOB, seen=now.revision, at=AT)
    with pytest.raises(drafts.DraftConflictError):  # a draft that ended is not begun again unseen
        drafts.edit(started, BOB, reminder_on_day(6), seen=seen, what="step.change", at=AT)


def test_of_two_people_who_change_the_same_draft_at_once_one_wins(engine: Engine) -> None:
    begins = Barrier(2)

    def attempt(who: Actor, offset: int) -> bool:
        begins.wait(10)
        try:
            with transaction(engine) as session:
                drafts.edit(session, who, reminder_on_day(offset), seen=0, what="step.change", at=AT)
        except drafts.DraftConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(attempt, (ANN, BOB), (4, 5)))
    assert sorted(won) == [False, True]
    with transaction(engine) as session:
        assert offset_of(drafts.current(session, ANN).policy) == (4 if won[0] else 5)


def test_every_change_can_be_undone_up_to_the_policy_in_force(started: Session) -> None:
    draft = drafts.current(started, ANN)
    for offset in (4, 5, 6):
        draft = drafts.edit(started, ANN, reminder_on_day(offset), seen=draft.revision, what="step.change", at=AT)
    days = []
    while draft.is_draft:
        draft = drafts.undo(started, ANN, seen=draft.revision, at=AT)
        days.append(offset_of(draft.policy))
    assert days == [5, 4, 3]
    with pytest.raises(RefusedError, match="nothing to undo"):
        drafts.undo(started, ANN, seen=draft.revision, at=AT)


def test_what_could_not_stand_is_refused_and_the_draft_stays(started: Session) -> None:
    draft = drafts.edit(started, ANN, reminder_on_day(5), seen=0, what="step.change", at=AT)
    with pytest.raises(PolicyError) as refused:
        drafts.replace_text(started, ANN, POLICY.replace('"reminder"', '"remainder"'), seen=draft.revision, at=AT)
    assert [(one.line, one.mend) for one in refused.value.problems] == [
        (21, "Did you mean 'reminder'?"),
        (27, "Did you mean 'reminder'?"),
    ]
    assert drafts.current(started, ANN) == draft


def test_a_version_is_brought_back_as_a_new_one_unless_another_came_between(started: Session) -> None:
    draft = drafts.edit(started, ANN, reminder_on_day(5), seen=0, what="step.change", at=AT)
    drafts.switch_on(started, ANN, seen=draft.revision, in_force=1, note="", at=AT)
    (found,) = versions.compare(started, ANN, 1, 2)
    assert (found.part, found.kind, found.step, found.field, found.before, found.after) == (
        *(Part.STEP, Kind.CHANGED, "reminder_1", "offset"),
        *(3, 5),
    )
    with pytest.raises(RefusedError, match="Version 2 was switched on since"):
        versions.restore(started, ANN, 1, in_force=1, at=LATER)
    assert versions.restore(started, ANN, 1, in_force=2, at=LATER) == 3
    assert policies.in_force(started).toml == POLICY
    assert [(one.number, one.restores) for one in versions.versions(started, ANN)] == [
        *((3, 1), (2, None), (1, None)),
        (0, None),
    ]


def test_a_draft_begun_before_another_version_is_not_switched_on_unknowingly(started: Session) -> None:
    draft = drafts.edit(started, ANN, reminder_on_day(5), seen=0, what="step.change", at=AT)
    policies.load(started, BOB, POLICY.replace("offset = 18", "offset = 20"), at=AT)
    with pytest.raises(RefusedError, match="Version 2 was switched on since"):
        drafts.switch_on(started, ANN, seen=draft.revision, in_force=1, note="", at=AT)


def test_a_new_step_gets_a_key_that_was_never_used_in_any_version(started: Session) -> None:
    without = drafts.edit(
        started, ANN, lambda policy: remove_step(policy, "standard", "reminder_2"), seen=0, what="step.remove", at=AT
    )
    drafts.switch_on(started, ANN, seen=without.revision, in_force=1, note="", at=AT)
    used = drafts.used_keys(started, ANN)
    assert "reminder_2" in used
    assert fresh_key("reminder", used | {"reminder"}) not in used


def test_who_may_not_edit_the_policy_sees_no_draft_and_changes_nothing(started: Session) -> None:
    for attempt in (
        lambda: drafts.current(started, CLERK),
        lambda: drafts.edit(started, CLERK, reminder_on_day(5), seen=0, what="", at=AT),
        lambda: drafts.switch_on(started, CLERK, seen=0, in_force=1, note="", at=AT),
        lambda: versions.restore(started, CLERK, 0, in_force=1, at=AT),
        lambda: membership.portfolio(started, CLERK, DAY),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_the_policy_of_all_companies_is_changed_by_who_holds_the_right_in_all_of_them(session: Session) -> None:
    policies.load(session, Actor.local_operator(), POLICY, at=AT)
    one, other = a_company(session, "ONE"), a_company(session, "TWO")
    of_one = Actor(7, "one@x.example", "One", (Grant(Role.CREDIT_MANAGER, one.id),))
    of_both = Actor(
        8, "both@x.example", "Both", tuple(Grant(Role.CREDIT_MANAGER, company.id) for company in (one, other))
    )
    assert not drafts.current(session, of_one).may_change  # it is there to be read
    standing, credit, number = rules.rules(session, of_one)
    changes = (
        lambda: policies.load(session, of_one, policies.default_toml(), at=AT),
        lambda: drafts.edit(session, of_one, reminder_on_day(5), seen=0, what="step.change", at=AT),
        lambda: drafts.replace_text(session, of_one, POLICY, seen=0, at=AT),
        lambda: drafts.undo(session, of_one, seen=0, at=AT),
        lambda: drafts.discard(session, of_one, seen=0, at=AT),
        lambda: drafts.switch_on(session, of_one, seen=0, in_force=1, note="", at=AT),
        lambda: versions.restore(session, of_one, 0, in_force=1, at=AT),
        lambda: rules.change(session, of_one, standing, credit, seen=number, at=AT),
    )
    for change in changes:
        with pytest.raises(ForbiddenError, match="one for all companies"):
            change()
    assert policies.in_force(session).number == 1
    assert drafts.edit(session, of_both, reminder_on_day(5), seen=0, what="step.change", at=AT).is_draft


def test_customers_are_counted_where_the_plan_puts_them_and_the_reason_is_told(session: Session) -> None:
    a_debtor(session, "C1", days_late=30, country="FR")
    a_debtor(session, "C2", days_late=30, country="DE", segment_key="french")
    a_debtor(session, "C3", days_late=-5, country="DE")
    rule = '[[segment]]\nkey = "french"\ncadence = "standard"\nall = [["country", "=", "FR"], ["overdue", ">=", 500]]\n'
    policy = policies.check(POLICY.replace("[[segment]]", rule + "[[segment]]", 1))
    known = membership.portfolio(session, ANN, DAY)
    assert membership.members(known, policy).counts == {"french": 2, "standard": 1}
    found, count = membership.listed(session, ANN, known, policy, "french")
    assert count == 2
    assert [(one.code, one.is_named, [fact for _, fact in one.met]) for one in found] == [
        ("C1", False, ["fr", 500]),
        ("C2", True, []),
    ]
    assert membership.listed(session, ANN, known, policy, "french", words="c2")[1] == 1
    with pytest.raises(ForbiddenError):  # an administrator sets rules, and sees no customers
        membership.listed(session, BOB, known, policy, "french")


def test_how_a_step_did_and_what_a_new_one_would_skip(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1", days_late=3)
        a_debtor(session, "C2", days_late=3)
    run(engine)
    with transaction(engine) as session:
        found = step_view.results(session, ANN, "standard", "reminder_1", DAY)
        assert (found.done, found.paid_share) == (0, None)  # nothing has left the outbox yet
        session.execute(update(MessageRow).values(state="sent"))
        first = col(InvoiceRow.number) == "C1-1"
        session.execute(update(InvoiceRow).where(first).values(closed_on=DAY + timedelta(days=7), open_minor=0))
        found = step_view.results(session, ANN, "standard", "reminder_1", DAY + timedelta(days=6))
        assert (found.done, found.paid_share) == (2, None)  # too early to tell
        found = step_view.results(session, ANN, "standard", "reminder_1", DAY + timedelta(days=7))
        assert (found.done, found.lost, found.paid_share, found.answered_share) == (2, 0, 0.5, 0)
        first_mail = session.exec(select(MessageRow)).first()
        on = DAY + timedelta(days=2)
        answer = {"company_id": first_mail.company_id, "customer_id": first_mail.customer_id, "kind": "reply"}
        when = {"happened_on": on, "happened_at": LATER, "actor_email": "", "message_row_id": first_mail.id}
        session.add(TouchpointRow(**answer, **when))
        session.flush()
        asked = (session, ANN, "standard", "reminder_1")
        assert step_view.results(*asked, DAY + timedelta(days=1)).answered_share == 0  # not on a day before
        assert step_view.results(*asked, on).answered_share == 0.5
        before = policies.in_force(session).policy
        after = add_step(before, "standard", Step("hello", 1))
        after = move_segment(after, "standard", 0) if len(after.segments) > 2 else after
        where = membership.members(membership.portfolio(session, ANN, DAY), after)
        (skipped,) = step_view.skipped(session, ANN, where, before, after, DAY)
        assert (skipped.step, skipped.invoices) == ("hello", 2)
        assert step_view.skipped(session, ANN, where, before, replace(before), DAY) == []
