"""Forecasts that a web worker needs are made in a process of their own: a fit would keep everybody else waiting."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

LONGEST_SECONDS = 900


@dataclass(slots=True)
class _Here:
    is_web_worker: bool = False


_here = _Here()
# Fits at the same time keep each other waiting; and who waited for the same one finds it kept.
_one_at_a_time = threading.Lock()


def this_is_a_web_worker() -> None:
    """Let this process make no forecast itself from now on."""
    _here.is_web_worker = True


def is_wanted() -> bool:
    """Return whether forecasts are to be made elsewhere."""
    return _here.is_web_worker


def make(company: str, as_of: date) -> bool:
    """Make and keep the forecast of a company's cash in another process; return whether that went well."""
    return run(["forecast", "keep", "--company", company, "--as-of", as_of.isoformat()])


def run(arguments: Sequence[str]) -> bool:
    """Run one of our own commands in another process, with our settings."""
    command = [sys.executable, "-m", "ar_cockpit.cli", *arguments]
    try:
        with _one_at_a_time:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=LONGEST_SECONDS)  # noqa: S603 (ours)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
