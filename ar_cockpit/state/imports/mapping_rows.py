"""The columns of a foreign file ready to draw: targets with their evidence, the first rows as they will be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import count, say
from ar_cockpit.importing.recognition.evidence import Evidence, evidence_for
from ar_cockpit.importing.recognition.names import fit
from ar_cockpit.importing.recognition.preview import Cell, Line, Preview
from ar_cockpit.importing.recognition.propose import CUSTOMER, plain_target, targets_of
from ar_cockpit.importing.recognition.sample import Sample
from ar_cockpit.importing.tabular.columns import required_of
from ar_cockpit.importing.tabular.mapping import Constant, Mapping, Source
from ar_cockpit.services.importing.proposals import in_words
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.session import Choice
from ar_cockpit.state.imports.words import reason_in_words

CONSTANT = "constant"
CONSTANTS = ("currency", "company", CUSTOMER + "currency", CUSTOMER + "country", CUSTOMER + "language")
_LONGEST, _EXAMPLE = 60, 24


@dataclass
class Target:
    """One thing that is read: from which column, and what speaks for that."""

    key: str
    label: str
    is_required: bool
    choice: str = ""  # the place of the column, CONSTANT, or nothing
    takes_constant: bool = False
    constant: str = ""
    why: str = ""
    kind: str = ""  # ok, watch or bad
    faults: str = ""


@dataclass
class ShownCell:
    """A cell as it will be read, or as it is written with the reason why it cannot be."""

    text: str
    is_numeric: bool = False
    reason: str = ""


@dataclass
class ShownLine:
    """A row as it will be read."""

    line: str
    cells: list[ShownCell]
    fault: str = ""


@dataclass
class Head:
    """The head of a column of the preview: what it is, and where it comes from."""

    label: str
    source: str
    is_numeric: bool


@dataclass
class Shown:
    """The preview: heads, rows, how many can be read, and what they add up to."""

    head: list[Head] = field(default_factory=list)
    lines: list[ShownLine] = field(default_factory=list)
    counted: str = ""
    is_clean: bool = True
    totals: list[str] = field(default_factory=list)
    span: int = 1


def keeps_rest(mapping: Mapping) -> bool:
    """Whether the columns that nothing is read from are kept under their own names."""
    return bool(mapping.custom) and all(key == source for key, source in mapping.custom.items())


def sources(mapping: Mapping, sample: Sample) -> list[Choice]:
    """Return the columns of the file to choose from, each with its first value."""
    return [
        Choice(str(place), _source_label(name, sample)) for place, name in enumerate(mapping.header) if name.strip()
    ]


def _source_label(name: str, sample: Sample) -> str:
    profile = sample.profile(name)
    example = next(iter(profile.shown), "") if profile else ""
    return f"{name[:_LONGEST]} ({example[:_EXAMPLE]})" if example else name[:_LONGEST]


def label_of(target: str, language: str) -> str:
    """Return what a target is called."""
    label = say(language, f"columns.target.{plain_target(target)}")
    return say(language, "columns.of_customer", label=label) if target.startswith(CUSTOMER) else label


def targets(mapping: Mapping, sample: Sample, language: str) -> list[Target]:
    """Return everything that can be read, with what the file says of what is chosen."""
    required = required_of(mapping.table)
    return [_target(target, mapping, sample, target in required, language) for target in targets_of(mapping.table)]


def _source(mapping: Mapping, target: str) -> Source | None:
    found = mapping.customer if target.startswith(CUSTOMER) else mapping.columns
    return found.get(plain_target(target))


def _target(target: str, mapping: Mapping, sample: Sample, is_required: bool, language: str) -> Target:
    source = _source(mapping, target)
    drawn = Target(target, label_of(target, language), is_required, takes_constant=target in CONSTANTS)
    if isinstance(source, Constant):
        drawn.choice, drawn.constant, drawn.takes_constant = CONSTANT, source.value, True
        drawn.why, drawn.kind = say(language, "columns.always"), "ok" if source.value else "watch"
    elif source is not None and source in mapping.header:
        drawn.choice = str(mapping.header.index(source))
        profile = sample.profile(source)
        told = evidence_for(plain_target(target), profile) if profile else ()
        drawn.why, drawn.kind = _why(told, plain_target(target), source, language)
    elif is_required:
        drawn.why, drawn.kind = say(language, "columns.choose_one"), "bad"
    return drawn


def _why(told: Sequence[Evidence], target: str, source: str, language: str) -> tuple[str, str]:
    is_named = fit(target, source) > 0
    words = say(language, "columns.and").join(in_words(one, language) for one in told)
    if not is_named and words:
        words = say(language, "columns.by_content", evidence=words)
    kind = "watch" if any(one.is_against for one in told) or not told or not is_named else "ok"
    return words[:1].upper() + words[1:], kind


def tell_faults(drawn: Sequence[Target], read: Preview, language: str) -> None:
    """Say at each target how many of its cells cannot be read."""
    for one in drawn:
        number = read.faults.get(one.key, 0)
        if number and not one.key.startswith(CUSTOMER):
            one.kind, one.faults = "bad", count(language, "columns.unreadable", number, total=_number(number, language))


def shown(mapping: Mapping, read: Preview, language: str) -> Shown:
    """Return the preview ready to draw."""
    return Shown(
        [Head(label_of(one, language), _named(_source(mapping, one)), _is_amount(one)) for one in read.targets],
        [_line(one, read, language) for one in read.lines],
        _counted(read, language),
        read.good == read.read,
        [_total(amount, currency, language) for currency, amount in sorted(read.sums.items())],
        max(1, len(read.targets)),
    )


def _named(source: Source | None) -> str:
    return source.value if isinstance(source, Constant) else source or ""


def _is_amount(target: str) -> bool:
    return plain_target(target) in ("amount", "credit_limit")


def _counted(read: Preview, language: str) -> str:
    key = "columns.readable" if read.is_whole else "columns.readable_first"
    return say(language, key, good=_number(read.good, language), read=_number(read.read, language))


def _total(amount: Decimal, currency: str, language: str) -> str:
    digits = max(exponent(currency), -int(amount.normalize().as_tuple().exponent))
    return f"{rows.number(amount, language, digits)} {currency}"


def _number(value: int, language: str) -> str:
    return rows.number(value, language)


def _line(one: Line, read: Preview, language: str) -> ShownLine:
    if one.fault:
        written = one.cells[0].written[:_LONGEST]
        return ShownLine(_number(one.line, language), [ShownCell(written)], reason_in_words(one.fault, language)[0])
    cells = [_cell(cell, target, language) for cell, target in zip(one.cells, read.targets, strict=True)]
    return ShownLine(_number(one.line, language), cells)


def _cell(cell: Cell, target: str, language: str) -> ShownCell:
    if cell.reason:
        written = cell.written.strip()[:_LONGEST]
        return ShownCell(written or say(language, "imports.empty"), False, reason_in_words(cell.reason, language)[0])
    text = _value_text(cell.value, target, language)
    return ShownCell(text, isinstance(cell.value, (int, Decimal)) and not isinstance(cell.value, bool))


def _value_text(value: Any, target: str, language: str) -> str:
    if isinstance(value, bool):
        return say(language, f"columns.flag.{'yes' if value else 'no'}")
    if isinstance(value, date):
        return rows.day(value, language)
    if isinstance(value, Decimal):
        return rows.number(value, language, max(2, -int(value.normalize().as_tuple().exponent)))
    if target == "kind" and value:
        return say(language, f"imports.kind.{value}")
    text = "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return text[:_LONGEST]
