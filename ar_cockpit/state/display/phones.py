"""Telephone numbers as a telephone takes them."""

from __future__ import annotations

_TRUNK = "(0)"  # dialled inside the country alone
_DIALLED = frozenset("+0123456789")


def dialled(phone: str) -> str:
    """Return what is dialled of a number as people write it: ``+33 (0)6 12`` is ``+33612``."""
    number = phone.strip()
    if number.startswith("+"):
        number = number.replace(_TRUNK, "")
    return "".join(sign for sign in number if sign in _DIALLED)
