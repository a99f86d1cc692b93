"""Whoever of a family of processes is killed, and whenever: nobody stays behind."""

from __future__ import annotations

import subprocess
import sys

import psutil

END_SECONDS = 20

LATE_CHILD = """
import os, threading
starter = os.getppid()
print(os.getpid(), flush=True)
while os.getppid() == starter:  # still loading when its parent is killed
    threading.Event().wait(0.01)
from ar_cockpit.processes import end_with_family
end_with_family()
threading.Event().wait()
"""

PARENT = f"""
import os, threading
from ar_cockpit.processes import Family
Family().start("late", ["-c", {LATE_CHILD!r}], {{}}, os.getcwd())
threading.Event().wait()
"""


def test_a_child_that_was_still_loading_when_its_parent_was_killed_ends_too() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait(END_SECONDS)
        try:
            assert psutil.wait_procs([child], timeout=END_SECONDS)[1] == []
        finally:
            if child.is_running():
                child.kill()
