"""The API alone, as a web process serves it, for `bench` to load: `python -m ar_cockpit.api.alone 8099`."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ar_cockpit.api.app import around_the_screens
from ar_cockpit.processes import HANDLERS_AT_ONCE, SWITCH_SECONDS, end_with_family


def application() -> Any:
    """Return our routes with the layers around them, at the pace of a web process, and no screens beneath."""
    folder = Path(tempfile.mkdtemp(prefix="ar-cockpit-bench-"))
    app: Any
    headers: Any  # a function of the layer beneath
    app, headers = around_the_screens(folder, ["http://localhost"])
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
    served = headers(app)

    async def paced(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(HANDLERS_AT_ONCE, "handler"))
        await served(scope, receive, send)

    return paced


def main() -> None:
    """Serve on the port that is named, until the process that started this one ends."""
    end_with_family()
    # Granian's worker is another process, which imports this module anew.
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    Server(
        "ar_cockpit.api.alone:application",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        workers=1,  # as the product runs by itself
        log_level=LogLevels.error,
        workers_kill_timeout=2,
    ).serve()


if __name__ == "__main__":
    main()
