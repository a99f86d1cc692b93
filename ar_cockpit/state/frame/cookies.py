"""Reading one cookie of a tab's header."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie


def cookie(header: str, name: str) -> str:
    """Return the cookie's value, empty when it is not there or the header cannot be read."""
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
