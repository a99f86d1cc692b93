"""API tokens: made once and shown once, held to their scopes and companies, revoked at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Select, String, bindparam
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import ApiTokenCompanyRow, ApiTokenRow, CompanyRow
from ar_cockpit.db.together import Together
from ar_cockpit.domain.access import Actor, Grant, Permission, TokenScope
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
_PREFIX = "ar_"
_HINT_LENGTH = 9


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """What a new token is to be good for; no companies: all of them."""

    name: str
    scopes: Sequence[TokenScope]
    companies: Sequence[str] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """A token as listed: never the token itself."""

    token_id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    companies: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def state(self, at: datetime) -> str:
        """Return ``active``, ``expired`` or ``revoked``."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= at else "active"


@dataclass(frozen=True, slots=True)
class Program:
    """Who calls the API: the token behind the call, as an actor like any other."""

    token_id: int
    name: str
    actor: Actor

    @property
    def company_ids(self) -> frozenset[int] | None:
        """The companies the token reaches; ``None`` is all of them."""
        found = {grant.company_id for grant in self.actor.grants}
        return None if None in found else frozenset(one for one in found if one is not None)


def add(session: Session, actor: Actor, order: TokenOrder, *, at: datetime) -> str:
    """Make a token and return it; it is not kept and cannot be shown again."""
    actor.require(Permission.MANAGE_TOKENS)
    scopes = sorted({scope.value for scope in order.scopes})
    if not _NAME.fullmatch(order.name):
        raise InputError(f"{order.name!r} is no name for a token.", "Use letters, digits, points and dashes.")
    if not scopes:
        raise InputError("A token needs a scope.", f"Give some of: {', '.join(scope.value for scope in TokenScope)}.")
    if order.expires_at and order.expires_at <= at:
        raise InputError("The token would have expired already.", "Give a later day.")
    if session.exec(select(ApiTokenRow.id).where(ApiTokenRow.name == order.name)).first() is not None:
        raise RefusedError(
            f"There is a token {order.name} already.", "Choose another name: the audit trail tells by it."
        )
    company_ids = _companies(session, actor, order.companies)
    token = _PREFIX + secrets.token_urlsafe(32)
    row = ApiTokenRow(
        name=order.name,
        token_hash=_digest(token),
        hint=token[:_HINT_LENGTH],
        scopes=scopes,
        is_for_all_companies=not company_ids,
        created_at=at,
        created_by=actor.email,
        expires_at=order.expires_at,
    )
    session.add(row)
    session.flush()
    session.add_all(ApiTokenCompanyRow(company_id=one, token_id=row.id) for one in company_ids)
    after = {"scopes": scopes, "companies": list(order.companies), "expires_at": _told(order.expires_at)}
    audit.record(session, actor, "token.add", ("token", order.name), after=after)
    return token


def listed(session: Session, actor: Actor) -> list[TokenSummary]:
    """Return the tokens of the companies that ``actor`` administers, by name."""
    rows = session.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.name))).all()
    held = session.exec(
        select(ApiTokenCompanyRow.token_id, ApiTokenCompanyRow.company_id, CompanyRow.code)
        .join(CompanyRow, col(CompanyRow.id) == col(ApiTokenCompanyRow.company_id))
        .order_by(col(CompanyRow.code))
    ).all()
    reached = actor.scope(Permission.MANAGE_TOKENS).company_ids
    ids: dict[int, set[int]] = {}
    codes: dict[int, list[str]] = {}
    for token_id, company_id, code in held:
        ids.setdefault(token_id, set()).add(company_id)
        codes.setdefault(token_id, []).append(code)
    return [
        TokenSummary(
            row.id,
            row.name,
            row.hint,
            tuple(row.scopes),
            tuple(codes.get(row.id, ())),
            row.created_at,
            row.created_by,
            row.expires_at,
            row.revoked_at,
            row.last_used_at,
        )
        for row in rows
        if reached is None or (not row.is_for_all_companies and ids.get(row.id, set()) <= reached)
    ]


def revoke(session: Session, actor: Actor, name: str, *, at: datetime) -> None:
    """End a token's rights with the next call it makes."""
    known = {one.name: one for one in listed(session, actor)}
    if name not in known:
        raise NotFoundError(f"There is no token {name}.", "ar-cockpit token list shows them.")
    if known[name].revoked_at:
        raise RefusedError(f"The token {name} is revoked already.", "Nothing was changed.")
    row = session.get_one(ApiTokenRow, known[name].token_id)
    row.revoked_at, row.revoked_by = at, actor.email
    audit.record(session, actor, "token.revoke", ("token", name))


def program(session: Session, token: str, *, at: datetime) -> Program | None:
    """Return who calls with ``token`` now, or ``None`` when it is unknown, expired or revoked; only reads."""
    told = _OF_TOKEN.ask(session, digest=_digest(token))
    if not told["token"]:
        return None
    key, name, scopes, is_for_all, expires_at, revoked_at = told["token"][0]
    if revoked_at or (expires_at and expires_at <= at):
        return None
    companies = [None] if is_for_all else [company for (company,) in told["companies"]]
    grants = tuple(Grant(TokenScope(scope), company) for scope in scopes for company in companies)
    return Program(key, name, Actor(None, f"token:{name}", name, grants))


def _token_questions() -> dict[str, Select[*tuple[Any, ...]]]:
    row, held = ApiTokenRow, ApiTokenCompanyRow
    is_it = col(row.token_hash) == bindparam("digest", None, type_=String())
    columns = (row.id, row.name, row.scopes, row.is_for_all_companies, row.expires_at, row.revoked_at)
    reached = sqlalchemy.select(col(held.company_id)).join(row, col(row.id) == col(held.token_id))
    return {"token": sqlalchemy.select(*map(col, columns)).where(is_it), "companies": reached.where(is_it)}


_OF_TOKEN = Together(_token_questions)  # asked at every call of every program


def _companies(session: Session, actor: Actor, codes: Sequence[str]) -> list[int]:
    reached = actor.scope(Permission.MANAGE_TOKENS).company_ids
    if not codes:
        if reached is not None:
            raise ForbiddenError("A token for all companies is made by an administrator of all.", "Name the companies.")
        return []
    known: dict[str, int] = dict(session.execute(select(CompanyRow.code, CompanyRow.id)).all())
    for code in codes:
        if code not in known or (reached is not None and known[code] not in reached):
            raise NotFoundError(f"There is no company {code}.", "Import its ledger first, or check the code.")
    return sorted({known[code] for code in codes})


def _digest(token: str) -> str:
    # A token holds 256 random bits: nobody can guess at it, so that a plain digest keeps it as safe as a slow hash
    # would, and one indexed look-up finds it. Slow hashes are for what people choose.
    return hashlib.sha256(token.encode()).hexdigest()


def _told(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
