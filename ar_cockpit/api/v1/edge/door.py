"""The door of the API: who calls, how often, in which form and how much, all before a body is read."""

from __future__ import annotations

import asyncio
from functools import cache

from sqlalchemy import Engine
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ar_cockpit.api.v1.edge.problems import ProblemError
from ar_cockpit.db.session import engine, glancing
from ar_cockpit.services import clock
from ar_cockpit.services.programs import tokens
from ar_cockpit.services.programs.pace import Pace
from ar_cockpit.services.programs.tokens import Program
from ar_cockpit.settings import get_settings

DESCRIPTION = "/openapi.json"
MOST_BYTES = 8 * 1024 * 1024
_LONGEST_TOKEN = 200
_SPEAKS = frozenset({"*/*", "application/*", "application/json", "application/problem+json"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Door:
    """Lets in who has a token, and only as much as is good for everybody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._admit(scope)
            await self.app(scope, _bounded(receive), send_with_headers)
        except ProblemError as problem:
            if is_begun:
                raise
            await problem.response()(scope, receive, send_with_headers)

    async def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if get_route_path(scope) != DESCRIPTION:
            scope.setdefault("state", {})["program"] = await asyncio.to_thread(_caller, headers)
        if not _hears_json(headers.get("accept", "*/*")):
            raise ProblemError(406, "Answers are application/json.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            raise _too_large()
        has_body = int(length) > 0 or "transfer-encoding" in headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] in _WITH_BODY and has_body and kind != "application/json":
            raise ProblemError(415, "A body is application/json.")


def _caller(headers: Headers) -> Program:
    """Return who calls, and count the call."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    at = clock.now()
    if kind.lower() != "bearer" or not 0 < len(token.strip()) <= _LONGEST_TOKEN:
        raise _unauthorized("Give your token as `Authorization: Bearer …`.", "Bearer")
    with glancing() as session:
        found = tokens.program(session, token.strip(), at=at)
    if found is None:
        raise _unauthorized("This token is not known, or no longer.", 'Bearer error="invalid_token"')
    wait = _pace(engine(), get_settings().api_requests_per_minute).seconds_to_wait(found.token_id, at)
    if wait:
        raise ProblemError(429, f"Too many requests; wait {wait} s.", headers={"Retry-After": str(wait)})
    return found


@cache
def _pace(bind: Engine, most: int) -> Pace:
    return Pace(bind, most)


def _unauthorized(detail: str, challenge: str) -> ProblemError:
    return ProblemError(401, detail, headers={"WWW-Authenticate": challenge})


def _too_large() -> ProblemError:
    return ProblemError(413, f"A body has at most {MOST_BYTES // 1024 // 1024} MB; send several batches.")


def _bounded(receive: Receive) -> Receive:
    """Stop reading a body that is longer than it said."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise _too_large()
        return message

    return bounded


def _hears_json(accepted: str) -> bool:
    for part in accepted.split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        is_refused = any(one.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for one in parameters)
        if kind in _SPEAKS and not is_refused:
            return True
    return False
