"""Security headers on every answer, and no form post from another site."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ar_cockpit.routes import API, WEB_MANIFEST

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def script_hashes(web: Path) -> list[str]:
    """Return the hashes of the inline scripts in the compiled screens, as the build recorded them."""
    manifest = web / WEB_MANIFEST
    return list(json.loads(manifest.read_text())["script_hashes"]) if manifest.is_file() else []


def content_security_policy(hashes: Iterable[str], origins: Iterable[str]) -> str:
    """Return the policy of the screens: our own scripts only, nothing evaluated, nothing framed."""
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in origins)
    scripts = " ".join(f"'{value}'" for value in hashes)
    return (
        "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
        f"script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self' {sockets}; frame-src 'self'; manifest-src 'self'"
    )


class SecurityHeaders:
    """Outermost layer: refuses foreign posts, adds the headers to whatever answers."""

    def __init__(self, app: ASGIApp, policy: str, origins: Iterable[str]) -> None:
        self.app = app
        self.policy = policy
        self.origins = frozenset(origins)
        self.is_https = any(origin.startswith("https://") for origin in self.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        if scope["method"] not in _SAFE_METHODS and not self._is_trusted(scope):
            refusal = PlainTextResponse("This form was not sent from a page of this site.", 403)
            await refusal(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)

    def _is_trusted(self, scope: Scope) -> bool:
        # The API knows its callers by a token that no browser adds by itself, never by a cookie.
        # Browsers name the page's origin on every post; what does not is no browser with somebody's cookie.
        return scope["path"].startswith(f"{API}/") or Headers(scope=scope).get("origin") in self.origins

    def _add_headers(self, headers: MutableHeaders, path: str) -> None:
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", self.policy)
        if self.is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        # Compiled assets carry a hash in their name; everything else is asked for anew.
        is_fixed = path.startswith("/assets/")
        headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if is_fixed else "no-cache")
        if "server" in headers:
            del headers["server"]
