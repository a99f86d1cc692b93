"""The product's commands as a user types them, run in this process: a Python of its own for each takes seconds.

That the command also starts as a process is seen by the tests of `up`, of the jobs, and of the bad surroundings.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from ar_cockpit import cli
from ar_cockpit.db import session
from ar_cockpit.settings import get_settings


class Done:
    """How a command ended, and what it said."""

    def __init__(self, returncode: int, stdout: str, stderr: str) -> None:
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr


def run(*words: str | Path, cwd: Path, given: str = "", **settings: str | Path) -> Done:
    """Run ``ar-cockpit WORDS`` in the folder ``cwd`` with ``settings`` (``AR_…``) and no others; type ``given``."""
    said, told = _Heard(), _Heard()
    typed = patch.object(sys, "stdin", io.StringIO(given))
    line = patch.object(sys, "argv", ["ar-cockpit", *map(str, words)])
    with _surroundings(cwd, settings), line, typed, redirect_stdout(said), redirect_stderr(told):
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Done(code, said.text(), told.text())


class _Heard(io.TextIOWrapper):
    """A stream that also takes bytes, as a terminal's does."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="", write_through=True)

    def text(self) -> str:
        self.flush()
        heard = self.buffer
        assert isinstance(heard, io.BytesIO)
        return heard.getvalue().decode()


@contextmanager
def _surroundings(cwd: Path, settings: dict[str, str | Path]) -> Iterator[None]:
    """Stand in ``cwd`` with ``settings``; what this process had found out before from others is forgotten."""
    before = Path.cwd()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AR_")}
    with patch.dict(os.environ, clean | {name: str(value) for name, value in settings.items()}, clear=True):
        os.chdir(cwd)
        _forget()
        try:
            yield
        finally:
            if session.engine.cache_info().currsize:
                session.engine().dispose()
            os.chdir(before)
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    session.engine.cache_clear()
