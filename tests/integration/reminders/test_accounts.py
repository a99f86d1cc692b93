"""Caps are kept by all senders together, and companies' accounts do not stand in each other's way."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlmodel import Session, col

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import ContactRow, MailAccountRow, MailPaceRow, MessageRow
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.pace import Cap
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.sending import accounts as service
from ar_cockpit.services.sending.accounts import Account, accounts_of
from ar_cockpit.services.sending.protocol import Orders, SendReport, send
from ar_cockpit.services.sending.runs import send_all
from tests.builders import a_company, a_customer, an_invoice
from tests.reminding import DAY, OPERATOR, Moody, a_debtor, mail_server, queued, run

HOURLY = (Cap(7, 3600),)
NOWHERE = SmtpMailer("127.0.0.1", 1, tls="none")


def capped(mailer: SmtpMailer, *caps: Cap) -> SmtpMailer:
    return replace(mailer, caps=caps)


def states(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        question = select(col(MessageRow.state), func.count()).group_by(col(MessageRow.state))
        return dict(session.execute(question).all())


def let_time_pass(engine: Engine, seconds: int) -> None:
    """What was sent was sent so much earlier."""
    with transaction(engine) as session:
        earlier = col(MailPaceRow.part) - (seconds * 60) / col(MailPaceRow.span_seconds)
        session.execute(update(MailPaceRow).values(part=earlier))


def test_a_run_ends_at_the_cap_and_goes_on_where_it_stopped_when_the_span_is_over(engine: Engine) -> None:
    queued(engine, *(f"m{n}@x.example" for n in range(20)))
    moody = Moody()
    with mail_server(moody) as mailer:
        first = send(engine, OPERATOR, capped(mailer, *HOURLY), Orders(DAY))
        assert first.counts["sent"] == 7
        assert 3500 < first.waits_seconds <= 3720
        assert states(engine) == {"sent": 7, "queued": 13}, "nothing is kept claimed meanwhile"
        assert send(engine, OPERATOR, capped(mailer, *HOURLY), Orders(DAY)).counts["sent"] == 0
        let_time_pass(engine, 3720)
        assert send(engine, OPERATOR, capped(mailer, *HOURLY), Orders(DAY)).counts["sent"] == 7
    assert len(set(moody.accepted)) == len(moody.accepted) == 14


def test_several_senders_at_once_keep_one_cap_together_and_use_all_of_it(engine: Engine) -> None:
    queued(engine, *(f"m{n}@x.example" for n in range(30)))
    moody = Moody()
    cap = Cap(20, 86400)
    with mail_server(moody) as mailer, ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(send, engine, OPERATOR, capped(mailer, cap), Orders(DAY)) for _ in range(3)]
        counts = sum((one.result().counts for one in runs), Counter[str]())
    assert counts["sent"] == len(moody.accepted) == 20
    assert states(engine) == {"sent": 20, "queued": 10}


def test_who_is_patient_waits_for_a_cap_and_a_stop_ends_the_wait(engine: Engine) -> None:
    queued(engine, *(f"m{n}@x.example" for n in range(9)))
    stop = threading.Event()
    with mail_server(Moody()) as mailer, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(send, engine, OPERATOR, capped(mailer, *HOURLY), Orders(DAY, patience=9999, stop=stop))
        while states(engine).get("sent", 0) < 7:
            assert not waiting.done()
        stop.set()
        report: SendReport = waiting.result()
    assert (report.counts["sent"], report.stopped) == (7, "")


def two_companies(engine: Engine) -> None:
    """Three mails of ALFA, two of BETA."""
    with transaction(engine) as session:
        for place in range(3):
            a_debtor(session, f"A{place}", f"a{place}@x.example")
        beta = a_company(session, "BETA")
        for place in range(2):
            customer = a_customer(session, beta, f"B{place}")
            contact = {"company_id": beta.id, "customer_id": customer.id, "language": "en"}
            session.add(ContactRow(email=f"b{place}@x.example", name="Bo", **contact))
            an_invoice(session, customer, f"B{place}-1", 50000, DAY.replace(month=1), DAY.replace(month=2, day=28))
    run(engine)


def test_each_company_sends_by_its_own_account_and_the_rest_by_the_default_one(engine: Engine) -> None:
    two_companies(engine)
    own, usual = Moody(), Moody()
    with mail_server(own) as beta, mail_server(usual) as rest:
        names = frozenset({"BETA"})
        listed = [Account("beta", beta, (), names), Account("rest", rest, (), None, names)]
        report = send_all(engine, OPERATOR, listed, Orders(DAY))
    assert (report.counts["sent"], len(own.accepted), len(usual.accepted)) == (5, 2, 3)


@pytest.mark.parametrize("broken", ["beta", "rest"])
def test_an_account_that_cannot_be_used_does_not_stop_the_others(engine: Engine, broken: str) -> None:
    two_companies(engine)
    names = frozenset({"BETA"})
    with mail_server(Moody()) as works:
        listed = [
            Account("beta", NOWHERE if broken == "beta" else works, (), names),
            Account("rest", NOWHERE if broken == "rest" else works, (), None, names),
        ]
        report = send_all(engine, OPERATOR, listed, Orders(DAY))
    assert report.counts["sent"] == (3 if broken == "beta" else 2)
    assert report.stopped.startswith(f"{broken}: The mail server 127.0.0.1:1 cannot be reached")
    assert states(engine)["queued"] == 5 - report.counts["sent"]


@pytest.mark.parametrize(("most", "sent"), [(1, 1), (4, 4), (9, 5)])
def test_no_more_are_sent_than_asked_for_over_all_accounts(engine: Engine, most: int, sent: int) -> None:
    two_companies(engine)
    names = frozenset({"BETA"})
    with mail_server(Moody()) as one, mail_server(Moody()) as two:
        listed = [Account("beta", one, (), names), Account("rest", two, (), None, names)]
        assert send_all(engine, OPERATOR, listed, Orders(DAY, most=most)).counts["sent"] == sent


def test_an_account_that_refuses_is_left_alone_for_longer_each_time_until_it_works_again(engine: Engine) -> None:
    queued(engine, "one@x.example")
    account = Account("one", NOWHERE)
    pauses = []
    for _ in range(3):
        with pytest.raises(SettingsError):
            send(engine, OPERATOR, account, Orders(DAY))
        with Session(engine) as session:
            (row,) = session.execute(select(MailAccountRow)).scalars()
            assert row.refused_until is not None
            pauses.append((row.refused_until - service.queries.database_time(session)).total_seconds())
            assert service.ready(session, [account]) == []
    assert [round(pause / 15) for pause in pauses] == [1, 2, 4]
    with transaction(engine) as session:
        session.execute(text("UPDATE mail_account SET refused_until = '2001-01-01 00:00:00.000000+00:00'"))
        assert service.ready(session, [account]) == [account]
    with mail_server(Moody()) as mailer:
        send(engine, OPERATOR, Account("one", mailer), Orders(DAY))
    with Session(engine) as session:
        assert session.execute(select(col(MailAccountRow.refusals))).scalar_one() == 0


def test_an_account_at_its_cap_or_without_mails_has_nothing_to_do_now(engine: Engine) -> None:
    two_companies(engine)
    with mail_server(Moody()) as mailer:
        names = frozenset({"GAMMA"})
        gamma, rest = Account("gamma", mailer, (), names), Account("rest", mailer, (Cap(2, 86400),), None, names)
        with Session(engine) as session:
            assert service.ready(session, [gamma, rest]) == [rest]
        send(engine, OPERATOR, rest, Orders(DAY))
        with Session(engine) as session:
            assert service.ready(session, [gamma, rest]) == []


def settings(url: str = "", **own: str) -> SimpleNamespace:
    return SimpleNamespace(smtp_url=url, smtp_urls=json.dumps(own) if own else "")


def test_accounts_are_read_from_the_settings() -> None:
    read = accounts_of(settings("smtp://u:p@one:587?cap=30/minute,900/day", BETA="smtp://two?tls=none"))  # type: ignore[arg-type]  # the two settings it reads
    assert {one.name: ([str(cap) for cap in one.caps], one.companies, one.others) for one in read} == {
        "two:25": ([], frozenset({"BETA"}), frozenset()),
        "u@one:587": (["30/minute", "900/day"], None, frozenset({"BETA"})),
    }
    shared = accounts_of(settings("smtp://one?cap=5/minute", BETA="smtp://one"))  # type: ignore[arg-type]  # likewise
    assert [(one.name, one.carries("BETA"), len(one.caps)) for one in shared] == [("one:587", True, 1)]


@pytest.mark.parametrize(
    ("url", "own", "said"),
    [
        ("", "", "No mail server is set"),
        ("smtp://one?cap=fast", "", "AR_SMTP_URL: 'fast' is no cap"),
        ("smtp://one", "[]", "AR_SMTP_URLS cannot be read"),
        ("smtp://one", '{"BETA": "http://two"}', "AR_SMTP_URLS cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_name_of_the_setting(url: str, own: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        accounts_of(SimpleNamespace(smtp_url=url, smtp_urls=own))  # type: ignore[arg-type]  # the two settings it reads
