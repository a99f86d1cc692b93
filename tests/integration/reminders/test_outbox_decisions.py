"""What persons decide about messages, what each decision undoes, and who may."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import AuditRow, ContactRow, MessageEventRow, MessageItemRow, MessageRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.domain.outbox import Tab, outbox_question
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.sending import deciding, register
from ar_cockpit.services.sending.protocol import Orders, send
from ar_cockpit.settings import get_settings
from tests.builders import a_company
from tests.reminding import AT, DAY, OPERATOR, Moody, mail_server, queued, run

TOMORROW = DAY + timedelta(days=1)
SALES = Actor(5, "sales@x.example", "Sal", (Grant(Role.SALES),))


@pytest.fixture
def three(engine: Engine) -> list[int]:
    """Three messages that wait."""
    queued(engine, "ann@x.example", "bob@x.example", "cid@x.example")
    with Session(engine) as session:
        return list(session.execute(select(col(MessageRow.id)).order_by(col(MessageRow.id))).scalars())


def set_state(engine: Engine, key: int, state: str, error: str = "") -> None:
    with transaction(engine) as session:
        session.execute(update(MessageRow).where(col(MessageRow.id) == key).values(state=state, error=error))


def states(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.execute(select(col(MessageRow.state)).order_by(col(MessageRow.id))).scalars())


def events(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        question = select(col(MessageEventRow.kind), col(MessageEventRow.words)).order_by(col(MessageEventRow.id))
        return [tuple(one) for one in session.execute(question)]


def test_unknown_messages_are_resolved_together_and_the_others_are_left(engine: Engine, three: list[int]) -> None:
    for key in three[:2]:
        set_state(engine, key, "unknown")
    with transaction(engine) as session:
        assert deciding.resolve(session, OPERATOR, three, as_sent=True, at=AT) == 2
    assert states(engine) == ["sent", "sent", "queued"]
    with Session(engine) as session:
        (told,) = session.execute(select(AuditRow).where(col(AuditRow.action) == "outbox.resolve")).scalars()
        assert len(told.after["messages"]) == 2


def test_what_is_taken_back_does_not_go_is_planned_again_and_can_be_put_back(engine: Engine, three: list[int]) -> None:
    with transaction(engine) as session:
        assert deciding.take_back(session, OPERATOR, three[:2], at=AT) == three[:2]
    with Session(engine) as session:
        assert len(reminders.plan(session, OPERATOR, TOMORROW).day.touches) == 2
    with transaction(engine) as session:
        assert deciding.put_back(session, OPERATOR, three[:1], at=AT) == 1
    with mail_server(Moody()) as mailer:
        assert send(engine, OPERATOR, mailer, Orders(DAY)).counts["sent"] == 2
    assert states(engine) == ["sent", "cancelled", "sent"]


def test_what_another_message_does_by_now_or_is_too_old_is_not_put_back(engine: Engine, three: list[int]) -> None:
    with transaction(engine) as session:
        deciding.take_back(session, OPERATOR, three, at=AT)
    with transaction(engine) as session, pytest.raises(RefusedError, match="put back"):
        deciding.put_back(session, OPERATOR, three, at=AT + timedelta(days=2))
    run(engine, TOMORROW)
    with transaction(engine) as session, pytest.raises(RefusedError, match="put back"):
        deciding.put_back(session, OPERATOR, three, at=AT)


def test_a_refused_message_goes_again_to_the_corrected_address(engine: Engine) -> None:
    queued(engine, "r550@x.example")
    moody = Moody()
    with mail_server(moody) as mailer:
        send(engine, OPERATOR, mailer, Orders(DAY))
        assert states(engine) == ["failed"]
        with transaction(engine) as session:
            key = session.execute(select(col(MessageRow.id))).scalar_one()
            deciding.send_to(session, OPERATOR, key, " ann@x.example ", at=AT)
        assert send(engine, OPERATOR, mailer, Orders(DAY)).counts["sent"] == 1
    with Session(engine) as session:
        assert session.execute(select(col(ContactRow.email))).scalar_one() == "ann@x.example"
    assert b"ann@x.example" in moody.raw[0]
    assert ("readdressed", "r550@x.example → ann@x.example") in events(engine)


@pytest.mark.parametrize("state", ["queued", "sent", "unknown"])
def test_only_what_provably_did_not_go_is_sent_to_another_address(engine: Engine, three: list[int], state: str) -> None:
    set_state(engine, three[0], state)
    with transaction(engine) as session, pytest.raises(RefusedError, match="failed"):
        deciding.send_to(session, OPERATOR, three[0], "new@x.example", at=AT)


@pytest.mark.parametrize("address", ["", "ann", "ann@", "a b@x.example", "ann@x.example\nBcc: b@x.example"])
def test_what_is_no_address_is_refused(engine: Engine, three: list[int], address: str) -> None:
    set_state(engine, three[0], "failed", "550")
    with transaction(engine) as session, pytest.raises(InputError, match="not an e-mail address"):
        deciding.send_to(session, OPERATOR, three[0], address, at=AT)


@pytest.mark.parametrize("clears", [True, False], ids=["the address works again", "another address"])
def test_after_a_bounce_the_address_is_corrected_or_its_mark_is_cleared(
    engine: Engine, three: list[int], clears: bool
) -> None:
    set_state(engine, three[0], "bounced", "550 5.1.1")
    with transaction(engine) as session:
        mine = col(MessageItemRow.message_row_id) == three[0]
        session.execute(update(MessageItemRow).where(mine).values(dropped="bounced"))
        mark = update(ContactRow).where(col(ContactRow.email) == "ann@x.example")
        session.execute(mark.values(bounced_at=AT, bounced_email="ann@x.example"))
    with transaction(engine) as session:
        assert register.opened(session, OPERATOR, three[0]).is_marked
        if clears:
            deciding.clear_mark(session, OPERATOR, three[0])
        else:
            with pytest.raises(InputError, match="that bounced"):
                deciding.correct_address(session, OPERATOR, three[0], "ann@x.example")
            deciding.correct_address(session, OPERATOR, three[0], "zoe@x.example")
    with Session(engine) as session:
        assert not register.opened(session, OPERATOR, three[0]).is_marked
        (touch,) = reminders.plan(session, OPERATOR, TOMORROW).day.touches
        assert touch.step.key == "reminder_1"


def test_who_may_not_work_with_customers_decides_nothing_and_sees_nothing(engine: Engine, three: list[int]) -> None:
    with transaction(engine) as session:
        other = a_company(session, "BETA")
        stranger = Actor(6, "c@x.example", "Col", (Grant(Role.COLLECTOR, other.id),))
        for actor in (SALES, stranger):
            with pytest.raises(NotFoundError):
                deciding.take_back(session, actor, three, at=AT)
        with pytest.raises(NotFoundError):
            register.opened(session, stranger, three[0])
        assert register.page(session, stranger, outbox_question({})).lines == []
        with pytest.raises(ForbiddenError):
            register.page(session, SALES, outbox_question({}))
    assert Counter(states(engine)) == {"queued": 3}


def test_the_list_is_filtered_counted_and_sorted_by_the_address(engine: Engine, three: list[int]) -> None:
    set_state(engine, three[1], "unknown")
    with Session(engine) as session:
        asked = {"state": "waiting", "sort": "-recipient", "company": "ALFA", "day": DAY.isoformat()}
        found = register.page(session, OPERATOR, outbox_question(asked))
        assert [line.recipient for line in found.lines] == ["cid@x.example", "ann@x.example"]
        assert (found.counts[Tab.ALL], found.counts[Tab.WAITING], found.counts[Tab.UNKNOWN]) == (3, 2, 1)
        words = register.page(session, OPERATOR, outbox_question({"q": "BOB", "page": "9"}))
        assert ([line.state for line in words.lines], words.asked.page) == (["unknown"], 1)
        assert register.page(session, OPERATOR, outbox_question({"day": TOMORROW.isoformat()})).lines == []
        assert len(list(register.every(session, OPERATOR, outbox_question({"customer": "C001"})))) == 1


@pytest.mark.usefixtures("three")
def test_the_pace_of_sending_is_told(engine: Engine) -> None:
    with mail_server(Moody()) as mailer:
        send(engine, OPERATOR, mailer, Orders(DAY, most=2))
    with Session(engine) as session:
        sent_at = session.execute(select(col(MessageRow.sent_at)).where(col(MessageRow.state) == "sent")).scalars()
        since = min(at for at in sent_at if at)
        session.execute(update(MessageRow).values(business_on=since.date()))
        told = register.going(session, OPERATOR, "", get_settings(), since).progress
    assert (told.waiting, told.sent_today, told.sent_last_minute) == (1, 2, 2)
