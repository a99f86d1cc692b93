"""Notes name colleagues, may be for finance alone, and are mailed once to whoever is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CustomerRow, MentionMailRow, MentionRow, RoleGrantRow, UserRow, UserSessionRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.services.collecting import acts, customer_record, undo
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import mention_mails, mentions, page
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.sending.to_colleagues import send
from tests.reminding import AT, DAY, OPERATOR, Moody, a_debtor, mail_server

NOW = Moment(DAY, AT)
LATER = AT + timedelta(minutes=20)


class World:
    """A customer of sales owner Hugo, with a collector, a credit manager and two of sales."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.customer_id = a_debtor(session, "C1", "ann@c1.example").customer_id
        self.ines, self.cleo = self._user("ines", Role.COLLECTOR), self._user("cleo", Role.CREDIT_MANAGER)
        self.hugo, self.zoe = self._user("hugo", Role.SALES), self._user("zoe", Role.SALES)
        session.get_one(CustomerRow, self.customer_id).sales_email = self.hugo.email
        session.flush()

    def _user(self, name: str, role: Role) -> Actor:
        row = UserRow(email=f"{name}@v.example", name=name.title(), password_hash="", created_at=AT)
        self.session.add(row)
        self.session.flush()
        self.session.add(RoleGrantRow(user_id=row.id, role=role.value))
        self.session.flush()
        return actor_of(self.session, row)

    def note(self, text: str, *, inside: bool = False) -> int:
        return acts.add_note(self.session, self.ines, self.customer_id, text, NOW, finance_only=inside)

    def told_to(self, who: Actor) -> list[str]:
        line = customer_record.find(self.session, who, "C1")
        record = customer_record.record(self.session, who, line, as_of=DAY, at=AT)
        whole = page.history(self.session, who, self.customer_id, DAY).entries
        assert [one.remark for one in whole if one.code == "note"] == [
            one.remark for one in record.timeline if one.code == "note"
        ]
        return [one.remark for one in record.timeline if one.code == "note"]


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def test_a_note_for_finance_alone_is_not_told_to_sales(world: World) -> None:
    world.note("pays when the auditor comes", inside=True)
    world.note("likes to be called in the morning")
    assert world.told_to(world.hugo) == ["likes to be called in the morning"]
    assert len(world.told_to(world.cleo)) == 2
    with pytest.raises(ForbiddenError):
        acts.add_note(world.session, world.hugo, world.customer_id, "mine", NOW, finance_only=True)


def test_whom_a_note_names_is_told_if_that_person_may_see_it(world: World) -> None:
    world.note("@cleo @hugo @zoe @ines what do you think?")
    unread = {who.name: mentions.unread(world.session, who) for who in (world.cleo, world.hugo, world.zoe, world.ines)}
    assert unread == {"Cleo": 1, "Hugo": 1, "Zoe": 0, "Ines": 0}, "Zoe does not see the customer, Ines wrote it"
    world.note("@cleo @hugo this stays with us", inside=True)
    assert (mentions.unread(world.session, world.cleo), mentions.unread(world.session, world.hugo)) == (2, 1)
    found = mentions.inbox(world.session, world.cleo)
    assert (found.unread, found.mentions[0].by, found.mentions[0].customer_code) == (2, "Ines", "C1")


def test_a_mention_is_read_by_the_one_who_was_named_and_by_nobody_else(world: World) -> None:
    world.note("@cleo look")
    (one,) = mentions.inbox(world.session, world.cleo).mentions
    assert mentions.mark_read(world.session, world.hugo, one.mention_id, at=AT) == 0
    assert mentions.mark_read(world.session, world.cleo, one.mention_id, at=AT) == 1
    assert mentions.unread(world.session, world.cleo) == 0
    mentions.mark_unread(world.session, world.cleo, one.mention_id)
    assert mentions.mark_read(world.session, world.cleo, None, at=AT) == 1


def test_a_note_that_is_taken_back_mentions_nobody_any_more(world: World) -> None:
    done = world.note("@cleo look")
    undo.undo(world.session, world.ines, done, at=AT)
    assert (mentions.unread(world.session, world.cleo), mentions.inbox(world.session, world.cleo).mentions) == (0, [])
    assert mention_mails.write_mails(world.session, OPERATOR, DAY, at=LATER) == 0


def test_who_is_here_gets_no_mail_and_who_is_away_gets_one(engine: Engine) -> None:
    with transaction(engine) as session:
        world = World(session)
        world.note("@cleo @hugo please look")
        world.note("@hugo once more")
        here = UserSessionRow(
            token_hash="x", user_id=world.cleo.user_id, created_at=AT, last_seen_at=LATER, expires_at=LATER
        )
        session.add(here)
        assert mention_mails.write_mails(session, OPERATOR, DAY, at=AT) == 0, "they may still look"
        assert mention_mails.write_mails(session, OPERATOR, DAY, at=LATER) == 1
        assert mention_mails.write_mails(session, OPERATOR, DAY, at=LATER) == 0
    moody = Moody()
    with mail_server(moody) as mailer:
        assert dict(send(engine, OPERATOR, mailer, mention_mails.MENTIONS, DAY)) == {"sent": 1}
        assert dict(send(engine, OPERATOR, mailer, mention_mails.MENTIONS, DAY)) == {}
    (raw,) = moody.raw
    text = raw.decode()
    assert "To: Hugo <hugo@v.example>" in text
    assert "please look" in text
    assert "once more" in text
    assert "Auto-Submitted: auto-generated" in text


def test_a_mail_of_mentions_read_meanwhile_is_cancelled(engine: Engine) -> None:
    with transaction(engine) as session:
        world = World(session)
        world.note("@hugo look")
        mention_mails.write_mails(session, OPERATOR, DAY, at=LATER)
        mentions.mark_read(session, world.hugo, None, at=LATER)
    moody = Moody()
    with mail_server(moody) as mailer:
        assert dict(send(engine, OPERATOR, mailer, mention_mails.MENTIONS, DAY)) == {"cancelled": 1}
    with transaction(engine) as session:
        assert session.exec(select(MentionMailRow.state)).all() == ["cancelled"]
        assert len(session.exec(select(MentionRow.id)).all()) == 1
