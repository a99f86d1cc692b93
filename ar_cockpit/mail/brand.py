"""How a company's mails look: its logo and colour, how it signs, what the law wants below, and the code to scan."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from segno.helpers import make_epc_qr

USUAL_ACCENT = "#3e63dd"
LEAST_CONTRAST = 4.5  # WCAG 2.2 AA: the company's name stands in white on its colour
LOGO_CID, QR_CID = "logo@brand", "qr@brand"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LOGO_WIDTH, _LOGO_HEIGHT = 200, 64  # at most, in CSS pixels
_LONGEST_NAME, _LONGEST_TEXT = 70, 140  # EPC069-12
_NOT_SEPA = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]+")
_MOST_MINOR = 99_999_999_999  # 999,999,999.99: the most one transfer may ask for


@dataclass(frozen=True, slots=True)
class Logo:
    """A stored picture by its SHA-256, with the size it was drawn in."""

    sha256: str
    media_type: str
    width: int
    height: int

    @property
    def shown_width(self) -> int:
        """Its width in a mail, in CSS pixels: never wider or higher than the head allows, never enlarged."""
        return max(1, min(self.width, _LOGO_WIDTH, self.width * _LOGO_HEIGHT // self.height))


@dataclass(frozen=True, slots=True)
class Brand:
    """What one company's mails share; ``legal`` is the small print by language."""

    accent: str = USUAL_ACCENT
    logo: Logo | None = None
    signature: str = ""
    legal: Mapping[str, str] = field(default_factory=dict)
    shows_qr: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """A SEPA credit transfer, as an EPC code tells it to a banking app."""

    name: str
    iban: str
    bic: str
    amount: str  # "1234.50"
    text: str


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture inside a mail, by reference: a stored file, or what the code is drawn from when the mail is built."""

    cid: str
    sha256: str = ""
    transfer: Transfer | None = None


def to_json(images: Iterable[InlineImage]) -> str:
    """Return references as a message's row keeps them; empty when there are none."""
    told = [
        {"cid": one.cid, "sha256": one.sha256}
        if one.transfer is None
        else {"cid": one.cid, "transfer": {name: getattr(one.transfer, name) for name in Transfer.__slots__}}
        for one in images
    ]
    return json.dumps(told, ensure_ascii=False) if told else ""


def from_json(kept: str) -> tuple[InlineImage, ...]:
    """Return the references that a row keeps."""
    told: list[dict[str, Any]] = json.loads(kept) if kept else []
    return tuple(
        InlineImage(one["cid"], one.get("sha256", ""), Transfer(**one["transfer"]) if "transfer" in one else None)
        for one in told
    )


def transfer(name: str, iban: str, bic: str, total_minor: int, reference: str) -> Transfer | None:
    """Return the transfer of euros that a code asks for, or ``None`` when no code can: nothing to pay, or too much."""
    if not iban or not 0 < total_minor <= _MOST_MINOR:
        return None
    amount = str(Decimal(total_minor).scaleb(-2))
    bare = "".join(iban.split()).upper()
    return Transfer(_sepa(name, _LONGEST_NAME), bare, bic.strip().upper(), amount, _sepa(reference, _LONGEST_TEXT))


def qr_png(asked: Transfer) -> bytes:
    """Return the EPC code of ``asked`` as a PNG (17 ms to find, 4 ms to draw: only for mails that show one)."""
    code = make_epc_qr(
        asked.name, asked.iban, Decimal(asked.amount), text=asked.text, bic=asked.bic or None, encoding="utf-8"
    )
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=4, border=4)
    return drawn.getvalue()


def contrast_with_white(colour: str) -> float:
    """Return the WCAG contrast of white text on ``colour`` (``#rrggbb``); raise ``ValueError`` for anything else."""
    if not _COLOUR.fullmatch(colour):
        raise ValueError(colour)
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def darker(colour: str) -> str:
    """Return the shade of ``colour`` nearest to it on which white can be read."""
    parts = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    for share in range(100, -1, -1):
        shade = "#" + "".join(f"{part * share // 100:02x}" for part in parts)
        if contrast_with_white(shade) >= LEAST_CONTRAST:
            return shade
    return "#000000"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _sepa(words: str, longest: int) -> str:
    """Return ``words`` in the letters that every bank takes."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return " ".join(_NOT_SEPA.sub(" ", plain).split())[:longest].strip(" ,/")
