"""Goals and limits: who may set them; a crossing is told once with its cause, by mail to who asked and may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import AlertMailRow, AuditRow, CustomerRow, InvoiceRow, KpiAlertRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.domain.figures.measures import Unit, to_type, typed
from ar_cockpit.services.figures import alerts, changes, reporting, targets
from ar_cockpit.services.figures.alert_mails import ALERTS
from ar_cockpit.services.figures.changes import Moved
from ar_cockpit.services.sending.to_colleagues import send
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.reminding import Moody, mail_server

OPERATOR = Actor.local_operator()
TODAY, SINCE = date(2026, 11, 19), date(2026, 10, 31)
AT = datetime(2026, 11, 19, 5, 30, tzinfo=UTC)


def trade(session: Session) -> dict[str, int]:
    """Store two companies; what ALFA's customers have overdue grows in November. Return the customers."""
    alfa, beta = a_company(session), a_company(session, "BETA")
    found = {}
    for code, minor in (("BIG", 900_00), ("MID", 300_00), ("TINY", 1_00)):
        customer = a_customer(session, alfa, code, name=f"{code} SARL")
        found[code] = customer.id
        an_invoice(session, customer, f"{code}-1", minor, date(2026, 9, 1), date(2026, 11, 1))
        an_invoice(session, customer, f"{code}-2", 5_00, date(2026, 8, 1), date(2026, 9, 1))
    an_invoice(session, a_customer(session, beta, "X"), "B1", 77_00, date(2026, 9, 1), date(2026, 10, 1))
    session.flush()
    return found


def a_reader(session: Session, company_id: int | None, role: Role = Role.EXECUTIVE) -> Actor:
    user = UserRow(email="m@velmora.example", name="Mona", password_hash="x", created_at=AT)
    session.add(user)
    session.flush()
    session.add(RoleGrantRow(user_id=user.id, role=role.value, company_id=company_id))
    session.flush()
    return Actor(user.id, user.email, user.name, (Grant(role, company_id),))


def limit(session: Session, value: int, code: str = "ALFA") -> None:
    targets.set_goals(session, OPERATOR, code, {"dso_countback": 40.0}, {"overdue": value}, at=AT)


@pytest.mark.parametrize(("figure", "part"), [("overdue", "overdue"), ("receivables", "receivables")])
def test_a_change_is_that_of_the_figure_to_the_cent(session: Session, figure: str, part: str) -> None:
    trade(session)
    found = changes.change(session, OPERATOR, Moved(figure, SINCE, TODAY), company="ALFA").waterfall
    assert found is not None
    for day, value in ((SINCE, found.before), (TODAY, found.after)):
        assert value == getattr(reporting.kpi(session, OPERATOR, as_of=day, company="ALFA").figures.totals, part)
    assert found.before + sum(step.part for step in found.steps) + found.others == found.after


def test_a_change_of_dso_names_the_pace_of_sales_and_the_customers(session: Session) -> None:
    customers = trade(session)
    invoice = an_invoice(session, _row(session, customers["MID"]), "NEW", 400_00, date(2026, 11, 3), date(2026, 12, 3))
    assert invoice.id
    found = changes.change(session, OPERATOR, Moved("dso_countback", SINCE, TODAY), company="ALFA")
    assert found.waterfall is not None
    told = [reporting.kpi(session, OPERATOR, as_of=day, company="ALFA").figures.dso_countback for day in (SINCE, TODAY)]
    assert [found.waterfall.before, found.waterfall.after] == pytest.approx(told, abs=1e-4)
    assert [found.customers[step.customer_id].code for step in found.waterfall.steps] == ["MID"]


def _row(session: Session, customer_id: int) -> CustomerRow:
    return session.get_one(CustomerRow, customer_id)


def test_a_crossed_limit_is_told_once_with_its_cause_until_it_is_kept_again(session: Session) -> None:
    customers = trade(session)
    limit(session, 1000_00)
    assert alerts.watch(session, OPERATOR, TODAY, at=AT)["alerts"] == 1
    assert alerts.watch(session, OPERATOR, TODAY + timedelta(days=1), at=AT)["alerts"] == 0
    (alert,) = alerts.standing(session, OPERATOR)
    assert (alert.figure, alert.value, alert.limit) == ("overdue", 1216_00, 1000_00)
    assert [step["code"] for step in alert.causes["steps"]] == ["BIG", "MID", "TINY"]
    assert alert.causes["before"] + sum(step["part"] for step in alert.causes["steps"]) == alert.causes["after"]
    big = _row(session, customers["BIG"])
    payment = a_payment(session, big, "P", 900_00, TODAY, unapplied_minor=0)
    invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "BIG-1")).one()
    an_allocation(session, payment, invoice, 900_00)
    invoice.open_minor, invoice.closed_on = 0, TODAY
    session.flush()
    later = TODAY + timedelta(days=2)
    assert alerts.watch(session, OPERATOR, later, at=AT) == {"alerts": 0, "cleared": 1, "alert_mails": 0}
    assert alerts.standing(session, OPERATOR) == []
    assert len(alerts.standing(session, OPERATOR, as_of=TODAY)) == 1


def test_who_sees_one_company_sees_neither_goals_nor_alerts_of_another(session: Session) -> None:
    trade(session)
    limit(session, 1000_00)
    limit(session, 1_00, "BETA")
    alerts.watch(session, OPERATOR, TODAY, at=AT)
    beta = reporting.visible_companies(session, OPERATOR, "BETA")[0].company_id
    manager = Actor(9, "b@x.example", "B", (Grant(Role.EXECUTIVE, beta),))
    assert [one.company_code for one in alerts.standing(session, manager)] == ["BETA"]
    assert [one.company.code for one in targets.goals(session, manager, TODAY)] == ["BETA"]
    found = changes.change(session, manager, Moved("overdue", SINCE, TODAY)).waterfall
    assert found is not None
    assert (found.after, found.steps) == (77_00, ())
    with pytest.raises(NotFoundError):
        changes.change(session, manager, Moved("overdue", SINCE, TODAY), company="ALFA")
    with pytest.raises(NotFoundError):
        targets.want_mail(session, manager, "ALFA", wants=True)
    with pytest.raises(ForbiddenError):
        targets.set_goals(session, manager, "BETA", {}, {}, at=AT)
    with pytest.raises(ForbiddenError):
        alerts.watch(session, manager, TODAY, at=AT)


def test_goals_are_kept_audited_and_put_back(session: Session) -> None:
    a_company(session, targets={"dso_countback": 45, "unknown": 1})
    before = targets.set_goals(session, OPERATOR, "ALFA", {"cei": 80.0}, {"overdue_share": 0.31}, at=AT)
    assert before == ({"dso_countback": 45}, {})
    (one,) = targets.goals(session, OPERATOR, TODAY)
    assert (one.goals, one.limits, one.may_set) == ({"cei": 80.0}, {"overdue_share": 0.31}, True)
    targets.set_goals(session, OPERATOR, "ALFA", *before, at=AT)
    assert targets.goals(session, OPERATOR, TODAY)[0].goals == {"dso_countback": 45}
    entry = session.exec(select(AuditRow).where(AuditRow.action == "targets.set")).first()
    assert entry is not None
    assert entry.after == {"goals": {"cei": 80.0}, "limits": {"overdue_share": 0.31}}


def test_what_is_typed_is_kept_as_figures_have_it() -> None:
    assert typed(Unit.SHARE, Decimal("28.5"), "EUR") == 0.285
    assert typed(Unit.AMOUNT, Decimal("1234.5"), "TND") == 1_234_500
    assert (to_type(Unit.SHARE, 0.285, "EUR"), to_type(Unit.AMOUNT, 1_234_500, "TND")) == (Decimal("28.5"), 1234.5)
    with pytest.raises(InputError):
        typed(Unit.SHARE, Decimal(101), "EUR")


def test_an_alert_goes_once_to_who_asked_for_it_and_to_nobody_who_lost_the_right(
    engine: Engine, session: Session
) -> None:
    moody = Moody()
    trade(session)
    limit(session, 1000_00)
    alfa = reporting.visible_companies(session, OPERATOR, "ALFA")[0].company_id
    reader = a_reader(session, alfa)
    targets.want_mail(session, reader, "ALFA", wants=True)
    assert alerts.watch(session, OPERATOR, TODAY, at=AT)["alert_mails"] == 1
    session.commit()
    with mail_server(moody) as mailer:
        assert send(engine, OPERATOR, mailer, ALERTS, TODAY) == {"sent": 1}
        assert send(engine, OPERATOR, mailer, ALERTS, TODAY) == {}
    (mail,) = (message_from_bytes(raw, policy=policy.default) for raw in moody.raw)
    assert mail["To"].addresses[0].addr_spec == "m@velmora.example"
    body = mail.get_body(("plain",)).get_content()
    assert "BIG SARL: +" in body
    assert "1,000.00" in body
    asked = "company=ALFA&currency=EUR&figure=overdue&since=2026-10-31&as_of=2026-11-19"
    assert f"/executive/changes/?{asked}" in body  # as the screen's own link to the causes
    # A second alert whose reader lost the right before it went.
    session.add(KpiAlertRow(**_like(session)))
    session.flush()
    newest = session.exec(select(KpiAlertRow.id).order_by(col(KpiAlertRow.id).desc())).first()
    row = session.exec(select(AlertMailRow)).one()
    same = row.model_dump(include={"user_id", "recipient", "business_on", "sender", "reply_to", "queued_at"})
    session.add(AlertMailRow(alert_id=newest, message_id="<other@x>", **same))
    session.delete(session.exec(select(RoleGrantRow)).one())
    session.commit()
    with mail_server(moody) as mailer:
        assert send(engine, OPERATOR, mailer, ALERTS, TODAY) == {"cancelled": 1}
    assert len(moody.raw) == 1


def _like(session: Session) -> dict[str, object]:
    row = session.exec(select(KpiAlertRow)).one()
    kept = row.model_dump(exclude={"id"})
    return kept | {"figure": "receivables"}
