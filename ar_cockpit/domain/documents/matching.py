"""Which invoice a file's name means: rules in a fixed order, and no answer where a person would have to guess.

1. The name without its ending is a number, letter for letter (in whatever case).
2. The same without separators: a file system allows no ``/``, so ``FA/2026/12`` is saved as ``FA_2026_12``.
3. The same without words that say what the file is, before or after: ``Invoice FA-12 (signed).pdf``.
4. The same without words that hold no digit: ``Atelys FA-12.pdf``. Whatever has a digit must belong to the number,
   and the number must have a letter: ``Delivery 12.pdf`` is not about an invoice 12.

The first rule that finds something decides. Two numbers found by one rule are ambiguous.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

# What a file calls itself, in the languages the product writes; all without digits.
_WORDS = """
    invoice invoices inv credit creditnote note bill facture factures avoir rechnung gutschrift factura abono fattura
    nota credito factuur creditnota copy copie kopie copia duplicate duplicata duplikat original originale signed signe
    signee scan scanned final definitif pdf print document doc no nr num number numero of de du la le the your our votre
    notre ref reference
"""
KNOWN_WORDS = frozenset(_WORDS.split())
_COPY_MARK = re.compile(r"\s*\(\d{1,2}\)$")  # what a browser adds to a second download
_VERSION = re.compile(r"v\d{1,2}")
_MOST_TOKENS = 20
_SEPARATORS = re.compile(r"[\W_]+")


class Rule(StrEnum):
    """How a name was matched."""

    EXACT = "exact"
    SEPARATORS = "separators"
    KNOWN_WORDS = "known_words"
    OTHER_WORDS = "other_words"


class Key(NamedTuple):
    """What two ways to write one number share: its letters and digits; and where separators part digits."""

    text: str
    splits: frozenset[int] = frozenset()

    def agrees(self, other: Key) -> bool:
        """Return whether both part the digits alike, or one of them not everywhere: 1-12 is not 11-2."""
        return self.splits <= other.splits or other.splits <= self.splits


@dataclass(frozen=True, slots=True)
class Match:
    """What a name may mean by one rule."""

    rule: Rule
    keys: tuple[Key, ...]


def number_key(number: str) -> Key:
    """Return a number without case and separators.

    >>> number_key("FA/2026-0012").text, number_key("fa_20260012").agrees(number_key("FA/2026-0012"))
    ('fa20260012', True)
    >>> number_key("FA 1 12").agrees(number_key("FA-11-2"))
    False
    """
    return _joined(_tokens(number))


def exact_key(number: str) -> Key:
    """Return a number as rule 1 compares it: in one case, and composed letters as one."""
    return Key("=" + _folded(number).strip())


def candidates(file_name: str) -> list[Match]:
    """Return what ``file_name`` may mean, the surest rule first.

    >>> [match.rule.value for match in candidates("Atelys FA-12.pdf")]
    ['exact', 'separators', 'known_words', 'other_words']
    """
    stem = file_name[:-4] if file_name.lower().endswith(".pdf") else file_name
    core = _without_known_words(_tokens(_COPY_MARK.sub("", stem)))
    others = tuple(dict.fromkeys(_joined(run) for run in _runs(core) if run != core))
    found = (
        Match(Rule.EXACT, (exact_key(stem),)),
        Match(Rule.SEPARATORS, (number_key(stem),)),
        Match(Rule.KNOWN_WORDS, (_joined(core),)),
        Match(Rule.OTHER_WORDS, others),
    )
    return [match for match in found if match.keys and all(key.text.strip("=") for key in match.keys)]


def decide(matches: Sequence[Match], known: Mapping[str, Sequence[tuple[Key, int]]]) -> tuple[Rule | None, list[int]]:
    """Return the rule that decides and the invoices it finds; more than one is ambiguous, none is unknown."""
    for match in matches:
        found = {invoice for key in match.keys for other, invoice in known.get(key.text, ()) if key.agrees(other)}
        if found:
            return match.rule, sorted(found)
    return None, []


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _plain(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _tokens(text: str) -> list[str]:
    return [token for token in _SEPARATORS.split(_folded(text)) if token]


def _joined(tokens: Sequence[str]) -> Key:
    text, splits = "", set()
    for token in tokens:
        if text and text[-1].isdigit() and token[0].isdigit():
            splits.add(len(text))
        text += token
    return Key(text, frozenset(splits))


def _without_known_words(tokens: Sequence[str]) -> list[str]:
    core = list(tokens)
    while core and _plain(core[0]) in KNOWN_WORDS:
        core.pop(0)
    while core and (_plain(core[-1]) in KNOWN_WORDS or _VERSION.fullmatch(core[-1])):
        core.pop()
    return core


def _runs(tokens: Sequence[str]) -> Iterator[list[str]]:
    """Yield the parts of ``tokens`` that leave out no digit and hold a letter: a bare number may count anything."""
    numbered = [place for place, token in enumerate(tokens) if any(sign.isdigit() for sign in token)]
    if not numbered or len(tokens) > _MOST_TOKENS:
        return
    for start in range(numbered[0] + 1):
        for end in range(len(tokens), numbered[-1], -1):
            run = list(tokens[start:end])
            if any(sign.isalpha() for token in run for sign in token):
                yield run
