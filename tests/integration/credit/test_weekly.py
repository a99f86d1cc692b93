"""Once a week a sales owner is told what changed of the own customers; who wants none, or has no news, gets none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import (
    CompanyRow,
    CreditAlertRow,
    CustomerRow,
    DisputeCaseRow,
    DisputeRow,
    RoleGrantRow,
    StandingChangeRow,
    UserRow,
    WeeklyDigestRow,
)
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services.limits import weekly
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.sending.to_colleagues import send
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import AT, OPERATOR, Moody, mail_server

MONDAY = date(2026, 3, 2)
IN_THE_WEEK, BEFORE = MONDAY - timedelta(days=3), MONDAY - timedelta(days=7)


def a_user(session: Session, name: str, role: Role, language: str = "en") -> Actor:
    row = UserRow(email=f"{name}@v.example", name=name.title(), password_hash="-", language=language, created_at=AT)
    session.add(row)
    session.flush()
    session.add(RoleGrantRow(user_id=row.id, role=role.value))
    session.flush()
    return actor_of(session, row)


def a_change(session: Session, customer: CustomerRow, on: date, before: str, after: str) -> None:
    reasons = [{"code": "nothing_open", "facts": {}}] if after == "ok" else [{"code": "insolvent", "facts": {}}]
    session.add(
        StandingChangeRow(
            company_id=customer.company_id,
            customer_id=customer.id,
            changed_on=on,
            changed_at=AT,
            before=before,
            after=after,
            reasons=reasons,
        )
    )
    session.flush()


def a_dispute(session: Session, customer: CustomerRow, number: str, owner: str, answered_by: str = "") -> None:
    invoice = an_invoice(session, customer, number, 40_000, BEFORE - timedelta(days=60), MONDAY + timedelta(days=60))
    row = DisputeRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        invoice_id=invoice.id,
        reason="price",
        owner_email=owner,
        opened_on=IN_THE_WEEK,
        answer_due_on=MONDAY + timedelta(days=10),
        opened_by="ines@v.example",
    )
    session.add(row)
    session.flush()
    if answered_by:
        session.add(
            DisputeCaseRow(
                dispute_id=row.id,
                company_id=customer.company_id,
                answer="the price was agreed",
                answered_on=IN_THE_WEEK,
                answered_by=answered_by,
            )
        )
        session.flush()


class World:
    """Hugo has three customers of whom something is to tell, Eva one of whom nothing is."""

    def __init__(self, session: Session) -> None:
        company: CompanyRow = a_company(session)
        self.hugo, self.eva = a_user(session, "hugo", Role.SALES), a_user(session, "eva", Role.SALES, "fr")
        own = {"sales_email": self.hugo.email}
        self.worse = a_customer(session, company, "W", name="Worse SA", **own)
        better = a_customer(session, company, "B", name="Better SA", **own)
        back = a_customer(session, company, "R", name="Return SA", **own)
        quiet = a_customer(session, company, "Q", name="Quiet SA", sales_email=self.eva.email)
        a_change(session, self.worse, IN_THE_WEEK, "ok", "watch")
        a_change(session, self.worse, MONDAY, "watch", "hold")
        a_change(session, better, IN_THE_WEEK, "watch", "ok")
        a_change(session, back, IN_THE_WEEK, "ok", "watch")
        a_change(session, back, MONDAY, "watch", "ok")
        a_change(session, quiet, BEFORE, "ok", "hold")
        session.add(
            CreditAlertRow(
                company_id=company.id,
                customer_id=self.worse.id,
                kind="over_limit",
                facts={"amount_minor": 120_000, "currency": "EUR"},
                since_on=IN_THE_WEEK,
            )
        )
        a_dispute(session, better, "B-1", self.hugo.email)
        a_dispute(session, back, "R-1", "ines@v.example", answered_by="ines@v.example")
        an_invoice(session, back, "R-2", 990_000, BEFORE - timedelta(days=30), MONDAY - timedelta(days=2))
        an_invoice(session, quiet, "Q-1", 990_000, BEFORE - timedelta(days=30), BEFORE - timedelta(days=1))


def test_the_mail_tells_what_changed_and_what_came_back_is_no_change(session: Session) -> None:
    world = World(session)
    found = weekly.news(session, world.hugo, weekly.week_of(MONDAY), "en")
    assert [(one.customer, one.text) for one in found.news["standing"]] == [
        ("Worse SA", "OK → Hold. Marked as insolvent."),
        ("Better SA", "Watch → OK. Nothing is open."),
    ]
    assert [one.text for one in found.news["limits"]] == ["€1,200 over the limit."]
    assert [one.text for one in found.news["disputes"]] == [
        "B-1 (price) waits for your answer by 12 Mar 2026.",
        "R-1 (price) was answered: the price was agreed",
    ]
    assert [(one.customer, one.text) for one in found.news["overdue"]] == [("Return SA", "€9,900.00 of 1 invoice.")]
    assert (found.customers, found.worse) == (3, 1)
    assert weekly.news(session, world.eva, weekly.week_of(MONDAY), "fr").customers == 0


def test_one_mail_a_week_for_whom_there_is_news(engine: Engine) -> None:
    with transaction(engine) as session:
        World(session)
        assert weekly.write_mails(session, OPERATOR, MONDAY, at=AT) == 1
    with transaction(engine) as session:
        assert weekly.write_mails(session, OPERATOR, MONDAY + timedelta(days=2), at=AT) == 0, "the week is told"
        assert session.exec(select(WeeklyDigestRow.recipient)).all() == ["hugo@v.example"]
    moody = Moody()
    with mail_server(moody) as mailer:
        assert dict(send(engine, OPERATOR, mailer, weekly.WEEKLY, MONDAY)) == {"sent": 1}
        assert dict(send(engine, OPERATOR, mailer, weekly.WEEKLY, MONDAY)) == {}
    (raw,) = moody.raw
    assert b"Subject: Your customers this week: 1 stands worse" in raw
    assert b"Auto-Submitted: auto-generated" in raw


def test_who_wants_none_gets_none_not_even_a_queued_one(engine: Engine) -> None:
    with transaction(engine) as session:
        world = World(session)
        assert weekly.wants(session, world.hugo) is True
        weekly.write_mails(session, OPERATOR, MONDAY, at=AT)
        weekly.choose(session, world.hugo, wanted=False)
        assert weekly.write_mails(session, OPERATOR, MONDAY + timedelta(days=7), at=AT) == 0
        assert weekly.wants(session, a_user(session, "cleo", Role.CREDIT_MANAGER)) is None
        with pytest.raises(RefusedError):
            weekly.choose(session, OPERATOR, wanted=True)
    with mail_server(Moody()) as mailer:
        assert dict(send(engine, OPERATOR, mailer, weekly.WEEKLY, MONDAY)) == {"cancelled": 1}
