"""The native forms of sign-in and sign-out: they set and end the HttpOnly cookie that page scripts never see."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ar_cockpit import routes
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.errors import BusyError, ForbiddenError
from ar_cockpit.i18n import LANGUAGES
from ar_cockpit.services import clock
from ar_cockpit.services.people import sign_in
from ar_cockpit.settings import get_settings

router = APIRouter()
_SEE_OTHER = 303
_YEAR = 365 * 24 * 3600
_PATIENCE = 10.0  # seconds: who has waited that long at a form is told why


@router.post(routes.POST_SIGN_IN)
async def post_sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    target: Annotated[str, Form(alias="next")] = routes.HOME,
) -> Response:
    """Sign in and go where the person wanted to go, or back to the form with the reason."""
    target = _wanted(request, target)
    try:
        token = await asyncio.to_thread(_try, email, password, request)
    except ForbiddenError:
        return _back("slow", email, target)
    except BusyError:
        return _back("busy", email, target)
    if not token:
        return _back("wrong", email, target)
    answer = RedirectResponse(target, _SEE_OTHER)
    answer.set_cookie(
        routes.SESSION_COOKIE,
        token,
        max_age=int(sign_in.ABSOLUTE_END.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_is_https(),
    )
    return answer


@router.post(routes.POST_SIGN_OUT)
async def post_sign_out(request: Request) -> Response:
    """End the session everywhere at once, on live sockets too."""
    token = request.cookies.get(routes.SESSION_COOKIE, "")
    await asyncio.to_thread(_end, token)
    answer = RedirectResponse(routes.SIGN_IN + "/", _SEE_OTHER)
    answer.delete_cookie(routes.SESSION_COOKIE, httponly=True, samesite="lax", secure=_is_https())
    return answer


@router.post(routes.POST_LANGUAGE)
async def post_language(
    language: Annotated[str, Form()] = "", target: Annotated[str, Form(alias="next")] = routes.SIGN_IN
) -> Response:
    """Remember the language of somebody who is not signed in yet."""
    inside = target if target.startswith(routes.SIGN_IN + "/") else routes.safe_target(target)
    answer = RedirectResponse(inside, _SEE_OTHER)
    if language in LANGUAGES:
        answer.set_cookie(
            routes.LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax", secure=_is_https()
        )
    return answer


def _wanted(request: Request, target: str) -> str:
    """Return where the person wanted to go.

    The form says it; one that was sent before the page came to life does not yet, and then its address does.
    """
    if target == routes.HOME:
        asked = parse_qs(urlsplit(request.headers.get("referer", "")).query)
        target = asked.get("next", [routes.HOME])[0]
    return routes.safe_target(target)


def _try(email: str, password: str, request: Request) -> str:
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    with transaction(patience=_PATIENCE) as session:
        old = request.cookies.get(routes.SESSION_COOKIE, "")
        token = sign_in.sign_in(session, email, password, at=clock.now(), address=address, agent=agent)
        if token and old:
            sign_in.sign_out(session, old, at=clock.now())
    return token


def _end(token: str) -> None:
    if token:
        with transaction() as session:
            sign_in.sign_out(session, token, at=clock.now())


def _back(reason: str, email: str, target: str) -> Response:
    words = {"reason": reason, "email": email[:200]} | ({"next": target} if target != routes.HOME else {})
    return RedirectResponse(f"{routes.SIGN_IN}/?{urlencode(words)}", _SEE_OTHER)


def _is_https() -> bool:
    return get_settings().base_url.startswith("https://")
