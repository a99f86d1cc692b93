"""Every sentence of the screens, in every language: gettext catalogues, one file per subject, read at the start.

``i18n/<language>/<subject>.po`` holds messages whose ``msgid`` is a key such as ``shell.sign_out``.
``{name}`` in a message is filled by :func:`say`. A key that counts something has one message per
plural form of the language, by Babel's names: ``shell.days.one``, ``shell.days.other``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "fr": "Français"}
DEFAULT_LANGUAGE = "en"
# English as Europe writes it: 19 Nov 2026, not Nov 19, 2026.
_LOCALES = {"en": "en_GB", "fr": "fr_FR"}
_FOLDER = Path(__file__).parent


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every message of ``language`` by its key."""
    messages: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened):
                if message.id:
                    messages[str(message.id)] = str(message.string)
    return messages


def say(language: str, key: str, **values: object) -> str:
    """Return the message ``key`` with its ``{name}`` filled; a key without a message is a ``KeyError``."""
    return catalogue(language)[key].format(**values)


def count(language: str, key: str, number: int, **values: object) -> str:
    """Return the message ``key`` in the plural form that ``number`` takes; ``{n}`` is the number."""
    form = f"{key}.{locale_of(language).plural_form(number)}"
    # French counts millions apart; where a catalogue does not, the usual plural serves.
    known = form if form in catalogue(language) else f"{key}.other"
    return say(language, known, **{"n": number} | values)


@cache
def locale_of(language: str) -> Locale:
    """Return the Babel locale in which ``language`` writes numbers and dates."""
    return Locale.parse(_LOCALES.get(language, _LOCALES[DEFAULT_LANGUAGE]))


def preferred_language(accepted: str) -> str:
    """Return the first known language of an ``Accept-Language`` header, else the default."""
    for part in accepted.split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE
