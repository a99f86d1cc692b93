"""Forecasts that a web worker needs are made in a process of their own: a fit would keep everybody else waiting."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import date

LONGEST_SECONDS = 900


@dataclass(slots=True)
class _Here:
    is_web_worker: bool = False


_here = _Here()
# Fits at the same time keep each other waiting.
_one_at_a_time = threading.Lock()


def this_is_a_web_worker() -> None:
    """Let this process make no forecast itself from now on."""
    _here.is_web_worker = True


def is_wanted() -> bool:
    """Return whether forecasts are to be made elsewhere."""
    return _here.is_web_worker


def make(company: str, as_of: date) -> bool:
    """Make and keep in another process what the cash seen from ``as_of`` needs; return whether that went well.

    ``company`` is a code, or empty for all companies.
    """
    command = [sys.executable, "-m", "ar_cockpit.cli", "forecast", "keep", "--as-of", as_of.isoformat()]
    if company:
        command += ["--company", company]
    try:
        with _one_at_a_time:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=LONGEST_SECONDS)  # noqa: S603 (ours)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
