"""Signing in: a session is a row, guessing is slowed down, and ending a session ends its rights at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import AuditRow, UserRow, UserSessionRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError
from ar_cockpit.services import audit
from ar_cockpit.services.people import sign_in, users

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPERATOR = Actor.local_operator()


@pytest.fixture
def ines(session: Session) -> str:
    users.add_user(session, OPERATOR, "Ines@Velmora.example", Role.COLLECTOR, "correct horse")
    return "ines@velmora.example"


def test_the_right_password_opens_a_session_with_the_roles_of_now(session: Session, ines: str) -> None:
    token = sign_in.sign_in(session, ines.upper(), "correct horse", at=AT)
    found = sign_in.signed_in(session, token, at=AT)
    assert found is not None
    assert found.actor.roles == {Role.COLLECTOR}


def test_a_wrong_password_and_an_unknown_user_look_the_same(session: Session, ines: str) -> None:
    assert sign_in.sign_in(session, ines, "wrong", at=AT) == ""
    assert sign_in.sign_in(session, "nobody@velmora.example", "wrong", at=AT) == ""


def test_guessing_is_refused_for_a_while_even_with_the_right_password(session: Session, ines: str) -> None:
    for _ in range(sign_in.FAILURES_PER_ACCOUNT):
        sign_in.sign_in(session, ines, "wrong", at=AT)
    with pytest.raises(ForbiddenError):
        sign_in.sign_in(session, ines, "correct horse", at=AT)
    assert sign_in.sign_in(session, ines, "correct horse", at=AT + sign_in.ATTEMPT_WINDOW)


@pytest.mark.parametrize("later", [sign_in.IDLE_END, sign_in.ABSOLUTE_END], ids=["idle too long", "too old"])
def test_a_session_ends_by_itself(session: Session, ines: str, later: timedelta) -> None:
    token = sign_in.sign_in(session, ines, "correct horse", at=AT)
    assert sign_in.signed_in(session, token, at=AT + later) is None


def test_signing_out_or_disabling_the_user_ends_the_rights_at_once(session: Session, ines: str) -> None:
    tokens = [sign_in.sign_in(session, ines, "correct horse", at=AT) for _ in range(2)]
    sign_in.sign_out(session, tokens[0], at=AT)
    assert sign_in.signed_in(session, tokens[0], at=AT) is None
    assert sign_in.signed_in(session, tokens[1], at=AT) is not None
    session.exec(select(UserRow)).one().is_active = False
    session.flush()
    assert sign_in.signed_in(session, tokens[1], at=AT) is None


def test_the_token_itself_is_never_stored(session: Session, ines: str) -> None:
    token = sign_in.sign_in(session, ines, "correct horse", at=AT)
    assert session.exec(select(UserSessionRow).where(col(UserSessionRow.token_hash) == token)).first() is None


def test_a_short_password_is_refused(session: Session) -> None:
    with pytest.raises(InputError, match="at least 10"):
        users.add_user(session, OPERATOR, "a@b.example", Role.ADMIN, "short")


def test_a_changed_audit_entry_is_found(session: Session, ines: str) -> None:
    assert ines
    users.add_user(session, OPERATOR, "two@velmora.example", Role.SALES, "correct horse")
    assert audit.first_broken_entry(session) is None
    first = session.exec(select(AuditRow).order_by(col(AuditRow.id))).first()
    assert first is not None
    first.after = {"role": "admin"}
    session.flush()
    assert audit.first_broken_entry(session) == first.id
