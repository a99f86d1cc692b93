"""Before a screen is served: who is not signed in is led to the sign-in page, and the home page is one's cockpit."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.services import clock
from ar_cockpit.services.people import sign_in

SCREENS = frozenset(
    {
        routes.EXECUTIVE,
        routes.FORECAST,
        routes.COLLECTOR,
        routes.SALES,
        routes.CREDIT,
        routes.CUSTOMERS,
        routes.INVOICES,
        routes.PROMISES,
        routes.DISPUTES,
        routes.PLANS,
        routes.PROPOSALS,
        routes.INBOX,
        routes.IMPORTS,
        routes.REMINDERS,
        routes.SETTINGS,
        routes.MAILBOX,
    }
)
_SEE_OTHER = 303


class ScreensForTheSignedIn:
    """Redirect page loads of strangers; the data behind a screen is guarded again in every handler and service."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and is_screen(scope["path"]):
            request = Request(scope)
            if not await asyncio.to_thread(_is_signed_in, request.cookies.get(routes.SESSION_COOKIE, "")):
                here = f"{scope['path']}?{request.url.query}" if request.url.query else scope["path"]
                asked = {} if here == routes.HOME else {"next": here}
                where = f"{routes.SIGN_IN}/?{urlencode(asked)}" if asked else f"{routes.SIGN_IN}/"
                await RedirectResponse(where, _SEE_OTHER)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def is_screen(path: str) -> bool:
    """Whether only who is signed in is shown what is at ``path``."""
    return path == routes.HOME or "/" + path.strip("/").split("/")[0] in SCREENS


def _is_signed_in(token: str) -> bool:
    if not token:
        return False
    with reading() as session:
        return sign_in.signed_in(session, token, at=clock.now()) is not None
