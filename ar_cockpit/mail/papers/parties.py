"""Who writes to whom on paper: names and addresses, as they stand behind the window of an envelope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ar_cockpit.mail.brand import USUAL_ACCENT, Brand

_LINE_ENDS, _COMMAS = re.compile(r"[\n;|]"), re.compile(r",\s+")
_HOUSE_NUMBER = re.compile(r"\d{1,4}(?:\s?(?:bis|ter|[a-zA-Z]))?")
# Post offices that put the window on the right.
_WINDOW_ON_THE_RIGHT = frozenset({"FR", "MC", "LU"})
_MOST_LINES = 6
_PLAIN = Brand()


@dataclass(frozen=True, slots=True)
class Seller:
    """The company whose paper it is, and the person who signs."""

    name: str
    country: str
    address: str = ""
    phone: str = ""
    email: str = ""
    iban: str = ""
    bic: str = ""
    person: str = ""
    brand: Brand = _PLAIN

    @property
    def signature(self) -> list[str]:
        """Who signs: the person, then as the company signs its mails, else its name."""
        signed = [line.strip() for line in self.brand.signature.splitlines() if line.strip()]
        return [one for one in (self.person, *(signed or [self.name])) if one]

    @property
    def accent(self) -> str:
        """The company's colour, empty while it chose none: then everything is black."""
        return "" if self.brand.accent == USUAL_ACCENT else self.brand.accent

    def legal(self, language: str) -> list[str]:
        """Return what the law wants said; in another language rather than not at all."""
        small_print = self.brand.legal
        told = small_print.get(language) or next(iter(small_print.values()), "")
        return [line.strip() for line in told.splitlines() if line.strip()]

    @property
    def window(self) -> str:
        """On which side the envelopes of its country have their window."""
        return "right" if self.country.upper() in _WINDOW_ON_THE_RIGHT else "left"

    @property
    def place(self) -> str:
        """The town it writes from: the last line of its address without the post code."""
        lines = address_lines(self.address)
        words = lines[-1].split() if lines else []
        return " ".join(word for word in words if not any(sign.isdigit() for sign in word))


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer, the person there, and where the letter goes."""

    code: str
    name: str
    person: str = ""
    lines: Sequence[str] = ()  # street, post code and town
    country: str = ""  # named on the last line; empty within one's own


def address_lines(written: str) -> list[str]:
    """Return the lines of an address that was written on several lines, or on one with commas."""
    found: list[str] = []
    for part in (_LINE_ENDS if _LINE_ENDS.search(written.strip()) else _COMMAS).split(written):
        line = " ".join(part.split())
        # "12, rue de la Paix" is one line.
        if found and _HOUSE_NUMBER.fullmatch(found[-1]):
            found[-1] += f", {line}"
        elif line:
            found.append(line)
    return found[:_MOST_LINES]
