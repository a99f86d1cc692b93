"""The late payment laws in force here: the table that came with the product, or the one that stands in AR_HOME."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.late_payment.file import parse_law_book
from ar_cockpit.domain.late_payment.law import LawBook
from ar_cockpit.settings import get_settings

OWN_TABLE = "late_payment.toml"


@cache
def shipped_table() -> str:
    """Return the text of the table that came with the product."""
    return (files("ar_cockpit") / "policies" / OWN_TABLE).read_text(encoding="utf-8")


def law_book() -> LawBook:
    """Return the laws; a table of one's own replaces the shipped one, so that a new half-year needs no new version."""
    own = get_settings().home / OWN_TABLE
    try:
        return _parsed(own.read_text(encoding="utf-8") if own.is_file() else shipped_table())
    except OSError as error:
        raise SettingsError(f"{own} cannot be read: {error.strerror}.", "Correct its rights.") from error


@lru_cache(maxsize=4)
def _parsed(text: str) -> LawBook:
    return parse_law_book(text)
