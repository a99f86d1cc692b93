"""Who imports, how, into which database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlmodel import Session

from ar_cockpit.domain.access import Actor
from ar_cockpit.importing.tabular.csv_file import ANYTHING, Asked
from ar_cockpit.importing.tabular.mapping import Mapping as FileMapping
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import Settings

WORTH_A_PROCESS = 8_000_000
OpenSession = Callable[[], AbstractContextManager[Session]]
Loaded = Callable[[Session, FileReport], None]
Tell = Callable[[Path, int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """How to import: for which company, by which mapping, as of which business date, and whether only to try."""

    on: date
    company: str = ""
    mapping: str = ""
    dry_run: bool = False
    asked: Asked = ANYTHING
    open_items: bool = False  # invoices that the files no longer list are proposed as settled


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, how, into which database."""

    open_session: OpenSession
    actor: Actor
    request: Request
    settings: Settings
    names: Mapping[Path, str] = field(default_factory=dict)  # what the owner of an uploaded file calls it
    mappings: Mapping[Path, FileMapping] = field(default_factory=dict)  # made for one file, which it is read by
    reads_apart_from: int = WORTH_A_PROCESS  # bytes: files as long are read by a process of their own
    progress: Tell = lambda _path, _done, _total: None
    loaded: Loaded = lambda _session, _report: None  # called in the transaction of each file, dry runs too
