"""What a benchmark takes is counted with the processes it begins."""

from __future__ import annotations

import subprocess
import sys

from ar_cockpit.bench.watching import watched

BUSY = "held = bytearray(200_000_000); sum(range(3_000_000))"


def test_what_a_child_process_takes_is_counted_too() -> None:
    with watched() as nothing:
        pass
    with watched() as taken:
        subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert taken.work > nothing.work
    assert taken.held_mb > 200
