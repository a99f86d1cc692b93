"""Whether two names of companies may mean the same one: without accents, legal forms and the order of words."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

LIKE = 0.55  # of 1: one of two words of a name may be missing
SAME_WORD = 0.8  # of 1: a letter of a usual word may differ
_FRAGMENT = 4
_LEAST = 3  # shorter words are part of half the names there are
# Legal forms and fillers: they tell one company from another as little as "the" does.
_SILENT = frozenset(
    {
        *("sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "gie", "ets", "ste", "societe", "groupe"),
        *("company", "co", "corp", "corporation", "inc", "llc", "ltd", "limited", "plc", "group", "holding", "the"),
        *("gmbh", "ag", "kg", "ug", "se", "spa", "srl", "sl", "bv", "nv", "oy", "ab", "as", "aps"),
        *("et", "and", "und", "la", "le", "les", "de", "du", "des"),
    }
)


def words_of(name: str) -> list[str]:
    """Return what matters of a name: plain lower-case words; all of them where only fillers are left."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    # Dotted forms are one word: S.A.R.L. is SARL.
    words = "".join(sign if sign.isalnum() else "" if sign == "." else " " for sign in plain).split()
    return [word for word in words if word not in _SILENT] or words


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1: the share of their letters in words that both have.

    Words of which few letters differ are the same; where a word of the shorter name has no such partner, the names are
    not alike at all: Garage Martin is not Garage Morin.
    """
    fewer, more = sorted((words_of(one), words_of(other)), key=len)
    if not fewer or _found(fewer, more) != len("".join(fewer)):
        return 0.0
    both = len("".join(fewer)) + len("".join(more))
    return (_found(fewer, more) + _found(more, fewer)) / both


def are_alike(one: str, other: str) -> bool:
    """Return whether two names may mean the same company."""
    return likeness(one, other) >= LIKE


def fragments(name: str) -> list[str]:
    """Return beginnings and ends of a name's words: a like name holds at least one, as written or without accents.

    They narrow down in the database whose likeness is then looked at.
    """
    found: dict[str, None] = {}
    for word in [*words_of(name), *name.casefold().split()]:
        if len(word) > _FRAGMENT:
            found |= dict.fromkeys((word[:_FRAGMENT], word[-_FRAGMENT:]))
        elif word.isalnum() and len(word) >= _LEAST and word not in _SILENT:
            found[word] = None
    return list(found) or [name.casefold().strip()]


def _found(words: list[str], among: list[str]) -> int:
    """Return how many letters of ``words`` are in words that ``among`` has too, but for a letter or so."""
    return sum(len(word) for word in words if any(_same(word, other) for other in among))


def _same(word: str, other: str) -> bool:
    return word == other or SequenceMatcher(None, word, other, autojunk=False).ratio() >= SAME_WORD
