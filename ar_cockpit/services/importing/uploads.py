"""Files on their way in: kept under names of ours for the one who brought them, until imported or a day old."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.importing.tabular.mapping import Mapping, parse
from ar_cockpit.settings import Settings, prepare_home

MOST_FILES = 12
_KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}")
_FACTS, _MAPPING = "facts.json", ".toml"
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Upload:
    """Uploaded files by their places, with the names their owner gave them."""

    token: str
    names: dict[Path, str]
    mappings: dict[Path, Mapping]  # made on screen for one of the files

    @property
    def folder(self) -> Path:
        """Where they are, with what is kept about them."""
        return next(iter(self.names)).parent

    def file(self, place: int) -> Path:
        """Return the file at ``place``; raise ``NotFoundError`` when there is none."""
        if not 0 <= place < len(self.names):
            raise gone()
        return list(self.names)[place]


def place_of(path: Path) -> int:
    """Return the place of an uploaded file among those that came with it."""
    return int(path.stem)


def most_bytes(settings: Settings) -> int:
    """Return how much the files of one upload may be together."""
    return settings.upload_max_mb << 20


def keep(settings: Settings, actor: Actor, parts: Sequence[tuple[str, BinaryIO]]) -> str:
    """Store the files and return the key under which their owner finds them; raise ``InputError`` for too much."""
    actor.require(Permission.IMPORT_LEDGER)
    _tidy(settings)
    if not 1 <= len(parts) <= MOST_FILES:
        raise InputError("Choose at least one file." if not parts else f"At most {MOST_FILES} files go at once.")
    token = secrets.token_urlsafe(24)
    folder = _folder(settings) / token
    folder.mkdir(parents=True, mode=0o700)
    try:
        left = most_bytes(settings)
        for place, (_, stream) in enumerate(parts):
            left -= _copy(stream, folder / f"{place:02d}.csv", left, settings.upload_max_mb)
    except BaseException:  # whatever ended the upload, nothing of it is left behind
        shutil.rmtree(folder, ignore_errors=True)
        raise
    names = [_shown(name) for name, _ in parts]
    (folder / _FACTS).write_text(json.dumps({"owner": actor.email, "names": names}), encoding="utf-8")
    return token


def find(settings: Settings, actor: Actor, token: str) -> Upload:
    """Return the files behind ``token``; raise ``NotFoundError`` when they are gone or another's."""
    actor.require(Permission.IMPORT_LEDGER)
    folder = _folder(settings) / token
    if not _TOKEN.fullmatch(token) or not (folder / _FACTS).is_file():
        raise gone()
    facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    if facts["owner"] != actor.email:
        raise gone()
    names = {folder / f"{place:02d}.csv": name for place, name in enumerate(facts["names"])}
    made = {path: path.with_suffix(_MAPPING) for path in names}
    return Upload(token, names, {path: _read(text) for path, text in made.items() if text.is_file()})


def keep_mapping(settings: Settings, actor: Actor, token: str, place: int, mapping: Mapping) -> None:
    """Keep what was said about the columns of the file at ``place``; it is stored for good when that is imported."""
    path = find(settings, actor, token).file(place)
    path.with_suffix(_MAPPING).write_text(mapping.text, encoding="utf-8")


def _read(path: Path) -> Mapping:
    return parse(path.read_text(encoding="utf-8"), path.stem)


def gone() -> NotFoundError:
    """Return the refusal of what is not there, or another's."""
    return NotFoundError("These files are not here any more.", "Choose them again.")


def discard(settings: Settings, actor: Actor, token: str) -> None:
    """Delete the files behind ``token``."""
    find(settings, actor, token)
    shutil.rmtree(_folder(settings) / token, ignore_errors=True)


def _folder(settings: Settings) -> Path:
    return prepare_home(settings) / "uploads"


def _copy(stream: BinaryIO, path: Path, most: int, told_mb: int) -> int:
    copied = 0
    with path.open("wb") as file:
        while chunk := stream.read(1 << 20):
            copied += len(chunk)
            if copied > most:
                raise InputError(f"Together the files are larger than {told_mb} MB.", "Import them in parts.")
            file.write(chunk)
    return copied


def _shown(name: str) -> str:
    """Return a file's name as it may be shown: its last part, printable, and not endless."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:_LONGEST_NAME] or "upload.csv"


def _tidy(settings: Settings) -> None:
    """Delete what was never imported; looks written beside the files make them no younger."""
    folder = _folder(settings)
    for one in folder.iterdir() if folder.is_dir() else ():
        if time.time() - _brought_at(one) > _KEPT_SECONDS:
            shutil.rmtree(one, ignore_errors=True)


def _brought_at(folder: Path) -> float:
    for path in (folder / _FACTS, folder):  # no facts: it is just coming in, or was given up halfway
        with contextlib.suppress(FileNotFoundError):
            return path.stat().st_mtime
    return time.time()  # deleted meanwhile
