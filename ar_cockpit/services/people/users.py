"""Users, their roles and preferences."""

from __future__ import annotations

import re
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import CompanyRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import Actor, Grant, Permission, Role
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.clock import now

# OWASP: argon2id with at least 19 MiB and two passes.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
LEAST_PASSWORD_LENGTH = 10
LANGUAGES = ("en", "fr")
THEMES = ("light", "dark", "system")


@dataclass(frozen=True, slots=True)
class UserSummary:
    """A user as listed: address, roles, and the codes of the companies (empty: all)."""

    email: str
    name: str
    role: str
    companies: tuple[str, ...]


def normal_email(email: str) -> str:
    """Return ``email`` in the one spelling it is stored in; raise ``InputError`` when it is none."""
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InputError(f"{email!r} is not an e-mail address.")
    return email


def add_user(
    session: Session, actor: Actor, email: str, role: Role, password: str, *, company_code: str = "", name: str = ""
) -> None:
    """Create a user with one role, or give an existing user one role more (and the password, if given)."""
    actor.require(Permission.MANAGE_USERS)
    email = normal_email(email)
    company_id = _company_id(session, company_code) if company_code else None
    user = session.exec(select(UserRow).where(UserRow.email == email)).first()
    if user is None or password:
        if len(password) < LEAST_PASSWORD_LENGTH:
            raise InputError(f"The password needs at least {LEAST_PASSWORD_LENGTH} characters.", "Nothing was changed.")
        digest = HASHER.hash(password)
    if user is None:
        user = UserRow(email=email, name=name or email.split("@")[0], password_hash=digest, created_at=now())
        session.add(user)
        session.flush()
    elif password:
        user.password_hash = digest
    held = session.exec(
        select(RoleGrantRow.id).where(
            RoleGrantRow.user_id == user.id,
            RoleGrantRow.role == role.value,
            RoleGrantRow.company_id == company_id,
        )
    ).first()
    if held is None:
        session.add(RoleGrantRow(user_id=user.id, role=role.value, company_id=company_id))
    audit.record(session, actor, "user.add", ("user", email), after={"role": role.value, "company": company_code})


def list_users(session: Session, actor: Actor) -> list[UserSummary]:
    """Return every user and role, by e-mail address."""
    actor.require(Permission.MANAGE_USERS)
    rows = session.exec(
        select(UserRow.email, UserRow.name, RoleGrantRow.role, CompanyRow.code)
        .join(RoleGrantRow, col(RoleGrantRow.user_id) == col(UserRow.id))
        .outerjoin(CompanyRow, col(CompanyRow.id) == col(RoleGrantRow.company_id))
        .order_by(col(UserRow.email), col(RoleGrantRow.role), col(CompanyRow.code))
    ).all()
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for email, name, role, code in rows:
        grouped.setdefault((email, name, role), []).extend([code] if code else [])
    return [UserSummary(email, name, role, tuple(codes)) for (email, name, role), codes in grouped.items()]


def has_users(session: Session) -> bool:
    """Return whether anybody can sign in."""
    return session.exec(select(UserRow.id).where(UserRow.is_active).limit(1)).first() is not None


def actor_by_email(session: Session, email: str) -> Actor:
    """Return the active user behind ``email`` as an actor; raise ``NotFoundError`` otherwise."""
    user = session.exec(select(UserRow).where(UserRow.email == email.strip().lower(), UserRow.is_active)).first()
    if user is None:
        raise NotFoundError(f"There is no user {email}.", "ar-cockpit user list shows them.")
    return actor_of(session, user)


def actor_of(session: Session, user: UserRow) -> Actor:
    """Return ``user`` with the roles held now."""
    grants = session.exec(
        select(RoleGrantRow.role, RoleGrantRow.company_id).where(RoleGrantRow.user_id == user.id)
    ).all()
    return Actor(user.id, user.email, user.name, tuple(Grant(Role(role), company) for role, company in grants))


def set_preferences(session: Session, actor: Actor, *, language: str = "", theme: str = "") -> None:
    """Keep the actor's own language and theme; an empty one stays as it is."""
    if (language and language not in LANGUAGES) or (theme and theme not in THEMES):
        raise InputError("There is no such language or theme.")
    user = session.get(UserRow, actor.user_id) if actor.user_id else None
    if user is None:
        raise RefusedError("Only a signed-in person has preferences.")
    user.language = language or user.language
    user.theme = theme or user.theme


def _company_id(session: Session, code: str) -> int:
    company_id = session.exec(select(CompanyRow.id).where(CompanyRow.code == code)).first()
    if company_id is None:
        raise NotFoundError(f"There is no company {code}.", "Import its ledger first, or check the code.")
    return company_id
