"""Sales in the loop: one digest a day before firm steps, and a pause by a link that acts once, for its owner alone."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from ar_cockpit.api.app import around_the_screens
from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import (
    AuditRow,
    CustomerRow,
    HoldRow,
    RoleGrantRow,
    SalesDigestLineRow,
    SalesDigestRow,
    TouchpointRow,
    UserRow,
)
from ar_cockpit.domain.access import Permission
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services import clock, reach
from ar_cockpit.services.collecting import pausing
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.reminders import approvals, seeing
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.digest_mails import DIGESTS
from ar_cockpit.services.reminders.run import RunReport
from ar_cockpit.services.sending import register, to_colleagues
from ar_cockpit.settings import get_settings
from ar_cockpit.state.outbox.rows import pace_lines
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import OPERATOR, Moody, a_contact, mail_server

TODAY = clock.today(get_settings().zone)
ORIGIN = "http://testserver"
HUGO, EVA = "hugo@velmora.example", "eva@velmora.example"
POLICY = """
version = 1
[[segment]]
key = "standard"
cadence = "standard"
[[cadence]]
key = "standard"
spacing_days = 1
send_on = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  [[cadence.step]]
  key = "reminder_1"
  offset = 3
  channel = "email"
  template = "reminder"
  tone = "friendly"
  [[cadence.step]]
  key = "firm"
  offset = 10
  channel = "email"
  template = "firm"
  tone = "firm"
  tell_sales_days = 2
"""


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Hugo, who reads French, looks after two customers: one eight days late after its first reminder, one three."""
    monkeypatch.setenv("AR_DATABASE_URL", database_url)
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AR_BASE_URL", ORIGIN)
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    with transaction() as session:
        policies.load(session, OPERATOR, POLICY, at=clock.now())
        company = a_company(session)
        a_user(session, HUGO, language="fr")
        a_user(session, EVA)
        for code, late in (("C1", 3), ("C2", -2)):
            customer = a_customer(session, company, code, name=f"Maison {code}", sales_email=HUGO, language="en")
            a_contact(session, customer, f"{code.lower()}@x.example")
            for number in (1, 2):
                due_on = TODAY - timedelta(days=late)
                an_invoice(session, customer, f"{code}-{number}", 50_000 * number, date(2025, 1, 1), due_on)
    run(TODAY)  # the first reminder of C1; its firm step comes seven days later
    yield db_session.engine()
    db_session.engine().dispose()
    get_settings.cache_clear()
    db_session.engine.cache_clear()


def a_user(session: Session, email: str, *, language: str = "en") -> UserRow:
    user = UserRow(email=email, name=email.partition("@")[0].title(), password_hash="-", created_at=clock.now())
    user.language = language
    session.add(user)
    session.flush()
    session.add(RoleGrantRow(user_id=user.id, role="sales"))
    return user


def run(day: date, company: str = "") -> RunReport:
    with transaction() as session:
        return reminders.run(session, OPERATOR, day, at=clock.now(), company=company)


def send(mailer: SmtpMailer, day: date = TODAY) -> dict[str, int]:
    return dict(to_colleagues.send(db_session.engine(), OPERATOR, mailer, DIGESTS, day))


def delivered(day: date = TODAY) -> list[EmailMessage]:
    moody = Moody()
    with mail_server(moody) as mailer:
        send(mailer, day)
    return [message_from_bytes(raw, policy=policy.default) for raw in moody.raw]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage) -> str:
    (link,) = re.findall(rf"{ORIGIN}(/pause/\S+)", text_of(mail))
    return str(link)


def browser(tmp_path: Path) -> TestClient:
    (app, headers) = around_the_screens(tmp_path, [ORIGIN])
    return TestClient(headers(app), headers={"Origin": ORIGIN})  # type: ignore[arg-type,operator]


def told_day() -> date:
    """Record the day on which Hugo is told of the firm step of C1."""
    day = TODAY + timedelta(days=5)
    assert run(day).told == 2
    return day


def form_of(page: str) -> dict[str, str]:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found
    return {"form": found[1], "reason": "Livraison incomplète", "days": "14"}


def test_one_digest_a_day_however_often_the_day_is_run(world: Engine) -> None:
    day = told_day()
    assert run(day).told == 0
    (mail,) = delivered(day)
    assert delivered(day) == []
    assert (mail["To"], mail["Auto-Submitted"]) == (f"Hugo <{HUGO}>", "auto-generated")
    assert mail["Subject"] == "Étape ferme à venir : Maison C1"
    text = text_of(mail)
    assert "C1-1" in text
    assert "C1-2" in text
    assert "C2-1" not in text, "its firm step is far away"
    assert "1 500,00" in text.replace("\u202f", "\u00a0").replace("\u00a0", " ")
    with reading(world) as session:
        digest, line = session.exec(select(SalesDigestRow)).one(), session.exec(select(SalesDigestLineRow)).one()
        told = session.exec(select(TouchpointRow.facts)).one()
    assert (digest.state, digest.attempts, line.step, line.comes_on) == ("sent", 1, "firm", day + timedelta(days=2))
    assert told["digest_id"] == digest.id


def test_what_comes_after_the_day_s_digest_is_told_tomorrow_and_waits_from_then(world: Engine) -> None:
    with transaction() as session:
        customer = a_customer(session, a_company(session, "BETA"), "B1", sales_email=HUGO)
        a_contact(session, customer, "b1@x.example")
        an_invoice(session, customer, "B1-1", 50_000, date(2025, 1, 1), TODAY - timedelta(days=3))
    run(TODAY)
    day = TODAY + timedelta(days=5)
    told = [run(day, "ALFA").told, run(day, "BETA").told, run(day + timedelta(days=1)).told]
    assert told == [2, 0, 1]
    with mail_server(Moody()) as mailer:
        assert send(mailer, day) == {"sent": 2}
    firm = []
    for later in range(1, 5):
        with reading(world) as session:
            made = reminders.plan(session, OPERATOR, day + timedelta(days=later))
        run(day + timedelta(days=later))
        firm += [(later, item.number) for touch in made.messages for item in touch.items if item.step.key == "firm"]
    assert firm == [(2, "C1-1"), (2, "C1-2"), (3, "B1-1")]


@dataclass
class Heard(Moody):
    """Tells when a message has arrived, and then keeps its sender waiting."""

    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        self.accepted.append(str(envelope.rcpt_tos[0]))
        self.arrived.set()
        await asyncio.sleep(30)
        return "250 OK"


def test_a_digest_of_which_nobody_knows_whether_it_went_does_not_go_again(world: Engine, tmp_path: Path) -> None:
    day = told_day()
    command = [sys.executable, "-m", "ar_cockpit.cli", "jobs", "run-once", "send_digests"]
    heard = Heard()
    with mail_server(heard) as mailer:
        environment = os.environ | {"AR_SMTP_URL": f"smtp://127.0.0.1:{mailer.port}?tls=none"}
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)
        assert heard.arrived.wait(60)
        process.kill()
        process.wait()
        assert send(mailer, day) == {"unknown": 1}
        assert send(mailer, day) == {}
    assert heard.accepted == [HUGO]
    with reading(world) as session:
        assert session.exec(select(SalesDigestRow.state)).one() == "unknown"


@pytest.mark.parametrize(("left", "ends"), [("claimed", {"sent": 1}), ("sending", {"unknown": 1})])
def test_what_a_dead_sender_left_goes_only_if_its_data_never_began(
    world: Engine, left: str, ends: dict[str, int]
) -> None:
    day = told_day()
    gone = clock.now() - timedelta(minutes=2)
    with transaction(world) as session:
        session.execute(update(SalesDigestRow).values(state=left, owner="digests-dead", lease_until=gone))
    with mail_server(Moody()) as mailer:
        assert send(mailer, day) == ends


def test_a_link_shows_without_acting_and_its_form_acts_once(world: Engine, tmp_path: Path) -> None:
    day = told_day()
    (mail,) = delivered(day)
    link, client = link_in(mail), browser(tmp_path)
    for _ in range(3):  # scanners open links
        page = client.get(link)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "C1-2" in page.text
    with reading(world) as session:
        assert session.exec(select(HoldRow)).all() == []
    form = form_of(page.text)
    assert client.post(link, data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    empty = client.post(link, data=form | {"reason": " "})
    assert (empty.status_code, "aria-invalid" in empty.text) == (409, True)
    done = client.post(link, data=form)
    assert (done.status_code, "Suspendue" in done.text) == (200, True)
    assert client.post(link, data=form).status_code == 409
    with reading(world) as session:
        rows = session.exec(select(HoldRow.step, HoldRow.set_by, HoldRow.reason)).all()
        audited = session.exec(select(AuditRow.actor_email).where(AuditRow.action == "pause.by_link")).all()
    assert rows == [("firm", HUGO, "Livraison incomplète")] * 2
    assert audited == [HUGO]


def test_a_paused_step_is_held_and_everything_else_goes_on(world: Engine, tmp_path: Path) -> None:
    day = told_day()
    (mail,) = delivered(day)
    link, client = link_in(mail), browser(tmp_path)
    with transaction() as session:
        line = session.exec(select(SalesDigestLineRow)).one()
        line.invoice_ids = line.invoice_ids[:1]  # one of the two is what it is about
        customer = session.get_one(CustomerRow, line.customer_id)
        an_invoice(session, customer, "C1-NEW", 700, date(2025, 1, 1), day - timedelta(days=1))
    client.post(link, data=form_of(client.get(link).text))
    with reading(world) as session:
        made = reminders.plan(session, OPERATOR, day + timedelta(days=2))
        after = reminders.plan(session, OPERATOR, TODAY + timedelta(days=15))
        held = {one.number: one.reason.value for one in made.held}
    going = {item.number: item.step.key for touch in made.messages for item in touch.items}
    assert held == {"C1-1": "paused_by_sales", "C2-1": "not_due_yet", "C2-2": "not_due_yet"}
    assert going == {"C1-2": "firm", "C1-NEW": "reminder_1"}
    assert "C1-1" in {item.number for touch in after.messages for item in touch.items}, "the pause has ended"


@pytest.mark.parametrize("change", ["tampered", "other purpose", "another owner", "inactive", "no role", "too late"])
def test_a_link_that_is_not_its_owner_s_any_more_does_nothing(
    world: Engine, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = told_day()
    (mail,) = delivered(day)
    link, client = link_in(mail), browser(tmp_path)
    form = form_of(client.get(link).text)
    with transaction() as session:
        if change == "another owner":
            session.execute(update(CustomerRow).values(sales_email=EVA))
        if change == "inactive":
            session.execute(update(UserRow).where(col(UserRow.email) == HUGO).values(is_active=False))
        if change == "no role":
            session.execute(update(RoleGrantRow).values(role="executive"))
    if change == "tampered":
        link = link[:-3] + ("abc" if not link.endswith("abc") else "xyz")
    if change == "other purpose":
        form["form"] = link.rpartition("/")[2]
    if change == "too late":
        monkeypatch.setattr(pausing, "GOOD_FOR", timedelta(days=-30))
    assert client.post(link, data=form).status_code in {404, 409}
    with reading(world) as session:
        assert session.exec(select(HoldRow)).all() == []
        assert session.exec(select(SalesDigestLineRow.paused_at)).all() == [None]


def test_a_digest_tells_what_is_still_true_when_it_goes(world: Engine) -> None:
    day = told_day()
    with transaction(world) as session:
        session.execute(update(CustomerRow).values(sales_email=EVA))
    with mail_server(Moody()) as mailer:
        assert send(mailer, day) == {"cancelled": 1}


def test_a_sales_owner_who_cannot_sign_in_gets_no_mail_and_the_step_waits_all_the_same(world: Engine) -> None:
    with transaction() as session:
        session.execute(update(CustomerRow).values(sales_email="nobody@x.example"))
    day = told_day()
    with reading(world) as session:
        assert session.exec(select(SalesDigestRow)).all() == []
        made = reminders.plan(session, OPERATOR, day + timedelta(days=2))
    assert {touch.step.key for touch in made.messages} >= {"firm"}


def planned(on: date) -> list[tuple[str, str]]:
    """Return customer and step of what a run on a day would write."""
    with reading() as session:
        made = reminders.plan(session, OPERATOR, on)
        return [(made.addressees[one.customer_id].code, one.step_key) for one in made.messages]


def reasons(on: date) -> set[str]:
    with reading() as session:
        return {one.reason.value for one in reminders.plan(session, OPERATOR, on).held}


def test_a_digest_that_still_waits_tells_nobody_and_the_firm_step_waits(world: Engine) -> None:
    day = told_day()
    assert world
    assert ("C1", "firm") not in planned(day + timedelta(days=2))
    assert run(day + timedelta(days=1)).told == 0, "it waits: nothing is told a second time"
    with mail_server(Moody()) as mailer:
        assert send(mailer, day + timedelta(days=3)) == {"sent": 1}
    assert ("C1", "firm") not in planned(day + timedelta(days=4))
    assert ("C1", "firm") in planned(day + timedelta(days=5)), "two days after it went"


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_digest_that_did_not_arrive_is_followed_by_another(world: Engine, state: str) -> None:
    day = told_day()
    with transaction(world) as session:
        session.execute(update(SalesDigestRow).values(state=state, error="550 nobody here"))
    assert ("C1", "firm") not in planned(day + timedelta(days=2))
    assert run(day + timedelta(days=1)).told > 0
    with mail_server(Moody()) as mailer:
        assert send(mailer, day + timedelta(days=1)) == {"sent": 1}
    assert ("C1", "firm") in planned(day + timedelta(days=3))


def seen_by(email: str, day: date) -> int:
    """Let somebody look at the card of C1, and return of how many invoices that told."""
    with transaction() as session:
        actor = actor_of(session, session.exec(select(UserRow).where(UserRow.email == email)).one())
        line = reach.customer_coded(session, OPERATOR, Permission.VIEW_STANDING, "C1")
        coming = reminders.upcoming(session, OPERATOR, line.customer_id, day)
        return seeing.note(session, actor, line, [step.told_of for step in coming], Moment(day, clock.now()))


@pytest.mark.parametrize("state", ["queued", "failed", "unknown"])
def test_what_the_sales_owner_saw_in_the_cockpit_counts_as_told_from_that_day(world: Engine, state: str) -> None:
    day = told_day()
    with transaction(world) as session:
        session.execute(update(SalesDigestRow).values(state=state, error="550 nobody here"))
    assert seen_by(EVA, day + timedelta(days=1)) == 0, "somebody else's customer"
    assert seen_by(HUGO, day + timedelta(days=1)) == 2
    assert seen_by(HUGO, day + timedelta(days=2)) == 0, "seen already"
    assert ("C1", "firm") not in planned(day + timedelta(days=2))
    assert ("C1", "firm") in planned(day + timedelta(days=3)), "two days after it was seen"
    with reading() as session:
        seen = [one for one in session.exec(select(TouchpointRow)) if one.facts.get("seen")]
        assert [(one.kind, one.actor_email, one.facts["step"]) for one in seen] == [("sales_told", HUGO, "firm")]


def test_who_looks_before_the_digest_is_written_is_told_by_the_digest_all_the_same(world: Engine) -> None:
    assert world
    assert seen_by(HUGO, TODAY + timedelta(days=4)) == 0
    day = told_day()
    assert len(delivered(day)) == 1
    assert seen_by(HUGO, day) == 0, "the mail told it"


def test_a_step_that_nobody_could_be_told_of_waits_for_a_persons_word_and_not_for_ever(world: Engine) -> None:
    day = told_day()
    for later in range(1, 8):
        with transaction(world) as session:
            session.execute(update(SalesDigestRow).values(state="failed", error="550 nobody here"))
        if later < 7:
            assert "needs_approval" not in reasons(day + timedelta(days=later))
            run(day + timedelta(days=later))
    on = day + timedelta(days=7)
    assert "needs_approval" in reasons(on)
    with transaction(world) as session:
        waiting = approvals.waiting(session, OPERATOR, on)
        assert [(one.customer.code, one.step.key) for one in waiting] == [("C1", "firm")]
        approvals.approve(session, OPERATOR, waiting[0].keys, "Hugo is away", Moment(on, clock.now()))
    assert ("C1", "firm") in planned(on)


def test_the_outbox_shows_a_digest_that_failed(world: Engine) -> None:
    told_day()
    with transaction(world) as session:
        session.execute(update(SalesDigestRow).values(state="failed", error="550 nobody here"))
    with reading() as session:
        going = register.going(session, OPERATOR, "", get_settings(), clock.now())
    assert [(one.recipient, one.state, one.error) for one in going.stuck] == [(HUGO, "failed", "550 nobody here")]
    (line,) = pace_lines(going, get_settings().zone, "fr")[-1:]
    assert line.startswith("Le récapitulatif du")
