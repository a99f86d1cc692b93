"""Refusals in the reader's language: the English sentence is the key, with a ``{name}`` for each word that varies.

Services refuse in plain English, which is what the command line prints. A screen looks the sentence up here; one that
nobody translated stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import read_po

from ar_cockpit.domain.errors import CockpitError

_FOLDER = Path(__file__).parent
_HOLE = re.compile(r"\\\{(\w+)\\\}")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?]) ")


class _Known(NamedTuple):
    pattern: re.Pattern[str]
    words: str


def refusal(language: str, told: str) -> str:
    """Return the sentences of ``told`` in ``language``, or as they are when one of them is not known."""
    known = _known(language)
    return _translated(told, known) or told if known else told


def refused(language: str, error: CockpitError) -> str:
    """Return what an error says with its mend, each put into ``language`` for itself: neither hides in the other."""
    return f"{refusal(language, error.sentence)} {refusal(language, error.mend)}".strip()


def is_known(language: str, sentence: str) -> bool:
    """Whether one sentence has its translation."""
    return _one(sentence, _known(language)) is not None


@cache
def _known(language: str) -> tuple[_Known, ...]:
    """Return the sentences of a language, those with the most fixed words first: they say what is meant."""
    pairs: list[tuple[str, str]] = []
    for file in sorted(_FOLDER.glob(f"{language}*.po")):
        with file.open("rb") as opened:
            pairs += [(str(message.id), str(message.string)) for message in read_po(opened) if message.id]
    pairs.sort(key=lambda pair: len(re.sub(r"\{\w+\}", "", pair[0])), reverse=True)
    # What varies may be nothing at all, or more than a line: a sentence that fits nowhere would take its mend along.
    return tuple(_Known(re.compile(_HOLE.sub(r"(?P<\1>.*)", re.escape(key)), re.DOTALL), words) for key, words in pairs)


def _translated(told: str, known: tuple[_Known, ...]) -> str | None:
    """Return ``told``, one sentence or several, or ``None`` when a part of it is not known.

    From the end, each rest being translated once: the errors of many files are one text of many sentences.
    """
    cuts = [found.end() for found in _BETWEEN_SENTENCES.finditer(told)]
    rests: dict[int, str | None] = {}
    for start in reversed([0, *cuts]):
        rests[start] = _from(told, start, [cut for cut in cuts if cut > start and rests[cut]], rests, known)
    return rests[0]


def _from(
    told: str, start: int, cuts: list[int], rests: dict[int, str | None], known: tuple[_Known, ...]
) -> str | None:
    """Return ``told`` from ``start`` on, the shortest sentence first, with the known rest after it."""
    for cut in cuts:
        first = _one(told[start:cut].rstrip(), known)
        if first:
            return f"{first} {rests[cut]}"
    return _one(told[start:], known)


def _one(sentence: str, known: tuple[_Known, ...]) -> str | None:
    for one in known:
        found = one.pattern.fullmatch(sentence)
        if found:
            return one.words.format(**found.groupdict())
    return None
