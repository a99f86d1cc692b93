"""A child process ends with the one that started it."""

from __future__ import annotations

import os
import threading
import time

_CHECK_SECONDS = 0.5


def exit_with_parent() -> None:
    """Leave no orphan: end this process when the one that started it is gone, even by SIGKILL."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_CHECK_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, name="exit-with-parent", daemon=True).start()
