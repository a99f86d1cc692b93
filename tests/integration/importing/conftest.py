"""Ledgers to import into, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
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

ON = date(2026, 6, 1)
Bring = Callable[..., FileReport]


@pytest.fixture
def bring(engine: Engine, tmp_path: Path) -> Bring:
    """Return a function that imports one file of lines and commits: ``bring("invoices", HEAD, "A-1,…")``."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def brought(name: str, *lines: str, actor: Actor | None = None, **request: Any) -> FileReport:
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        asked = Request(**({"on": ON} | request))
        return import_paths(Importer(open_session, actor or Actor.local_operator(), asked, get_settings()), [path])[0]

    return brought
