"""Whether a database is ready to be served, told in a moment: without loading SQLAlchemy and Alembic."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2] / "alembic"
_INSTALLED = Path(__file__).resolve().parents[1] / "_alembic"  # where the wheel puts them
MIGRATIONS = _INSTALLED if _INSTALLED.exists() else _CHECKOUT
_SQLITE = "sqlite:///"


def newest_revision() -> str:
    """Return the newest migration: they are numbered, and each file's name begins with its number."""
    return max((file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("*.py")), default="")


def is_ready(database_url: str) -> bool:
    """Whether the SQLite database at this address has the newest schema; ``False`` where that is not so easily told."""
    path = Path(database_url.removeprefix(_SQLITE))
    if not database_url.startswith(_SQLITE) or not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return False
    return found == [(newest_revision(),)]
