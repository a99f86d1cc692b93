"""Sharing the work: weights, approvals, portfolios, absences, hand-overs, who is at what, acts on many, results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    AuditRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    ForecastRunRow,
    MessageRow,
    RoleGrantRow,
    UserRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.collecting.commitments import CallOutcome
from ar_cockpit.domain.collecting.portfolios import Rule
from ar_cockpit.domain.collecting.priority import Action
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.collecting import acts, bulk, filters, results, undo, worklist
from ar_cockpit.services.collecting.bulk import Act, Chosen
from ar_cockpit.services.collecting.queue import keeping, weighing
from ar_cockpit.services.collecting.results import Goal
from ar_cockpit.services.collecting.sharing import absences, claims, handing_over, portfolios
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.collecting.worklist import NOBODY, Wanted
from ar_cockpit.services.figures import chances
from ar_cockpit.services.reminders import approvals
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.reminding import DAY, a_debtor, run

TODAY = date(2026, 11, 19)
AT = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
WHEN = Moment(TODAY, AT)
OPERATOR = Actor.local_operator()
INES_MAIL, MARC_MAIL = "ines@velmora.example", "marc@velmora.example"
INES = Actor(1, INES_MAIL, "Inès", (Grant(Role.COLLECTOR),))
MARC = Actor(2, MARC_MAIL, "Marc", (Grant(Role.COLLECTOR),))
LEAD = Actor(3, "lead@velmora.example", "Lea", (Grant(Role.CREDIT_MANAGER),))
HUGO = Actor(4, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def ledger(session: Session) -> list[CustomerRow]:
    """Three overdue customers of Inès', one of nobody; Inès, Marc and Lea collect."""
    for actor, role in ((INES, Role.COLLECTOR), (MARC, Role.COLLECTOR), (LEAD, Role.CREDIT_MANAGER)):
        user = UserRow(email=actor.email, name=actor.name, password_hash="x", created_at=AT)
        session.add(user)
        session.flush()
        session.add(RoleGrantRow(user_id=user.id, role=role.value))
    company = a_company(session, "VELFR")
    made = []
    for code, minor, days, owner in (("A", 900_000, 40, INES_MAIL), ("B", 50_000, 5, INES_MAIL), ("C", 70_000, 20, "")):
        row = a_customer(session, company, code, collector_email=owner, country="FR", language="en")
        session.add(ContactRow(company_id=company.id, customer_id=row.id, email=f"{code}@x.example"))
        an_invoice(session, row, f"{code}-1", minor, days_ago(days + 30), days_ago(days))
        made.append(row)
    session.flush()
    return made


def codes(session: Session, collector: str, on: date = TODAY) -> list[str]:
    found = worklist.page(session, OPERATOR, as_of=on, wanted=Wanted(), collector=collector)
    return [task.customer.code for task in found.tasks]


def ids(rows: Sequence[CustomerRow]) -> list[int]:
    return [row.id for row in rows]


# --- what the order counts ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ledger")
def test_weights_change_the_order_for_their_company_and_are_audited(session: Session) -> None:
    assert codes(session, INES_MAIL) == ["A", "B"]
    given = {"value": 0, "threshold": 0, "habit": 300}
    assert weighing.choose(session, LEAD, "VELFR", given, "trial", at=AT, seen=0) == 1
    (task, *_) = worklist.queue(session, OPERATOR, collector=INES_MAIL, as_of=TODAY).tasks
    assert task.score == 0
    entry = session.exec(select(AuditRow).where(AuditRow.action == "queue.weights")).one()
    assert (entry.before["value"], entry.after["value"]) == (100, 0)
    assert weighing.restore(session, LEAD, "VELFR", 0, at=AT) == 2
    assert codes(session, INES_MAIL) == ["A", "B"]
    assert [one.number for one in weighing.versions(session, LEAD, "VELFR")] == [2, 1, 0]


@pytest.mark.usefixtures("ledger")
def test_weights_changed_by_somebody_else_meanwhile_are_not_overwritten(session: Session) -> None:
    weighing.choose(session, LEAD, "VELFR", {"value": 50}, "", at=AT, seen=0)
    with pytest.raises(RefusedError, match="meanwhile"):
        weighing.choose(session, LEAD, "VELFR", {"value": 60}, "", at=AT, seen=0)
    with pytest.raises(ForbiddenError):
        weighing.choose(session, INES, "VELFR", {"value": 60}, "", at=AT, seen=1)


def test_a_kept_list_is_judged_anew_after_weights_change(engine: Engine) -> None:
    with transaction(engine) as session:
        company = a_company(session, "VELFR")
        customer = a_customer(session, company, "A", collector_email=INES_MAIL)
        an_invoice(session, customer, "A-1", 900_000, days_ago(70), days_ago(40))
    keeping.keep(engine, TODAY)
    with transaction(engine) as session:
        weighing.choose(session, OPERATOR, "VELFR", {"value": 0, "threshold": 0}, "", at=AT, seen=0)
    for _ in range(2):  # asked of the facts, then of what is kept again
        with reading(engine) as session:
            found = worklist.page(session, OPERATOR, as_of=TODAY, wanted=Wanted())
            assert [task.score for task in found.tasks] == [0]
        keeping.keep(engine, TODAY)
    with reading(engine) as session:
        assert not keeping.is_behind(session, TODAY)


def test_a_step_that_waits_for_a_word_makes_the_task_one_to_approve_until_it_is_decided(engine: Engine) -> None:
    with transaction(engine) as session:
        a_debtor(session, "C1", days_late=200)
    for later in (0, 15, 30):
        run(engine, DAY + timedelta(days=later))
    ready = DAY + timedelta(days=45)
    when = Moment(ready, AT)

    def told() -> list[tuple[Action | None, bool]]:
        """Ask the facts, then the kept list: they say the same."""
        both = []
        for _ in range(2):
            with reading(engine) as session:
                found = worklist.page(session, OPERATOR, as_of=ready, wanted=Wanted())
                both.append([(one.action, "approval_due" in {r.code for r in one.reasons}) for one in found.tasks])
            keeping.keep(engine, ready)
        assert both[0] == both[1]
        return both[0]

    with transaction(engine) as session:  # the call of the cadence was made
        customer = session.exec(select(CustomerRow)).one()
        acts.log_call(session, OPERATOR, customer.id, CallOutcome.NO_ANSWER, "", Moment(DAY, AT))
    assert told() == [(Action.APPROVE, True)]
    with transaction(engine) as session:
        (waiting,) = approvals.waiting(session, OPERATOR, ready)
        rows = approvals.decline(session, OPERATOR, waiting.keys, "not yet", ready, when)
    assert [has for _, has in told()] == [False]
    with transaction(engine) as session:
        approvals.take_back(session, OPERATOR, rows, at=AT)
    assert told() == [(Action.APPROVE, True)]
    with transaction(engine) as session:
        approvals.approve(session, OPERATOR, waiting.keys, "", when)
    assert [has for _, has in told()] == [False]


def test_the_forecast_of_tonight_is_kept_and_held_against_an_older_one(
    session: Session, ledger: list[CustomerRow]
) -> None:
    key = ledger[0].id
    company = ledger[0].company_id
    for on, chance in ((days_ago(9), 80), (days_ago(1), 55), (TODAY, 50)):
        chances.keep(session, OPERATOR, company, chances.Foreseen({key: chance}), as_of=on)
    session.flush()
    (task, *_) = worklist.queue(session, OPERATOR, collector=INES_MAIL, as_of=TODAY).tasks
    told = {reason.code: dict(reason.facts) for reason in task.reasons}
    assert told["amount_at_stake"]["chance"] == 50
    assert told["forecast_worse"] == {"chance": 50, "was": 80}
    (before, *_) = worklist.queue(session, OPERATOR, collector=INES_MAIL, as_of=days_ago(2)).tasks
    assert {reason.code: dict(reason.facts) for reason in before.reasons}["amount_at_stake"]["chance"] == 45
    with pytest.raises(ForbiddenError):
        chances.keep(session, INES, company, chances.Foreseen({key: 1}), as_of=TODAY)


def test_what_the_ledger_shows_of_contacts_counts_in_what_acting_is_worth(
    session: Session, ledger: list[CustomerRow]
) -> None:
    def gain(on: date = TODAY) -> tuple[object, object]:
        (task, *_) = worklist.queue(session, OPERATOR, collector=INES_MAIL, as_of=on).tasks
        (told,) = (reason.facts for reason in task.reasons if reason.code == "amount_at_stake")
        return told["gain_minor"], told.get("anyway")

    chances.keep(session, OPERATOR, ledger[0].company_id, chances.Foreseen({ledger[0].id: 60}), as_of=days_ago(2))
    usual = gain()
    assert usual[1] is None
    for on, share in ((days_ago(200), [0.5, 0.4, 0.6]), (days_ago(1), [0.8, 0.7, 0.9]), (TODAY, [0.97, 0.9, 1.0])):
        row = {"scope": "works:VELFR", "as_of": on, "fingerprint": f"{on}", "method": "contacts", "created_at": AT}
        session.add(ForecastRunRow(**row, payload={"anyway": share}))
        session.flush()
        if on == days_ago(1):
            assert gain() == (round(900_000 * 0.0208), 80)
    assert gain() == usual  # today's estimate no longer shows anything
    assert gain(days_ago(1)) == (round(900_000 * 0.0208), 80)  # what was known then is as it was


def test_what_a_trial_shows_counts_before_what_was_observed(session: Session, ledger: list[CustomerRow]) -> None:
    forty_days, five_days = ledger[:2]
    chances.keep(
        session,
        OPERATOR,
        forty_days.company_id,
        chances.Foreseen({forty_days.id: 60, five_days.id: 60}),
        as_of=days_ago(2),
    )
    row = {"scope": "works:VELFR", "as_of": TODAY, "fingerprint": "1", "method": "contacts", "created_at": AT}
    session.add(ForecastRunRow(**row, payload={"anyway": [0.9, 0.85, 0.95], "by_trial": [0.8, 0.7, 0.9]}))
    session.flush()
    tasks = worklist.queue(session, OPERATOR, collector=INES_MAIL, as_of=TODAY).tasks
    told = {
        task.customer.code: (reason.facts["anyway"], reason.facts["known_by"])
        for task in tasks
        for reason in task.reasons
        if reason.code == "amount_at_stake"
    }
    assert told == {"A": (90, "observation"), "B": (80, "trial")}  # a trial takes nobody with forty days


# --- whose customers are whose --------------------------------------------------------------------------------


@pytest.mark.usefixtures("ledger")
def test_customers_of_nobody_are_listed_and_get_the_collector_of_the_first_rule(session: Session) -> None:
    assert codes(session, NOBODY) == ["C"]
    total, (orphan,) = portfolios.orphans(session, LEAD)
    assert (total, orphan.code, orphan.open_minor) == (1, "C", 70_000)
    portfolios.add_rule(session, LEAD, "VELFR", Rule(LEAD.email, country="de"))
    portfolios.add_rule(session, LEAD, "VELFR", Rule(MARC_MAIL, name_from="C"))
    moves = portfolios.preview(session, LEAD, "VELFR")
    assert (dict(moves.by_collector), moves.left) == ({MARC_MAIL: 1}, 0)
    assert codes(session, MARC_MAIL) == []
    assert portfolios.apply(session, LEAD, "VELFR") == moves
    session.expire_all()
    assert codes(session, MARC_MAIL) == ["C"]
    assert portfolios.orphans(session, LEAD) == (0, [])
    everybody = portfolios.preview(session, LEAD, "VELFR", everybody=True)
    assert dict(everybody.by_collector) == {MARC_MAIL: 2}  # "Customer A" and "Customer B" begin with C too


def test_a_collector_who_left_leaves_orphans_and_the_nightly_job_gives_them_on(
    session: Session, ledger: list[CustomerRow]
) -> None:
    session.exec(select(UserRow).where(UserRow.email == INES_MAIL)).one().is_active = False
    session.flush()
    assert portfolios.orphans(session, LEAD)[0] == 3
    rule_id = portfolios.add_rule(session, LEAD, "VELFR", Rule(MARC_MAIL))
    assert portfolios.assign_new(session, OPERATOR) == 3
    assert portfolios.assign_new(session, OPERATOR) == 0
    assert portfolios.remove_rule(session, LEAD, "VELFR", rule_id)[0].collector_email == MARC_MAIL
    assert {row.code for row in ledger} == {"A", "B", "C"}


@pytest.mark.usefixtures("ledger")
def test_rules_are_the_leads_and_name_people_who_collect(session: Session) -> None:
    for refused in (INES, HUGO):
        with pytest.raises(ForbiddenError):
            portfolios.add_rule(session, refused, "VELFR", Rule(MARC_MAIL))
    with pytest.raises(InputError, match="does not collect"):
        portfolios.add_rule(session, LEAD, "VELFR", Rule("hugo@velmora.example"))
    with pytest.raises(NotFoundError):
        portfolios.rules(session, LEAD, "")


@pytest.mark.usefixtures("ledger")
def test_a_rule_moves_up_and_down_and_comes_back_to_its_place(session: Session) -> None:
    keys = {code: portfolios.add_rule(session, LEAD, "VELFR", Rule(MARC_MAIL, country=code)) for code in ("FR", "DE")}
    portfolios.add_rule(session, LEAD, "VELFR", Rule(LEAD.email))

    def order() -> list[str]:
        return [rule.country for _, rule in portfolios.rules(session, LEAD, "VELFR")]

    portfolios.move_rule(session, LEAD, "VELFR", keys["DE"], up=True)
    portfolios.move_rule(session, LEAD, "VELFR", keys["DE"], up=True)  # it is the first already
    assert order() == ["DE", "FR", ""]
    gone, ahead = portfolios.remove_rule(session, LEAD, "VELFR", keys["DE"])
    portfolios.add_rule(session, LEAD, "VELFR", gone, before=ahead)
    assert order() == ["DE", "FR", ""]
    portfolios.move_rule(session, LEAD, "VELFR", keys["FR"], up=False)
    assert order() == ["DE", "", "FR"]
    with pytest.raises(ForbiddenError):
        portfolios.move_rule(session, INES, "VELFR", keys["FR"], up=True)


def test_amounts_of_a_rule_are_of_its_currency(session: Session, ledger: list[CustomerRow]) -> None:
    yen = a_customer(session, session.get_one(CompanyRow, ledger[0].company_id), "Y", currency="JPY")
    an_invoice(session, yen, "Y-1", 900_000, days_ago(70), days_ago(40), currency="JPY")
    session.flush()
    with pytest.raises(InputError, match="no currency"):
        portfolios.add_rule(session, LEAD, "VELFR", Rule(MARC_MAIL, least_minor=500_000))
    portfolios.add_rule(session, LEAD, "VELFR", Rule(MARC_MAIL, least_minor=50_000, currency="eur"))
    moves = portfolios.preview(session, LEAD, "VELFR")
    assert (dict(moves.by_collector), moves.left) == ({MARC_MAIL: 1}, 1)  # C; nobody knows how much 900 000 yen is


@pytest.mark.usefixtures("ledger")
def test_whoever_covers_for_a_cover_has_the_customers_of_both(session: Session) -> None:
    absences.add(session, LEAD, INES_MAIL, MARC_MAIL, (TODAY, TODAY + timedelta(days=9)), "", at=AT)
    absences.add(session, LEAD, MARC_MAIL, LEAD.email, (TODAY, TODAY + timedelta(days=5)), "", at=AT)
    assert worklist.whose(session, LEAD.email, TODAY)[1:] == [INES_MAIL, MARC_MAIL]
    assert worklist.whose(session, LEAD.email, TODAY + timedelta(days=6))[1:] == []
    assert worklist.whose(session, MARC_MAIL, TODAY + timedelta(days=6))[1:] == [INES_MAIL]


@pytest.mark.usefixtures("ledger")
def test_an_absence_that_no_longer_fits_is_not_put_back(session: Session) -> None:
    span = (TODAY, TODAY + timedelta(days=3))
    key = absences.add(session, LEAD, INES_MAIL, MARC_MAIL, span, "", at=AT)
    absences.cancel(session, LEAD, key, at=AT)
    absences.add(session, LEAD, MARC_MAIL, INES_MAIL, span, "", at=AT)
    with pytest.raises(RefusedError, match="away then too"):
        absences.put_back(session, LEAD, key)


@pytest.mark.usefixtures("ledger")
def test_who_may_not_work_on_the_customers_does_not_cover_them(session: Session) -> None:
    elsewhere = a_company(session, "VELUK")
    user = UserRow(email="uk@velmora.example", name="UK", password_hash="x", created_at=AT)
    session.add(user)
    session.flush()
    session.add(RoleGrantRow(user_id=user.id, role=Role.COLLECTOR.value, company_id=elsewhere.id))
    session.flush()
    span = (TODAY, TODAY)
    with pytest.raises(RefusedError, match="does not collect for VELFR"):
        absences.add(session, LEAD, INES_MAIL, user.email, span, "", at=AT)
    absences.add(session, LEAD, INES_MAIL, MARC_MAIL, span, "", at=AT)
    with pytest.raises(RefusedError, match="does not collect for VELFR"):  # Marc has Inès' customers on that day
        absences.add(session, LEAD, MARC_MAIL, user.email, span, "", at=AT)


@pytest.mark.usefixtures("ledger")
def test_whoever_covers_has_the_customers_on_those_days_only(session: Session) -> None:
    span = (TODAY, TODAY + timedelta(days=3))
    key = absences.add(session, INES, INES_MAIL, MARC_MAIL, span, "leave", at=AT)
    assert codes(session, MARC_MAIL) == ["A", "B"]
    assert [one.customer.code for one in worklist.queue(session, OPERATOR, collector=MARC_MAIL, as_of=TODAY).tasks] == [
        "A",
        "B",
    ]
    assert codes(session, MARC_MAIL, TODAY + timedelta(days=4)) == []
    assert codes(session, INES_MAIL) == ["A", "B"]
    absences.cancel(session, INES, key, at=AT)
    assert codes(session, MARC_MAIL) == []
    absences.put_back(session, LEAD, key)
    assert codes(session, MARC_MAIL) == ["A", "B"]


@pytest.mark.usefixtures("ledger")
def test_an_absence_is_ones_own_or_the_leads_and_never_covered_by_who_is_away(session: Session) -> None:
    span = (TODAY, TODAY)
    with pytest.raises(ForbiddenError):
        absences.add(session, MARC, INES_MAIL, MARC_MAIL, span, "", at=AT)
    absences.add(session, LEAD, INES_MAIL, MARC_MAIL, span, "", at=AT)
    with pytest.raises(RefusedError, match="away then too"):
        absences.add(session, MARC, MARC_MAIL, INES_MAIL, span, "", at=AT)
    with pytest.raises(InputError):
        absences.add(session, MARC, MARC_MAIL, LEAD.email, (TODAY, days_ago(1)), "", at=AT)


def test_a_cover_reads_the_kept_list_in_working_order(engine: Engine) -> None:
    with transaction(engine) as session:
        company = a_company(session, "VELFR")
        for place, owner in enumerate((INES_MAIL, MARC_MAIL, INES_MAIL, "other@velmora.example")):
            row = a_customer(session, company, f"C{place}", collector_email=owner)
            an_invoice(session, row, f"C{place}", 10_000 * (place + 1), days_ago(60), days_ago(30))
        for actor in (INES, MARC):
            user = UserRow(email=actor.email, name=actor.name, password_hash="x", created_at=AT)
            session.add(user)
            session.flush()
            session.add(RoleGrantRow(user_id=user.id, role=Role.COLLECTOR.value))
        absences.add(session, INES, INES_MAIL, MARC_MAIL, (TODAY, TODAY), "", at=AT)
    keeping.keep(engine, TODAY)
    with reading(engine) as session:
        assert codes(session, MARC_MAIL) == ["C2", "C1", "C0"]
        assert codes(session, INES_MAIL) == ["C2", "C0"]


def test_a_customer_is_handed_over_with_a_note_and_given_back(session: Session, ledger: list[CustomerRow]) -> None:
    (done,) = handing_over.hand_over(session, INES, [ledger[0].id], MARC_MAIL, "speaks German", WHEN)
    session.flush()
    assert (codes(session, INES_MAIL), codes(session, MARC_MAIL)) == (["B"], ["A"])
    with pytest.raises(RefusedError, match="already"):
        handing_over.hand_over(session, INES, [ledger[0].id], MARC_MAIL, "again", WHEN)
    with pytest.raises(InputError):
        handing_over.hand_over(session, INES, [ledger[0].id], LEAD.email, " ", WHEN)
    with pytest.raises(ForbiddenError):
        handing_over.hand_over(session, HUGO, [ledger[0].id], MARC_MAIL, "why not", WHEN)
    assert undo.undo(session, INES, done, at=AT) == "handover"
    session.flush()
    assert codes(session, INES_MAIL) == ["A", "B"]


# --- who is at what -------------------------------------------------------------------------------------------


def test_the_first_to_open_a_customer_has_it_until_it_moves_on_or_falls_silent(
    session: Session, ledger: list[CustomerRow]
) -> None:
    first, second, _ = ids(ledger)
    assert claims.take(session, INES, first, at=AT).email == INES_MAIL
    assert claims.take(session, MARC, first, at=AT).email == INES_MAIL
    assert set(claims.taken(session, MARC, at=AT)) == {first}
    assert claims.taken(session, INES, at=AT) == {}
    claims.take(session, INES, second, at=AT)
    assert claims.take(session, MARC, first, at=AT).email == MARC_MAIL
    later = AT + claims.LAPSES + timedelta(seconds=1)
    assert claims.taken(session, MARC, at=later) == {}
    assert claims.take(session, MARC, second, at=later).email == MARC_MAIL


def test_a_customer_is_taken_over_and_let_go(session: Session, ledger: list[CustomerRow]) -> None:
    key = ledger[0].id
    claims.take(session, INES, key, at=AT)
    assert claims.take_over(session, MARC, key, at=AT).email == MARC_MAIL
    assert set(claims.taken(session, INES, at=AT)) == {key}
    claims.let_go(session, MARC)
    assert claims.taken(session, INES, at=AT) == {}
    with pytest.raises(ForbiddenError):
        claims.take(session, HUGO, key, at=AT)


def test_the_live_mark_changes_with_claims_and_with_what_only_the_database_noticed(
    session: Session, ledger: list[CustomerRow]
) -> None:
    marks = [worklist.pulse(session, INES, at=AT)]
    claims.take(session, INES, ledger[1].id, at=AT)
    assert worklist.pulse(session, INES, at=AT) == marks[0]  # one's own way through the list is no news
    claims.take(session, MARC, ledger[0].id, at=AT)
    marks.append(worklist.pulse(session, INES, at=AT))
    marks.append(worklist.pulse(session, INES, at=AT + claims.LAPSES * 2))
    acts.add_note(session, MARC, ledger[0].id, "said so", WHEN)
    marks.append(worklist.pulse(session, INES, at=AT + claims.LAPSES * 2))
    assert len(set(marks)) == 3  # a lapsed claim is none
    assert marks[0] == marks[2]


# --- many at once ---------------------------------------------------------------------------------------------


def test_many_are_snoozed_and_taken_back_as_one(session: Session, ledger: list[CustomerRow]) -> None:
    chosen = Chosen(Act.SNOOZE, until=TODAY + timedelta(days=7))
    found = bulk.preview(session, INES, ids(ledger), chosen, TODAY)
    assert [(one.customer.code, one.amount_minor, one.left_out) for one in found] == [
        ("A", 900_000, ""),
        ("B", 50_000, ""),
        ("C", 70_000, ""),
    ]
    done = bulk.run(session, INES, found, chosen, WHEN)
    assert (done.count, codes(session, INES_MAIL)) == (3, [])
    assert bulk.take_back(session, INES, done, at=AT) == 3
    assert codes(session, INES_MAIL) == ["A", "B"]
    assert bulk.take_back(session, INES, done, at=AT) == 0


def test_taking_back_brings_each_customer_to_where_it_was(session: Session, ledger: list[CustomerRow]) -> None:
    acts.snooze(session, INES, ledger[1].id, TODAY + timedelta(days=2), "", WHEN)
    chosen = Chosen(Act.SNOOZE, until=TODAY + timedelta(days=9))
    slept = bulk.run(session, INES, bulk.preview(session, INES, ids(ledger), chosen, TODAY), chosen, WHEN)
    over = Chosen(Act.HANDOVER, to=LEAD.email, text="speaks German")
    given = bulk.run(session, INES, bulk.preview(session, INES, ids(ledger), over, TODAY), over, WHEN)
    handing_over.hand_over(session, LEAD, [ledger[0].id], MARC_MAIL, "in Lyon", WHEN)
    assert bulk.take_back(session, INES, slept, at=AT) == 3
    assert bulk.take_back(session, INES, given, at=AT) == 2  # the first was handed on since, and stays there
    session.expire_all()
    assert [row.snoozed_until for row in ledger] == [None, TODAY + timedelta(days=2), None]
    assert [row.collector_email for row in ledger] == [MARC_MAIL, INES_MAIL, ""]
    assert audit.first_broken_entry(session) is None


def test_what_is_a_day_old_or_out_of_reach_is_not_taken_back_from_many(
    session: Session, ledger: list[CustomerRow]
) -> None:
    chosen = Chosen(Act.SNOOZE, until=TODAY + timedelta(days=7))
    done = bulk.run(session, INES, bulk.preview(session, INES, ids(ledger), chosen, TODAY), chosen, WHEN)
    foreign = Actor(9, "jonas@velmora.example", "Jonas", (Grant(Role.COLLECTOR, a_company(session, "VELDE").id),))
    assert bulk.take_back(session, foreign, done, at=AT) == 0
    assert bulk.take_back(session, INES, done, at=AT + timedelta(days=1, minutes=1)) == 0
    with pytest.raises(InputError):
        bulk.take_back(session, INES, bulk.Done(tuple(range(101))), at=AT)
    assert codes(session, INES_MAIL) == []


def test_a_preview_says_who_is_left_out_and_why(session: Session, ledger: list[CustomerRow]) -> None:
    over = bulk.preview(session, INES, ids(ledger), Chosen(Act.HANDOVER, to=INES_MAIL), TODAY)
    assert [one.left_out for one in over] == ["same", "same", ""]
    for contact in session.exec(select(ContactRow).where(ContactRow.customer_id == ledger[1].id)):
        session.delete(contact)
    session.flush()
    acts.log_call(session, INES, ledger[2].id, CallOutcome.REACHED, "", WHEN)
    mails = bulk.preview(session, INES, ids(ledger), Chosen(Act.MAIL), TODAY)
    assert [one.left_out for one in mails] == ["", "no_address", ""]
    assert [len(one.invoice_ids) for one in mails] == [1, 1, 1]


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(Chosen(Act.SNOOZE, until=TODAY + timedelta(days=7)), id="snooze"),
        pytest.param(Chosen(Act.HANDOVER, to=LEAD.email, text="speaks German"), id="hand over"),
        pytest.param(Chosen(Act.MANUAL, text="lawyers write"), id="by hand"),
    ],
)
def test_many_customers_cost_as_many_questions_as_one(
    session: Session, ledger: list[CustomerRow], chosen: Chosen
) -> None:
    asked = []
    for rows in (ledger[:1], ledger[1:]):
        found = bulk.preview(session, INES, ids(rows), chosen, TODAY)
        with questions(session) as seen:
            done = bulk.run(session, INES, found, chosen, WHEN)
            assert bulk.take_back(session, INES, done, at=AT) == len(rows)
        asked.append(len(seen))
    assert asked[0] == asked[1]
    assert audit.first_broken_entry(session) is None


@contextmanager
def questions(session: Session) -> Iterator[list[str]]:
    """Collect what is asked of the database meanwhile, without rows written: SQLite returns keys of one at a time."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if not statement.startswith("INSERT"):
            seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield seen
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_customers_of_a_company_that_the_colleague_does_not_collect_for_stay(
    session: Session, ledger: list[CustomerRow]
) -> None:
    elsewhere = a_customer(session, a_company(session, "VELDE"), "D", collector_email=INES_MAIL)
    grant = session.exec(select(RoleGrantRow).join(UserRow).where(UserRow.email == MARC_MAIL)).one()
    grant.company_id = ledger[0].company_id
    session.flush()
    chosen = Chosen(Act.HANDOVER, to=MARC_MAIL, text="speaks German")
    found = bulk.preview(session, INES, [ledger[0].id, elsewhere.id], chosen, TODAY)
    assert [one.left_out for one in found] == ["", "elsewhere"]
    assert bulk.run(session, INES, found, chosen, WHEN).count == 1


def test_many_are_reminded_by_the_outbox_and_the_mails_taken_back(session: Session, ledger: list[CustomerRow]) -> None:
    chosen = Chosen(Act.MAIL)
    done = bulk.run(session, INES, bulk.preview(session, INES, ids(ledger), chosen, TODAY), chosen, WHEN)
    assert (len(done.message_ids), done.refused) == (3, ())
    again = bulk.run(session, INES, bulk.preview(session, INES, ids(ledger), chosen, TODAY), chosen, WHEN)
    assert (again.count, len(again.refused)) == (0, 3)  # nobody gets two mails of a day
    left = session.exec(select(MessageRow).where(MessageRow.message_id == done.message_ids[0])).one()
    left.state = "sent"
    session.flush()
    assert bulk.take_back(session, INES, done, at=AT) == 2
    assert bulk.run(session, INES, bulk.preview(session, INES, ids(ledger), chosen, TODAY), chosen, WHEN).count == 2


def test_a_mail_to_many_costs_as_many_statements_as_one_and_a_refusal_leaves_the_others(
    session: Session, ledger: list[CustomerRow]
) -> None:
    chosen = Chosen(Act.MAIL)
    found = bulk.preview(session, INES, ids(ledger), chosen, TODAY)
    with questions(session) as first:
        one = bulk.run(session, INES, found[:1], chosen, WHEN)
    bulk.take_back(session, INES, one, at=AT)
    with questions(session) as second:
        done = bulk.run(session, INES, found, chosen, WHEN)
    assert (one.count, done.count) == (1, 3)
    assert len(second) <= len(first) + 2  # of several customers the audit log is asked for its end no more often
    again = bulk.run(session, INES, found, chosen, WHEN)
    assert (again.count, len(again.refused)) == (0, 3)
    assert "stands in the outbox" in again.refused[0][1]
    assert audit.first_broken_entry(session) is None


def test_what_one_may_not_work_on_is_not_done_to_many(session: Session, ledger: list[CustomerRow]) -> None:
    other = a_company(session, "VELDE")
    foreign = Actor(9, "jonas@velmora.example", "Jonas", (Grant(Role.COLLECTOR, other.id),))
    with pytest.raises(NotFoundError):
        bulk.preview(session, foreign, ids(ledger), Chosen(Act.SNOOZE), TODAY)
    with pytest.raises(ForbiddenError):
        bulk.preview(session, HUGO, ids(ledger), Chosen(Act.SNOOZE), TODAY)
    with pytest.raises(InputError):
        bulk.preview(session, INES, [], Chosen(Act.SNOOZE), TODAY)


def test_choices_are_kept_by_name_for_oneself(session: Session) -> None:
    filters.save(session, INES, "big  ones", {"least": "5000", "page": "3"}, at=AT)
    filters.save(session, INES, "big ones", {"least": "20000"}, at=AT)
    (kept,) = filters.saved(session, INES)
    assert (kept.name, dict(kept.params)) == ("big ones", {"least": "20000"})
    assert filters.saved(session, MARC) == []
    with pytest.raises(NotFoundError):
        filters.remove(session, MARC, kept.filter_id)
    for name, params in (("", {"least": "1"}), ("nothing", {"page": "3"})):
        with pytest.raises(InputError):
            filters.save(session, INES, name, params, at=AT)
    filters.remove(session, INES, kept.filter_id)
    assert filters.saved(session, INES) == []


# --- results --------------------------------------------------------------------------------------------------


def the_month(session: Session, actor: Actor, **more: str) -> results.Results:
    return results.results(session, actor, month=TODAY, as_of=TODAY, currency="EUR", company="VELFR", **more)


def test_a_month_says_who_contacted_what_came_after_it_and_how_the_overdue_changed(
    session: Session, ledger: list[CustomerRow]
) -> None:
    customer = ledger[0]
    acts.log_call(session, INES, customer.id, CallOutcome.REACHED, "", Moment(days_ago(5), AT - timedelta(days=5)))
    payment = a_payment(session, customer, "P1", 300_000, days_ago(2), unapplied_minor=0)
    invoice = an_invoice(session, customer, "A-2", 300_000, days_ago(60), days_ago(30), paid=[])
    an_allocation(session, payment, invoice, 300_000, days_ago(2))
    invoice.open_minor, invoice.closed_on = 0, days_ago(2)
    session.flush()
    (ines,) = the_month(session, INES).people
    assert (ines.touched, ines.collected_minor, ines.overdue_minor) == (1, 300_000, 950_000)
    assert ines.overdue_change_minor == 950_000 - 1_200_000
    assert len(the_month(session, INES).months) == results.MONTHS


@pytest.mark.usefixtures("ledger")
def test_a_collector_sees_the_own_results_and_the_lead_everybodys(session: Session) -> None:
    assert [one.email for one in the_month(session, MARC, person=INES_MAIL).people] == [MARC_MAIL]
    team = the_month(session, LEAD, person=MARC_MAIL)
    assert {INES_MAIL, MARC_MAIL} <= {one.email for one in team.people}
    assert team.person == MARC_MAIL
    with pytest.raises(ForbiddenError):
        the_month(session, HUGO)


@pytest.mark.usefixtures("ledger")
def test_a_goal_is_set_by_the_lead_changed_and_taken_away(session: Session) -> None:
    goal = Goal("VELFR", INES_MAIL, TODAY, "EUR")
    assert results.set_goal(session, LEAD, goal, Decimal("12000.50"), at=AT) is None
    assert the_month(session, INES).people[0].goal_minor == 1_200_050
    assert results.set_goal(session, LEAD, goal, None, at=AT) == 1_200_050
    assert the_month(session, INES).people[0].goal_minor is None
    for amount in (Decimal("NaN"), Decimal(-1)):
        with pytest.raises(InputError):
            results.set_goal(session, LEAD, goal, amount, at=AT)
    with pytest.raises(ForbiddenError):
        results.set_goal(session, INES, goal, Decimal(1), at=AT)
    assert session.exec(select(AuditRow).where(col(AuditRow.action) == "goal.set")).all()
