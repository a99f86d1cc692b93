"""Where things stand in a policy file: the line of each table and key, for messages that point at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\s-]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")

Path = tuple[str | int, ...]


@dataclass
class _Walk:
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)
    here: Path = ()

    def open_table(self, name: str, number: int) -> None:
        path: Path = ()
        parts = [part.strip() for part in name.split(".")]
        for place, part in enumerate(parts):
            path = (*path, part)
            if place == len(parts) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts.get(path, 0))
        self.here = path
        self.lines[path] = number


@dataclass(frozen=True)
class LineMap:
    """The first line of each path, such as ``("cadence", 0, "step", 2, "offset")``."""

    text: tuple[str, ...]
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of ``path``, or of the nearest thing around it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1

    def line_of_word(self, path: Path, word: str) -> int:
        """Return the line on or after ``path`` where ``word`` stands: an item of a list over several lines."""
        start = self.line(path)
        for number in range(start, len(self.text) + 1):
            if word in self.text[number - 1]:
                return number
            if number > start and (_TABLE.match(self.text[number - 1]) or _KEY.match(self.text[number - 1])):
                break
        return start


def map_lines(toml: str) -> LineMap:
    """Return where each table and key of ``toml`` begins."""
    walk = _Walk()
    text = tuple(toml.splitlines())
    for number, line in enumerate(text, 1):
        if table := _TABLE.match(line):
            # A list's own line of brackets looks like a table only when it is one word: lists of ours hold quotes.
            walk.open_table(table[1], number)
        elif key := _KEY.match(line):
            walk.lines.setdefault((*walk.here, key[1]), number)
    return LineMap(text, walk.lines)
