"""Where documents are kept: each file under its SHA-256, in a folder or in any store that fsspec reaches.

A file stands before its row does. One without a row is harmless, and a job sweeps it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from ar_cockpit.domain.documents.pdf import PDF, NotAPdfError, check_pdf
from ar_cockpit.domain.errors import NotFoundError, SettingsError
from ar_cockpit.settings import Settings, prepare_home

CHUNK = 256 * 1024
_MEGABYTE = 1024 * 1024
_MEND = "Set AR_DOCUMENTS_URL to a folder, or to the address of a store whose fsspec driver is installed."


class TooLargeError(NotAPdfError):
    """The file is larger than what is taken."""

    def __init__(self, most_bytes: int) -> None:
        most = most_bytes // _MEGABYTE
        super().__init__("size", f"The file is larger than {most} MB.", "Save it smaller, or raise AR_DOCUMENT_MAX_MB.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A checked file, as the store knows it."""

    sha256: str
    size: int
    media_type: str = PDF


class Incoming:
    """A file on its way in: in a nameless temporary file, counted and hashed while it arrives."""

    def __init__(self, file: IO[bytes], most_bytes: int) -> None:
        self.file, self.most_bytes, self.size = file, most_bytes, 0
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Take the next piece; raise ``TooLargeError`` as soon as it is too much."""
        self.size += len(chunk)
        if self.size > self.most_bytes:
            raise TooLargeError(self.most_bytes)
        self._digest.update(chunk)
        self.file.write(chunk)

    @property
    def sha256(self) -> str:
        """The hash of what came in so far."""
        return self._digest.hexdigest()

    def check(self) -> Kept:
        """Return what came in; raise ``NotAPdfError`` when it is no PDF."""
        check_pdf(self.file, self.size)
        return Kept(self.sha256, self.size)


def most_bytes(settings: Settings) -> int:
    """Return the size of the largest file that is taken."""
    return settings.document_max_mb * _MEGABYTE


@contextmanager
def receiving(settings: Settings) -> Iterator[Incoming]:
    """Open a place for one file, gone afterwards."""
    with tempfile.TemporaryFile() as file:
        yield Incoming(file, most_bytes(settings))


class Store:
    """The store that ``AR_DOCUMENTS_URL`` names."""

    def __init__(self, url: str) -> None:
        try:
            self.files, self.root = url_to_fs(url)
        except (ValueError, ImportError) as error:
            reason = str(error).strip().splitlines()[0].rstrip(".")
            raise SettingsError(f"AR_DOCUMENTS_URL cannot be used: {reason}.", _MEND) from error
        self.is_local = isinstance(self.files, LocalFileSystem)

    def keep(self, incoming: Incoming) -> Kept:
        """Check the file and put it under its hash; raise ``NotAPdfError`` for what is none."""
        kept = incoming.check()
        self.put(kept.sha256, incoming.file)
        return kept

    def put(self, sha256: str, source: IO[bytes]) -> None:
        """Write ``source`` whole or not at all; one that is there is written again, so that no sweep takes it."""
        path = self._path(sha256)
        folder, _, name = path.rpartition("/")
        try:
            self.files.makedirs(folder, exist_ok=True)
            # A name appears in a folder only when all of it is on disk; object stores do that by themselves.
            aside = f"{folder}/.{name}.{uuid.uuid4().hex}" if self.is_local else path
            source.seek(0)
            with self.files.open(aside, "wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
                if self.is_local:
                    target.flush()
                    os.fsync(target.fileno())
            if self.is_local:
                Path(aside).chmod(0o600)
                Path(aside).replace(path)
        except (OSError, NotImplementedError) as error:  # the latter of a store that cannot be written to
            raise _unusable(error) from error

    def holds(self, sha256: str) -> bool:
        """Return whether the file is there."""
        return bool(self.files.exists(self._path(sha256)))

    def open(self, sha256: str, size: int) -> IO[bytes]:
        """Open a file for reading; raise ``NotFoundError`` when the store no longer has it whole."""
        path = self._path(sha256)
        if not self.files.exists(path) or self.files.size(path) != size:
            raise NotFoundError("The file of this document is missing from the store.", "Attach it again.")
        opened: IO[bytes] = self.files.open(path, "rb")
        return opened

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Yield the hashes of the files that were written before ``instant``."""
        if not self.files.exists(self.root):
            return
        for path, facts in self.files.find(self.root, detail=True).items():
            name = path.rpartition("/")[2].removesuffix(".pdf")
            if len(name) == 64 and (written := _written(facts)) is not None and written < instant:
                yield name

    def remove(self, sha256: str) -> None:
        """Delete a file that no row names."""
        self.files.rm_file(self._path(sha256))

    def _path(self, sha256: str) -> str:
        return f"{self.root}/{sha256[:2]}/{sha256}.pdf"


@lru_cache(maxsize=4)
def _store_at(url: str) -> Store:
    return Store(url)


def store(settings: Settings) -> Store:
    """Return the configured store; raise ``SettingsError`` for an address that nothing here can open."""
    prepare_home(settings)
    return _store_at(settings.documents_url)


def _written(facts: dict[str, Any]) -> datetime | None:
    """Return when a file was written, in whichever way its store says so."""
    for name in ("mtime", "LastModified", "last_modified", "updated", "created"):
        value = facts.get(name)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return None


def _unusable(error: Exception) -> SettingsError:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return SettingsError(f"The document store cannot be written: {reason}.", _MEND)
