"""Reading values out of a policy file and gathering what is wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ar_cockpit.domain.policy.lines import LineMap, Path


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong on a line, and what to do about it."""

    line: int
    said: str
    mend: str

    def __str__(self) -> str:
        """Return it as one line of text."""
        return f"Line {self.line}: {self.said} {self.mend}".rstrip()


def choose(given: str, known: Collection[str]) -> str:
    """Return the mend for a word that is not known: the nearest one, or all of them."""
    near = difflib.get_close_matches(given, known, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(known)}."


@dataclass
class Reading:
    """A file being read: where its lines are, and the problems found so far."""

    lines: LineMap
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, said: str, mend: str = "", *, word: str = "") -> None:
        """Note a problem at ``path``, or at ``word`` within it."""
        line = self.lines.line_of_word(path, word) if word else self.lines.line(path)
        self.problems.append(Problem(line, said, mend))

    def known(self, path: Path, table: Mapping[str, Any], keys: Collection[str]) -> None:
        """Refuse the keys of ``table`` that are not among ``keys``."""
        for key in table:
            if key not in keys:
                self.add((*path, key), f"{key!r} is not a key that belongs here.", choose(key, keys))

    def tables(self, path: Path, table: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """Return the tables under ``key``, which is a list of them."""
        given = table.get(key, [])
        if isinstance(given, list) and all(isinstance(one, dict) for one in given):
            return given
        self.add((*path, key), f"{key!r} is not a list of tables.", f"Write [[{key}]].")
        return []

    def word(self, path: Path, table: Mapping[str, Any], key: str, allowed: Collection[str] = ()) -> str:
        """Return a required word, one of ``allowed`` if there are any."""
        given = table.get(key)
        if given is None:
            self.add(path, f"{key!r} is missing.", f'Add {key} = "…".')
            return ""
        if not isinstance(given, str) or not given.strip():
            self.add((*path, key), f"{key!r} is not a word.", f'Write {key} = "…".')
            return ""
        if allowed and given not in allowed:
            self.add((*path, key), f"there is no {key} {given!r}.", choose(given, allowed))
        return given

    def title(self, path: Path, table: Mapping[str, Any]) -> str:
        """Return the name that people see, empty when there is none: the key is shown then."""
        given = table.get("title", "")
        if not isinstance(given, str) or len(given) > LONGEST_TITLE or not given.isprintable():
            mend = f'Write title = "…" with at most {LONGEST_TITLE} characters.'
            self.add((*path, "title"), "'title' is not a line of words.", mend)
            return ""
        return given.strip()

    def days(self, path: Path, table: Mapping[str, Any], key: str, default: int, *, least: int = 0) -> int:
        """Return a whole number of days."""
        given = table.get(key, default)
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= MOST_DAYS:
            self.add(
                (*path, key), f"{key!r} is not a number of days.", f"Write a whole number from {least} to {MOST_DAYS}."
            )
            return default
        return given

    def flag(self, path: Path, table: Mapping[str, Any], key: str) -> bool:
        """Return a truth value, false when it is absent."""
        given = table.get(key, False)
        if not isinstance(given, bool):
            self.add((*path, key), f"{key!r} is neither true nor false.", f"Write {key} = true or leave it out.")
            return False
        return given


MOST_DAYS = 3650
LONGEST_TITLE = 60
