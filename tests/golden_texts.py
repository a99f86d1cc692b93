"""Every shipped message in full, as files to read: what a customer gets is seen in a review, word by word.

After a deliberate change of the words or of the frame, write the files anew and read the difference::

    python -m tests.golden_texts
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.policy.model import SENT_TEMPLATES, TEMPLATES
from ar_cockpit.mail.brand import Brand
from ar_cockpit.mail.compose import InterestClaim, Letter, Line, Sender, compose
from ar_cockpit.mail.short import compose_short
from ar_cockpit.mail.texts import LANGUAGES

FOLDER = Path(__file__).parent / "unit" / "mail" / "golden"
_LINES = (
    Line("A-17", date(2026, 1, 29), date(2026, 2, 28), 123450, "PO-77"),
    Line("A-21", date(2026, 2, 8), date(2026, 3, 10), 50000),
)
_SENDER = Sender(
    "Velmora", "12 rue du Port, Lyon", "FR7630006000011234567890189", "AGRIFRPP", "Inès Caradec", "+33 4 72"
)
# Two invoices come to a person, with everything that a message may say; one comes to nobody in particular, with little.
_MANY = Letter("", "", _SENDER, "K1", "Maison Alder", "Claire Vautrin", "EUR", _LINES, brand=Brand(shows_qr=True))
_MANY = replace(
    _MANY,
    credit_notes=[("CN-9", 25000)],
    unapplied_minor=10050,
    spoke_on=date(2026, 3, 12),
    spoke_with="Paul Duval",
    interest=InterestClaim(Decimal("12.15"), 1873, 8000, date(2026, 4, 15)),
)
_ONE = Letter("", "", Sender("Velmora"), "K1", "Maison Alder", "", "EUR", _LINES[:1])
_PART = InstalmentDue(1, date(2026, 4, 30), 57_817)
_QUIET = frozenset({"courtesy", "instalment", "thank_you", "call"})  # name neither interest nor a call


class _Visible(HTMLParser):
    """Gathers what a reader sees of an HTML part."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = 0
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"style", "title"}
        self.seen += [f"[{alt}]" for name, alt in attrs if name == "alt" and alt]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.seen.append(data.strip())


def visible(html: str) -> str:
    """Return what a reader sees of an HTML part, in one line."""
    reader = _Visible()
    reader.feed(html)
    return " | ".join(reader.seen)


def written(language: str) -> str:
    """Return every message of a language as its file holds it."""
    return "\n\n".join(_written(template, language) for template in TEMPLATES) + "\n"


def _written(template: str, language: str) -> str:
    many = replace(_MANY, template=template, language=language, is_notice=template in {"courtesy", "instalment"})
    many = replace(many, instalment=_PART if template == "instalment" else None)
    if template in _QUIET:
        many = replace(many, interest=None, spoke_on=None)
    one = replace(_ONE, template=template, language=language, instalment=many.instalment)
    parts = [f"##### {template}"]
    for letter in (many, one):
        made = compose(letter)
        parts += [f"Subject: {made.subject}", made.text.strip()]
    parts.append(f"HTML: {visible(compose(many).html)}")
    if template in SENT_TEMPLATES:
        parts.append(f"Short: {compose_short(many).text.strip()}")
    return "\n\n".join(parts)


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        (FOLDER / f"{language}.txt").write_text(written(language), encoding="utf-8")


if __name__ == "__main__":
    main()
