"""`ar-cockpit up`: migrate, load the demo, and run web app, jobs and mail catcher until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from typing import Annotated

import typer

from ar_cockpit.cli.console import messages
from ar_cockpit.db.readiness import is_ready
from ar_cockpit.processes import Family
from ar_cockpit.routes import HEALTH, SIGN_IN
from ar_cockpit.serve import check_port
from ar_cockpit.settings import Settings, get_settings, prepare_home

START_SECONDS = 60
LOOK_EVERY = 0.1
ANSWER_SECONDS = 2


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("up")(up)


def up(
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Leave an empty database empty.")] = False,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; AR_HOST by default.")] = "",
    port: Annotated[int, typer.Option("--port", help="Port to listen on; AR_PORT by default.")] = 0,
) -> None:
    """Start everything on this machine; Ctrl-C ends all of it."""
    settings = get_settings()
    host, port = host or settings.host, port or settings.port
    check_port(host, port)
    prepare_home(settings)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    family = Family()
    try:
        _start_and_greet(family, settings, (host, port), stop, with_demo=not no_demo)
        while not stop.is_set() and not family.ended():
            stop.wait(LOOK_EVERY)
        ended = family.ended()
    finally:
        family.stop()
    if ended and not stop.is_set():
        sentence = f"{', '.join(ended)} ended by itself; everything was stopped and nothing is lost. Start again."
        messages.print(sentence, markup=False)
        raise typer.Exit(1)
    messages.print("Everything is stopped.")


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start_and_greet(
    family: Family, settings: Settings, place: tuple[str, int], stop: threading.Event, *, with_demo: bool
) -> None:
    """Start everything in the order that answers soonest: the web app, which loads longest, as soon as it may."""
    host, port = place
    address = settings.base_url or f"http://{host}:{port}"
    environment = {"AR_BASE_URL": address, "AR_HOST": host, "AR_PORT": str(port)}
    mail_port = 0 if settings.smtp_url else free_port()
    if mail_port:
        environment |= {"AR_SMTP_URL": f"smtp://127.0.0.1:{mail_port}?tls=none", "AR_MAIL_CATCHER": "1"}
    folder = str(settings.home)
    web = ["-m", "ar_cockpit.serve", "--host", host, "--port", str(port)]
    if is_ready(settings.database_url):
        family.start("the web app", web, environment, folder)
    from ar_cockpit.cli import at_start  # noqa: PLC0415 (the database's libraries load beside the web app)

    at_start.prepare_ledger(settings, with_demo=with_demo)
    if not family.children:
        family.start("the web app", web, environment, folder)
    if mail_port:
        catcher = ["-m", "ar_cockpit.mail.catcher", "--port", str(mail_port)]
        family.start("the mail catcher", catcher, environment, folder)
    if _wait_for(f"{host}:{port}{SIGN_IN}/", family, stop):
        at_start.greet(settings, address)
    if _wait_for(f"{host}:{port}{HEALTH}", family, stop):
        family.start("the job process", ["-m", "ar_cockpit.cli", "jobs"], environment, folder)


def _wait_for(address: str, family: Family, stop: threading.Event) -> bool:
    """Whether ``address`` answers, as soon as it does; ``False`` when it does not come to that."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not stop.is_set() and not family.ended():
        try:
            with urllib.request.urlopen(f"http://{address}", timeout=ANSWER_SECONDS) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            stop.wait(LOOK_EVERY)
    return False
