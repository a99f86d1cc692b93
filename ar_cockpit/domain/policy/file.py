"""The policy file: TOML in, a policy or every problem out, each with its line and the mend."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.policy.cadence import read_cadence
from ar_cockpit.domain.policy.credit_rules import read_credit, read_standing
from ar_cockpit.domain.policy.lines import map_lines
from ar_cockpit.domain.policy.model import Cadence, Policy, Segment
from ar_cockpit.domain.policy.reach import unreachable
from ar_cockpit.domain.policy.reading import Problem, Reading, choose
from ar_cockpit.domain.policy.segment import read_segment

VERSION = 1
_SYNTAX = re.compile(r"(?P<said>.*?)\s*\(at (?:line (?P<line>\d+)|end of document).*\)")


class PolicyError(InputError):
    """A policy that cannot be used, with everything that is wrong in it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class _Keyed:
    """What was read so far, by key, with its place in the file."""

    segments: list[Segment]
    cadences: dict[str, Cadence]


def parse_policy(toml: str) -> Policy:
    """Return the policy written in ``toml``; raise ``PolicyError`` with every problem's line and mend."""
    try:
        document = tomllib.loads(toml, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([_syntax(error, toml)]) from error
    reading = Reading(map_lines(toml))
    _check_top(reading, document)
    found = _Keyed(_segments(reading, document), _cadences(reading, document))
    standing, credit = read_standing(reading, document), read_credit(reading, document)
    _check_whole(reading, found, document)
    if reading.problems:
        raise PolicyError(sorted(reading.problems))
    return Policy(tuple(found.segments), found.cadences, standing, credit)


def _syntax(error: tomllib.TOMLDecodeError, toml: str) -> Problem:
    told = _SYNTAX.fullmatch(str(error))
    line = int(told["line"]) if told and told["line"] else max(1, toml.count("\n") + (not toml.endswith("\n")))
    return Problem(line, f"this is not TOML: {told['said'] if told else error}.", "Correct the line.")


def _check_top(reading: Reading, document: dict[str, Any]) -> None:
    reading.known((), document, ("version", "standing", "credit", "segment", "cadence"))
    if "version" not in document:
        reading.add((), "the file names no version.", f"Begin it with: version = {VERSION}")
    elif document["version"] != VERSION or isinstance(document["version"], bool):
        reading.add(("version",), f"version {document['version']} is not known.", f"Write version = {VERSION}.")


def _segments(reading: Reading, document: dict[str, Any]) -> list[Segment]:
    tables = reading.tables((), document, "segment")
    return [read_segment(reading, ("segment", place), table) for place, table in enumerate(tables)]


def _cadences(reading: Reading, document: dict[str, Any]) -> dict[str, Cadence]:
    found: dict[str, Cadence] = {}
    for place, table in enumerate(reading.tables((), document, "cadence")):
        cadence = read_cadence(reading, ("cadence", place), table)
        if cadence.key in found:
            reading.add(("cadence", place, "key"), f"there are two cadences {cadence.key!r}.", "Rename one of them.")
        found[cadence.key] = cadence
    return found


def _check_whole(reading: Reading, found: _Keyed, document: dict[str, Any]) -> None:
    _check_keys(reading, found)
    if not found.segments:
        if "segment" not in document:
            reading.add((), "there is no segment.", "Add a [[segment]] with a key and a cadence for everyone.")
        return
    last = len(found.segments) - 1
    if not found.segments[last].is_unconditional:
        reading.add(
            ("segment", last),
            f"the last segment, {found.segments[last].key!r}, has conditions, so some customers fit nowhere.",
            "End the segments with one that has none.",
        )
    if reading.problems:
        return  # what is unreachable is only worth telling of rules that can be read
    for place, why in unreachable(found.segments):
        reading.add(
            ("segment", place),
            f"segment {found.segments[place].key!r} can never match: {why}.",
            "Correct or remove it.",
        )


def _check_keys(reading: Reading, found: _Keyed) -> None:
    seen: set[str] = set()
    for place, segment in enumerate(found.segments):
        if segment.key in seen:
            reading.add(("segment", place, "key"), f"there are two segments {segment.key!r}.", "Rename one of them.")
        seen.add(segment.key)
        if segment.cadence and segment.cadence not in found.cadences:
            reading.add(
                ("segment", place, "cadence"),
                f"there is no cadence {segment.cadence!r}.",
                choose(segment.cadence, found.cadences) if found.cadences else "Add a [[cadence]] with this key.",
            )
