"""Run Alembic's own commands both ways on both databases, from nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pgserver


def alembic(url: str, *arguments: str) -> None:
    """Run one Alembic command against ``url`` and stop at the first failure."""
    print(f"{url.split(':', maxsplit=1)[0]}: alembic {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", "alembic", *arguments], env=os.environ | {"AR_DATABASE_URL": url}, check=True)


def both_ways(url: str) -> None:
    """Go up, compare with the tables, go down, and up again."""
    for command in (["upgrade", "head"], ["check"], ["downgrade", "base"], ["upgrade", "head"]):
        alembic(url, *command)


with tempfile.TemporaryDirectory() as folder:
    os.environ["AR_HOME"] = folder
    both_ways(f"sqlite:///{folder}/ledger.db")
    server = pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
    both_ways(server.get_uri())
    server.cleanup()
