"""Mailed reports: each reader's own rights, at most once, a log that says why, and files only for who may."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import AuditRow, CompanyRow, ReportMailRow, ReportScheduleRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.domain.reports.rhythm import About, Every, Rhythm
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.reports import files, kept, mails, ready, schedules
from ar_cockpit.services.reports.files import Part, ReportFile, Wish
from ar_cockpit.services.reports.rows import Asked
from ar_cockpit.services.reports.schedules import PACK, Plan
from ar_cockpit.services.sending.to_colleagues import send
from tests.integration.figures.test_reports import OPERATOR, TODAY, trade
from tests.reminding import Moody, mail_server

AT = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)  # a Thursday, before seven in Paris
DUE = AT + timedelta(hours=1)
DAILY = Rhythm(Every.DAY, time(7, 0))


def a_person(session: Session, name: str, role: Role, company_id: int | None = None, language: str = "en") -> Actor:
    user = UserRow(
        email=f"{name.lower()}@velmora.example", name=name, password_hash="x", created_at=AT, language=language
    )
    session.add(user)
    session.flush()
    session.add(RoleGrantRow(user_id=user.id, role=role.value, company_id=company_id))
    session.flush()
    return actor_of(session, user)


def plan(*readers: Actor, **more: object) -> Plan:
    given = {
        "shipped": "aged_balance", "definition": SHIPPED["aged_balance"], "company": "", "currency": "EUR",
        "ending": "xlsx", "rhythm": DAILY, "about": About.DAY, "readers": tuple(one.user_id for one in readers),
    }  # fmt: skip
    return Plan(**(given | more))


def no_charts(_source: str, _found: object, _language: str) -> list[str]:
    return []


def test_each_reader_gets_what_it_may_see_once_and_the_log_says_who_got_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        trade(session)
        companies = {one.code: one.id for one in session.exec(select(CompanyRow))}
        ada = a_person(session, "Ada", Role.EXECUTIVE)
        ben = a_person(session, "Ben", Role.EXECUTIVE, companies["BETA"], language="fr")
        cleo = a_person(session, "Cleo", Role.CREDIT_MANAGER)
        schedules.add(session, ada, plan(ada, ben, cleo), at=AT)
        # Cleo loses the right, and is still a reader.
        grant = session.exec(select(RoleGrantRow).where(RoleGrantRow.user_id == cleo.user_id)).one()
        grant.role = Role.SALES.value
        session.add(grant)
        assert not mails.something_to_make(session, AT)
        assert mails.something_to_make(session, DUE)
        assert mails.begin_due(session, OPERATOR, DUE) == 3
        assert mails.begin_due(session, OPERATOR, DUE) == 0
    assert mails.make_files(engine, OPERATOR, no_charts) == {"queued": 2, "cancelled": 1}
    moody = Moody()
    with mail_server(moody) as mailer:
        assert send(engine, OPERATOR, mailer, mails.REPORTS, TODAY) == {"sent": 2}
        assert send(engine, OPERATOR, mailer, mails.REPORTS, TODAY) == {}
    got = {}
    for raw in moody.raw:
        mail = message_from_bytes(raw, policy=policy.default)
        (paper,) = list(mail.iter_attachments())
        got[str(mail["To"])] = (mail, load_workbook(io.BytesIO(paper.get_content())))
    theirs = {
        name: [row[2] for row in book.active.iter_rows(min_row=2, values_only=True)] for name, (_, book) in got.items()
    }
    assert theirs == {
        "Ada <ada@velmora.example>": ["'=Atelys", "Xylo"],
        "Ben <ben@velmora.example>": ["Xylo"],
    }
    assert got["Ben <ben@velmora.example>"][0]["Subject"] == "Balance âgée, au 19 nov. 2026"
    with transaction(engine) as session:
        mails.forget_files(session, OPERATOR)
        log = {one.reader: (one.state, one.error) for one in mails.deliveries(session, ada)}
        assert log == {"Ada": ("sent", ""), "Ben": ("sent", ""), "Cleo": ("cancelled", mails.NO_RIGHT)}
        assert [one.reader for one in mails.deliveries(session, ben)] == ["Ben"]
        assert {row.content for row in session.exec(select(ReportMailRow))} == {None}


def test_what_cannot_be_made_is_given_up_and_what_lost_its_schedule_is_not_sent(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        trade(session)
        ada = a_person(session, "Ada", Role.EXECUTIVE)
        key = schedules.add(session, ada, plan(ada), at=AT)
        assert mails.send_now(session, ada, key, at=AT) == 1
        assert mails.send_now(session, ada, key, at=AT) == 0

    def breaks(*_given: object, **_more: object) -> ReportFile:
        raise RuntimeError

    monkeypatch.setattr(files, "make", breaks)
    for _ in range(mails.MOST_TRIES):
        with pytest.raises(RuntimeError):
            mails.make_files(engine, OPERATOR, no_charts)
    assert mails.make_files(engine, OPERATOR, no_charts) == {}
    with transaction(engine) as session:
        assert [(one.state, one.error) for one in mails.deliveries(session, ada)] == [("failed", mails.TOO_OFTEN)]
        mails.begin_due(session, OPERATOR, DUE)
        schedules.remove(session, ada, key)
    assert mails.make_files(engine, OPERATOR, no_charts) == {}
    with transaction(engine) as session:
        assert mails.deliveries(session, ada)[0].error == mails.GONE


def test_a_mailing_is_its_owners_and_stands_in_the_audit(session: Session) -> None:
    trade(session)
    ada, ben = a_person(session, "Ada", Role.EXECUTIVE), a_person(session, "Ben", Role.COLLECTOR)
    report, _ = kept.save(session, ada, "Big ones", SHIPPED["open_items"], [], at=AT)
    key = schedules.add(session, ada, plan(ada, ben, report_id=report, name="Big ones"), at=AT)
    assert [(one.is_mine, one.owner, one.readers) for one in schedules.schedules(session, ben)] == [
        (False, "Ada", ("Ada", "Ben"))
    ]
    kept.save(session, ada, "Big ones", SHIPPED["aged_balance"], [], at=AT)
    (mine,) = schedules.schedules(session, ada)
    assert (mine.plan.definition, mine.next_at) == (SHIPPED["aged_balance"], DUE)
    for act in (
        lambda: schedules.pause(session, ben, key, paused=True, at=AT),
        lambda: schedules.remove(session, ben, key),
        lambda: mails.send_now(session, ben, key, at=AT),
    ):
        with pytest.raises(NotFoundError):
            act()
    schedules.pause(session, ada, key, paused=True, at=AT)
    assert mails.begin_due(session, OPERATOR, DUE) == 0
    schedules.pause(session, ada, key, paused=False, at=DUE)
    assert session.get_one(ReportScheduleRow, key).next_at == DUE + timedelta(days=1)
    schedules.leave(session, ben, key)
    assert schedules.schedules(session, ben) == []
    gone = schedules.remove(session, ada, key)
    assert gone.readers == (ada.user_id,)
    assert schedules.add(session, ada, gone, at=AT)
    told = [row.action for row in session.exec(select(AuditRow)) if row.action != "report.save"]
    assert told == [f"report.{word}" for word in ("schedule", "pause", "resume", "leave", "unschedule", "schedule")]


def test_what_may_not_be_mailed_is_refused(session: Session) -> None:
    trade(session)
    beta = next(one.id for one in session.exec(select(CompanyRow)) if one.code == "BETA")
    ada, ben = a_person(session, "Ada", Role.EXECUTIVE), a_person(session, "Ben", Role.EXECUTIVE, beta)
    sam = a_person(session, "Sam", Role.SALES)
    assert [one.name for one in schedules.people(session, ben)] == ["Ada", "Ben"]
    wrong = [
        (ben, plan(ben, company="ALFA"), NotFoundError),
        (ada, plan(sam), NotFoundError),
        (ada, plan(), InputError),
        (ada, plan(ada, ending="exe"), InputError),
        (ada, plan(ada, definition=None, shipped=PACK, ending="csv"), InputError),
        (ada, plan(ada, report_id=77), NotFoundError),
        (OPERATOR, plan(ada), InputError),
        (sam, plan(sam), ForbiddenError),
    ]
    for actor, wanted, error in wrong:
        with pytest.raises(error):
            schedules.add(session, actor, wanted, at=AT)
    with pytest.raises(ForbiddenError):
        mails.begin_due(session, ada, DUE)


def test_a_pack_is_one_file_of_several_reports(session: Session) -> None:
    trade(session)
    asked, told = Asked(TODAY, "", "EUR"), []
    parts = [Part(key, SHIPPED[key]) for key in ("dso_pack", "aged_balance", "disputes")]
    wish = Wish(parts, asked, "fr", key=PACK)
    made = files.make(session, OPERATOR, wish, "pdf", told=lambda *given: told.append(given))
    assert made.content.startswith(b"%PDF")
    assert made.file_name == "monthly-pack-2026-11-19.pdf"
    assert told == [(0, 3, "Dossier DSO"), (1, 3, "Balance âgée"), (2, 3, "Litiges"), (3, 3, "")]
    book = load_workbook(io.BytesIO(files.make(session, OPERATOR, wish, "xlsx").content))
    assert len(book.sheetnames) == 3


def test_a_file_made_aside_is_its_owners_for_an_hour(session: Session) -> None:
    ada, ben = a_person(session, "Ada", Role.EXECUTIVE), a_person(session, "Ben", Role.EXECUTIVE)
    made = ReportFile("pack.pdf", "application/pdf", b"%PDF", 3)
    mark = ready.keep(session, ada, made, at=AT)
    assert ready.fetch(session, ada, mark, at=AT).content == b"%PDF"
    for actor, at in ((ben, AT), (ada, AT + ready.KEPT_FOR + timedelta(seconds=1))):
        with pytest.raises(NotFoundError):
            ready.fetch(session, actor, mark, at=at)
    assert ready.forget_old(session, AT + timedelta(hours=2)) == 1
