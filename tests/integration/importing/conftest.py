"""Ledgers to import into, on both databases, and the command as a user types it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings
from tests import commands
from tests.commands import Done

ON = date(2026, 6, 1)
Bring = Callable[..., FileReport]
Run = Callable[..., Done]


@pytest.fixture
def bring(engine: Engine, tmp_path: Path) -> Bring:
    """Return a function that imports one file of lines, or two, and commits: ``bring("invoices", HEAD, "A-1,…")``."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def brought(
        name: str, *lines: str, actor: Actor | None = None, also: tuple[str, ...] = (), **request: Any
    ) -> FileReport:
        paths = [tmp_path / f"{name}.csv", *([tmp_path / f"{name}-2.csv"] if also else [])]
        for path, content in zip(paths, (lines, also), strict=False):
            path.write_text("\n".join(content) + "\n", encoding="utf-8")
        asked = Request(**({"on": ON} | request))
        return import_paths(Importer(open_session, actor or Actor.local_operator(), asked, get_settings()), paths)[-1]

    return brought


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in a home of its own."""
    return partial(commands.run, cwd=tmp_path, AR_HOME=tmp_path / "home")
