"""The text of a policy file in its tables, so that one of them can be changed and the others keep their comments."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

Lines = list[str]
# ("segment", key), ("cadence", key), ("step", key of the cadence, key), ("standing", "") or ("credit", "")
Name = tuple[str, ...]

_HEADER = re.compile(r"\s*(\[\[\s*(segment|cadence|cadence\s*\.\s*step)\s*\]\]|\[\s*(standing|credit)\s*\])\s*(#.*)?$")
_KEY = re.compile(r"(?P<indent>\s*)(?P<key>[A-Za-z0-9_-]+)\s*=")


@dataclass(frozen=True)
class Block:
    """A table's lines: the comments above it, its header, its keys."""

    lines: Lines


def blocks_of(toml: str) -> tuple[Lines, dict[Name, Block]]:
    """Return what stands before the first table, and every table by the keys that it carries."""
    lines = toml.splitlines()
    starts = [_with_comments(lines, place) for place in _headers(lines)]
    pieces = [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    found: dict[Name, Block] = {}
    cadence = ""
    for piece in pieces:
        header = next(line for line in piece if _HEADER.match(line))
        kind = re.sub(r"\s", "", header.split("]")[0]).strip("[")
        key = str(_values(piece).get("key", ""))
        cadence = key if kind == "cadence" else cadence
        name = ("step", cadence, key) if kind == "cadence.step" else (kind, key)
        found[name] = Block(_trimmed(piece))
    return lines[: starts[0]] if starts else lines, found


def rewritten(block: Block, before: dict[str, str], after: dict[str, str]) -> Lines:
    """Return the block with the keys that differ written anew; its other lines and its comments stay as they are."""
    lines: Lines = []
    written: set[str] = set()
    indent, last = "", 0
    for entry in _entries(block.lines):
        key = _KEY.match(entry[0])
        if key is None:
            lines.extend(entry)
            if _HEADER.match(entry[0]):
                indent, last = entry[0][: len(entry[0]) - len(entry[0].lstrip())], len(lines)
            continue
        name = key["key"]
        indent = key["indent"]
        if name in after or name not in before:
            is_same = name not in after or before.get(name) == after[name]
            lines.extend(entry if is_same else [f"{indent}{name} = {after[name]}{_comment(entry)}"])
            written.add(name)
            last = len(lines)
    # What a step's tone stands for when nothing is said may have changed with the tone.
    unsaid = [name for name in after if name not in written]
    missing = [
        f"{indent}{name} = {after[name]}"
        for name in unsaid
        if before.get(name) != after[name] or name == "tell_sales_days"
    ]
    return [*lines[:last], *missing, *lines[last:]]


def _headers(lines: Lines) -> list[int]:
    return [place for place, line in enumerate(lines) if _HEADER.match(line)]


def _with_comments(lines: Lines, place: int) -> int:
    """Return where the comments directly above the line begin: they speak of it."""
    while place and lines[place - 1].lstrip().startswith("#"):
        place -= 1
    return place


def _trimmed(lines: Lines) -> Lines:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _values(piece: Lines) -> dict[str, object]:
    keys = [line for entry in _entries(piece) if _KEY.match(entry[0]) for line in entry]
    return tomllib.loads("\n".join(keys))


def _entries(lines: Lines) -> list[Lines]:
    """Return the lines gathered by what they say: a value over several lines is one entry."""
    found: list[Lines] = []
    waiting: Lines = []
    for line in lines:
        if waiting or _KEY.match(line):
            waiting.append(line)
            if _is_whole(waiting):
                found.append(waiting)
                waiting = []
        else:
            found.append([line])
    return [*found, waiting] if waiting else found


def _is_whole(lines: Lines) -> bool:
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _comment(entry: Lines) -> str:
    """Return the remark at the end of a line, with the blanks before it."""
    line = entry[-1]
    if len(entry) == 1:
        for place in (at for at, sign in enumerate(line) if sign == "#"):
            if _is_whole([line[:place]]):
                said = line[:place].rstrip()
                return line[len(said) :]
    return ""
