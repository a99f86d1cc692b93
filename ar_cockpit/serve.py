"""The web server: the compiled screens, the socket and the web routes on one port, started in ``AR_HOME``."""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from ar_cockpit.domain.errors import CockpitError, SettingsError
from ar_cockpit.processes import end_with_family, told_to_watch
from ar_cockpit.routes import WEB_MANIFEST
from ar_cockpit.settings import Settings, get_settings, prepare_home

WEB = Path(__file__).parent / "_web"
_LOOPBACK = dict.fromkeys(("localhost", "127.0.0.1"))
_ANY_HOST = {"0.0.0.0", "::"}  # noqa: S104 (compared with, not bound to)


def allowed_origins(settings: Settings, host: str, port: int) -> list[str]:
    """Return the origins whose pages may open the socket and post forms: never any other site's.

    On one's own machine the loopback names are one and the same, whichever the address bar says.
    """
    told = urlsplit(settings.base_url)
    given = [f"{told.scheme}://{told.netloc}"] if told.netloc else []
    if given and told.hostname not in _LOOPBACK:
        return given
    names = [*_LOOPBACK] + ([] if host in _ANY_HOST | _LOOPBACK.keys() else [host])
    return list(dict.fromkeys(given + [f"http://{name}:{port}" for name in names]))


def check_port(host: str, port: int) -> None:
    """Raise ``SettingsError`` with one clear line when the address cannot be served."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                said = f"Port {port} is in use by another program."
            else:
                said = f"Cannot serve on {host}:{port}: {error.strerror}."
            raise SettingsError(said, "Stop it, or choose another with --port or AR_PORT.") from error


def serve(settings: Settings, host: str, port: int, web: Path = WEB) -> None:
    """Serve until told to stop; raise ``SettingsError`` when it cannot begin."""
    if not (web / WEB_MANIFEST).is_file():
        raise SettingsError("The screens are not compiled.", "Run 'make web' once.")
    check_port(host, port)
    if not settings.keeps_documents_at_home:
        # An address that nothing here can open is told now, not at the first upload. Its library loads slowly.
        from ar_cockpit.services.documents.storage import store  # noqa: PLC0415

        store(settings)
    gc.disable()  # loading makes much and throws nothing away; the worker turns it on again
    os.chdir(prepare_home(settings))
    os.environ.update(_reflex_environment(allowed_origins(settings, host, port), settings, web.resolve()))
    os.environ.update(told_to_watch())  # the worker
    # Granian after the environment: its worker imports Reflex, which reads it once.
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    Server(
        "ar_cockpit.front:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,  # state lives in this worker's memory, and SQLite has one writer
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve()


def _reflex_environment(origins: list[str], settings: Settings, web: Path) -> dict[str, str]:
    environment: dict[str, Any] = {
        "REFLEX_APP_NAME": "ar_cockpit",
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_WEB_WORKDIR": web,
        "REFLEX_DIR": settings.home / ".reflex",
        "REFLEX_CORS_ALLOWED_ORIGINS": ",".join(origins),
        "REFLEX_STATE_MANAGER_MODE": "memory",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_SHOW_BUILT_WITH_REFLEX": "false",
        "REFLEX_LOGLEVEL": "warning",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }
    if settings.redis_url:
        environment |= {"REFLEX_STATE_MANAGER_MODE": "redis", "REFLEX_REDIS_URL": settings.redis_url}
    return {name: str(value) for name, value in environment.items()}


def main(
    host: Annotated[str, typer.Option()] = "",
    port: Annotated[int, typer.Option()] = 0,
    web: Annotated[Path, typer.Option(help="Where the compiled screens are.")] = WEB,
) -> None:
    """Serve the web application alone; ``ar-cockpit up`` starts it together with everything else."""
    try:
        settings = get_settings()
        end_with_family()
        serve(settings, host or settings.host, port or settings.port, web)
    except CockpitError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from error


if __name__ == "__main__":
    typer.run(main)
