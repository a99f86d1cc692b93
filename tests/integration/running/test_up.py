"""`ar-cockpit up` starts everything and ends everything, and what was killed loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.commands import run

START_SECONDS = 90
END_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start `up` and wait until it says that it is open; whatever is left at the end is killed."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AR_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ar_cockpit.cli", "up", "--port", str(port), *options],
        env=clean | {"AR_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    )
    family: list[psutil.Process] = []
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "Ctrl-C ends it" in line:
                break
        else:
            pytest.fail("up ended before it was open:\n" + "".join(said))
        assert answer(port) == 200
        family = family_of(process)
        yield process, port
    finally:
        for one in [*family, process]:
            if isinstance(one, psutil.Process) and one.is_running():
                one.kill()
        process.kill()
        process.wait()


def family_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Every process that `up` started; the last of them, the clock, comes when the web app answers."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        found = psutil.Process(process.pid).children(recursive=True)
        if any("jobs" in one.cmdline() for one in found):
            return found
        time.sleep(0.1)
    pytest.fail("the job process was not started")


def answer(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=START_SECONDS) as response:
        return int(response.status)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_an_ending_leaves_no_process(tmp_path: Path, ending: signal.Signals) -> None:
    with started(tmp_path, "--no-demo") as (process, _):
        family = family_of(process)
        assert len(family) >= 4
        process.send_signal(ending)
        assert process.wait(END_SECONDS) == 0
        assert psutil.wait_procs(family, timeout=END_SECONDS)[1] == []


def test_a_killed_up_takes_its_children_along_and_starts_again_with_the_same_ledger(tmp_path: Path) -> None:
    def users() -> str:
        return run("user", "list", "--json", cwd=tmp_path, AR_HOME=tmp_path).stdout

    with started(tmp_path) as (process, _):
        family = family_of(process)
        before = users()
        process.kill()
        process.wait(END_SECONDS)
        assert psutil.wait_procs(family, timeout=END_SECONDS)[1] == []
    with started(tmp_path) as (process, port):
        assert answer(port) == 200
        assert users() == before
        process.send_signal(signal.SIGINT)
        assert process.wait(END_SECONDS) == 0
