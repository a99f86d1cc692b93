"""Foreign columns: what a file seems to be, how a mapping would read it, and what speaks for it in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.i18n import locale_of, say
from ar_cockpit.importing.fec.header import recognise_fec
from ar_cockpit.importing.recognition.as_toml import to_toml
from ar_cockpit.importing.recognition.evidence import Evidence
from ar_cockpit.importing.recognition.propose import Proposal, propose
from ar_cockpit.importing.recognition.sample import Sample, sample_of
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.columns import table_of
from ar_cockpit.importing.tabular.csv_file import fitting, opened
from ar_cockpit.importing.tabular.mapping import Mapping, parse
from ar_cockpit.services.importing.batches import known_mappings
from ar_cockpit.services.importing.uploads import Upload

_NAME = re.compile(r"[^\W_][\w .()-]{0,59}")
_LIKELY = 2  # columns recognised by name, from which on a file is likely one of a ledger
_NARROW, _NO_BREAK = "\u202f", "\u00a0"


def look(actor: Actor, path: Path, name: str, sheet: str = "", mark: str = ".") -> Sample:
    """Return the first rows of a file that ``actor`` means to import."""
    actor.require(Permission.IMPORT_LEDGER)
    return sample_of(path, name, sheet, mark)


def proposal_for(sample: Sample, table: Table | None = None) -> Proposal:
    """Return what the file seems to be; its sheet's name is part of a new mapping when there are several."""
    file = sample.file
    found = propose(file.header, sample.rows, Path(file.name).stem, table)
    if file.sheet is None or len(sample.sheets) == 1:
        return found
    return replace(found, mapping=replace(found.mapping, sheet=file.sheet.title))


@dataclass(frozen=True, slots=True)
class Unknown:
    """An uploaded file whose columns nobody has told yet; ``is_likely`` when they look like those of a ledger."""

    place: int
    is_likely: bool


def first_unknown(session: Session, actor: Actor, upload: Upload) -> Unknown | None:
    """Return the first file of ``upload`` that neither its header nor a mapping explains.

    A file that cannot be read at all is none: looking at what it would do says why.
    """
    actor.require(Permission.IMPORT_LEDGER)
    known = known_mappings(session)
    found = None
    for place, (path, name) in enumerate(upload.names.items()):
        if path in upload.mappings:
            continue
        try:
            if recognise_fec(path, name):
                continue  # its columns are the law's
            file = opened(path, name, known=known)
        except RefusedError:
            continue
        if fitting(file.header, known) or table_of(file.header, Path(name).stem)[0]:
            continue
        proposed = proposal_for(sample_of(path, name))
        by_name = [one for one in proposed.suggestions.values() if not one.is_guess]
        here = Unknown(place, len(by_name) >= _LIKELY)
        found = found if found and (found.is_likely or not here.is_likely) else here
    return found


def begin(session: Session, actor: Actor, upload: Upload, place: int) -> tuple[Sample, Mapping, bool]:
    """Return a file's first rows, the mapping to start from, and whether that was made before.

    Before means for this file, or for its header; else it is proposed.
    """
    path = upload.file(place)
    name, made, known = upload.names[path], upload.mappings.get(path), known_mappings(session)
    file = opened(path, name, mapping=made, known=known)
    found = made or fitting(file.header, known)
    sample = look(actor, path, name, file.sheet.title if file.sheet else "", mark_of(found))
    if found:
        return sample, found, True
    mapping = proposal_for(sample).mapping
    if table_of(file.header, Path(name).stem)[0]:
        mapping = with_rest(mapping)  # canonical files keep the columns that are no canonical ones
    return sample, replace(mapping, name=_free(mapping, known)), False


def mark_of(mapping: Mapping | None) -> str:
    """Return the decimal mark with which the numbers of a workbook are written, to be read by ``mapping``."""
    return "," if mapping and mapping.decimal_mark == "," else "."


def _free(mapping: Mapping, known: Sequence[Mapping]) -> str:
    """Return the mapping's name, numbered when another header has it already: by name only the newest is found."""
    tried = (mapping.name, *(f"{mapping.name[:55]}_{number}" for number in range(2, 1000)))
    return next((name for name in tried if not _is_taken(mapping, name, known)), mapping.name)


def _is_taken(mapping: Mapping, name: str, known: Sequence[Mapping]) -> bool:
    return any(one.name == name and not one.fits(mapping.header) for one in known)


def with_rest(mapping: Mapping) -> Mapping:
    """Return ``mapping`` with every column that is not used kept as a custom field under its own name."""
    used = set(replace(mapping, custom={}).sources())
    return replace(mapping, custom={name: name for name in mapping.header if name.strip() and name not in used})


def finished(session: Session, mapping: Mapping) -> Mapping:
    """Return ``mapping`` as it is stored; raise ``InputError`` when its name cannot be used or it lacks a column."""
    if not _NAME.fullmatch(mapping.name):
        raise InputError("The mapping needs a name of letters and digits.", "Up to 60 characters.")
    if _is_taken(mapping, mapping.name, known_mappings(session)):
        raise InputError(f"Files with other columns are read by the mapping {mapping.name}.", "Choose another name.")
    return parse(to_toml(mapping), mapping.name)


def in_words(one: Evidence, language: str) -> str:
    """Return one piece of evidence as a sentence."""
    values = {key: _shown(value, language) for key, value in one.values.items()}
    return say(language, f"recognise.evidence.{one.kind}", **values)


def _shown(value: object, language: str) -> str:
    if isinstance(value, int):
        return str(format_decimal(value, locale=locale_of(language))).replace(_NARROW, _NO_BREAK)
    return str(value)


def document(sample: Sample, found: Proposal) -> dict[str, Any]:
    """Return a proposal as plain values, for JSON."""
    columns = {
        target: {
            "column": one.column,
            "is_guess": one.is_guess,
            "evidence": [in_words(each, "en") for each in one.evidence],
        }
        for target, one in found.suggestions.items()
    }
    return {
        "file": sample.file.name,
        "sheet": sample.file.sheet.title if sample.file.sheet else None,
        "table": found.mapping.table.value,
        "content": found.mapping.content,
        "columns": columns,
        "date_format": found.mapping.date_format,
        "decimal_mark": found.mapping.decimal_mark,
        "missing": list(found.missing),
    }
