"""What this process and those it begins take while something is measured: processor time, and memory at most."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_BETWEEN_LOOKS = 0.02  # seconds
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(slots=True)
class Taken:
    """Seconds of processor time, and megabytes in memory at most; zero where the system does not tell."""

    work: float = 0.0
    held_mb: float = 0.0


@contextmanager
def watched() -> Iterator[Taken]:
    """Fill what the block takes, its child processes with it once they have ended."""
    taken, ended, before = Taken(), threading.Event(), _work()
    watch = threading.Thread(target=_watch, args=(taken, ended), daemon=True)
    watch.start()
    try:
        yield taken
    finally:
        ended.set()
        watch.join()
        taken.work = _work() - before


def _work() -> float:
    spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _watch(taken: Taken, ended: threading.Event) -> None:
    while not ended.wait(_BETWEEN_LOOKS):
        taken.held_mb = max(taken.held_mb, _held_mb())


def _held_mb() -> float:
    """Return what this process and its children hold; libraries that they share count twice."""
    pids = ["self"]
    for children in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            pids += children.read_text().split()
    held: dict[str, int] = {}  # by how much each has mapped: one that is just beginning still has what is ours
    for pid in pids:
        with suppress(OSError, ValueError):  # one may have ended since
            mapped, resident, *_ = Path(f"/proc/{pid}/statm").read_text().split()
            held.setdefault(mapped, int(resident))
    return sum(held.values()) * _PAGE_MB
