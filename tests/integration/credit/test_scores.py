"""Scores on both databases: an agency's file is taken line by line; our own says what would raise it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from ar_cockpit.db.tables import AuditRow, JobRequestRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.limits import history, scores
from ar_cockpit.services.limits.scores import CsvScores
from tests.builders import a_company, a_customer, an_invoice

TODAY = date(2026, 11, 19)
WHEN = Moment(TODAY, datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
OPERATOR = Actor.local_operator()


def test_an_agencys_scores_are_taken_and_what_is_wrong_is_told_with_its_line(session: Session) -> None:
    one, other = a_company(session, "ALFA"), a_company(session, "BETA")
    customer = a_customer(session, one, "C1")
    for company in (one, other):
        a_customer(session, company, "C2")
    text = (
        "customer_id;score;company;date\nC1;40;;2026-10-01\nC1;55;;2026-11-01\nC2;30;;\nC2;30;BETA;\nC3;1;;\nC1;x;;\n"
    )
    told = scores.take(session, OPERATOR, CsvScores("Altares", text), WHEN)
    assert (told.taken, told.changed) == (3, 2)
    assert [(one.line, one.reason) for one in told.refused] == [
        (4, "exists in several companies: ALFA, BETA"),
        (6, "no such customer"),
        (7, "the score is no whole number from 0 to 100"),
    ]
    session.refresh(customer)
    assert customer.external_score == 55
    assert [one.score for one in history.scores(session, OPERATOR, customer.id, date(2026, 1, 1))] == [40, 55]
    assert session.exec(select(JobRequestRow.job)).all() == ["move_segments"]
    assert scores.take(session, OPERATOR, CsvScores("Altares", text), WHEN).changed == 0
    assert session.exec(select(AuditRow.action)).all() == ["scores.import"] * 2


def test_an_older_file_tells_of_the_past_and_none_of_days_to_come(session: Session) -> None:
    customer = a_customer(session, a_company(session), "C1")
    scores.take(session, OPERATOR, CsvScores("Altares", "customer_id,score,date\nC1,55,2026-11-01\n"), WHEN)
    older = "customer_id,score,date\nC1,20,2026-05-01\nC1,90,2026-11-20\n"
    told = scores.take(session, OPERATOR, CsvScores("Altares", older), WHEN)
    assert (told.taken, told.changed) == (1, 0)
    assert [(one.line, one.reason) for one in told.refused] == [(3, "the date is still to come")]
    session.refresh(customer)
    assert customer.external_score == 55
    assert [one.score for one in history.scores(session, OPERATOR, customer.id, date(2026, 1, 1))] == [20, 55]


def test_who_may_not_and_what_is_no_file(session: Session) -> None:
    hugo = Actor(5, "hugo@velmora.example", "Hugo", (Grant(Role.SALES),))
    with pytest.raises(ForbiddenError):
        scores.take(session, hugo, CsvScores("A", "customer_id,score\n"), WHEN)
    with pytest.raises(InputError, match="no columns"):
        scores.take(session, OPERATOR, CsvScores("A", "code,points\n"), WHEN)
    with pytest.raises(InputError, match="no agency"):
        scores.take(session, OPERATOR, CsvScores("payer", "customer_id,score\n"), WHEN)


def test_our_own_score_says_what_would_raise_it(session: Session) -> None:
    customer = a_customer(session, a_company(session))
    assert scores.explain(session, OPERATOR, customer.id, TODAY).score is None
    an_invoice(session, customer, "F1", 100, TODAY - timedelta(days=70), TODAY - timedelta(days=40))
    told = scores.explain(session, OPERATOR, customer.id, TODAY)
    assert told.score is not None
    assert (told.score.total, told.score.parts["unpaid"]) == (18, 2)
    assert [(one.code, one.points) for one in told.raises] == [("pay_sooner", 10), ("pay_overdue", 2)]
