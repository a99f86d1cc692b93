"""Processes that belong together: started together, ended together, whoever of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

_WATCH = "AR_WATCH_PARENT"
LOOK_EVERY_SECONDS = 0.3
GRACE_SECONDS = 8.0
# In a web process a thread that computes gives way to the others after so long: five times sooner than usual, for the
# answers' sake.
SWITCH_SECONDS = 0.001
# Questions mostly wait for the database: as many may wait at once, however few processors there are.
HANDLERS_AT_ONCE = 24


def end_with_family() -> None:
    """End this process when the one that started it is gone, however it went, even by SIGKILL.

    Whoever starts a process that shall end with it says so by :func:`told_to_watch`; one that was started alone lives
    on its own.
    """
    if starter := os.environ.pop(_WATCH, ""):
        threading.Thread(target=_watch, args=(int(starter),), daemon=True, name="parent-watch").start()


def told_to_watch() -> dict[str, str]:
    """Return the environment that makes a child of this process end with it.

    It names the process: a child that looked up its parent itself would take the system's first process for it when
    its own was killed while it was still loading.
    """
    return {_WATCH: str(os.getpid())}


def environment_of_a_child() -> dict[str, str]:
    """Return our own environment for a process that shall end with this one."""
    return os.environ | told_to_watch()


def _watch(parent: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    pause.wait(GRACE_SECONDS)
    os._exit(1)


@dataclass
class Family:
    """Child processes by name."""

    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, arguments: Sequence[str], environment: dict[str, str], folder: str) -> None:
        """Start ``python arguments`` as ``name`` in ``folder``; its output goes where ours goes."""
        self.children[name] = subprocess.Popen(  # noqa: S603 (our own modules, no outside words)
            [sys.executable, *arguments],
            env=environment_of_a_child() | environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            # A Ctrl-C reaches the whole terminal group; the children are told by us, once and in order.
            start_new_session=True,
        )

    def ended(self) -> dict[str, int]:
        """Return the exit codes of the children that are no longer running."""
        return {name: code for name, child in self.children.items() if (code := child.poll()) is not None}

    def stop(self) -> None:
        """Ask every child to end, and end those that do not within the grace."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
