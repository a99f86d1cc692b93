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

from ar_cockpit.cli.output import fail, messages, open_database
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.processes import Family
from ar_cockpit.serve import check_port
from ar_cockpit.services.clock import today
from ar_cockpit.services.demo import accounts as demo_accounts
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from ar_cockpit.services.documents.storage import store
from ar_cockpit.services.people.companies import ledger_is_empty
from ar_cockpit.services.people.users import has_users
from ar_cockpit.settings import Settings, get_settings

START_SECONDS = 60
LOOK_EVERY = 0.1


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
    store(settings)
    open_database()
    if not no_demo:
        _load_demo_when_empty(settings)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    family = Family()
    try:
        _start(family, settings, host, port)
        if _wait_until_answering(host, port, family, stop):
            _greet(settings, host, port)
        while not stop.is_set() and not family.ended():
            stop.wait(LOOK_EVERY)
        ended = family.ended()
    finally:
        family.stop()
    if ended and not stop.is_set():
        fail(f"{', '.join(ended)} ended by itself; everything was stopped and nothing is lost. Start again.", code=1)
    messages.print("Everything is stopped.")


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _load_demo_when_empty(settings: Settings) -> None:
    with reading() as session:
        if not ledger_is_empty(session):
            return
    from ar_cockpit.services.demo import load as demo  # noqa: PLC0415 (a second start needs none of it)

    messages.print("Making the demo ledger …")
    with transaction() as session:
        demo.load(session, Actor.local_operator(), as_of=today(settings.zone))


def _start(family: Family, settings: Settings, host: str, port: int) -> None:
    address = f"http://{host}:{port}"
    environment = {"AR_BASE_URL": settings.base_url or address, "AR_HOST": host, "AR_PORT": str(port)}
    folder = str(settings.home)
    if not settings.smtp_url:
        mail_port = free_port()
        environment["AR_SMTP_URL"] = f"smtp://127.0.0.1:{mail_port}?tls=none"
        environment["AR_MAIL_CATCHER"] = "1"
        family.start(
            "the mail catcher", ["-m", "ar_cockpit.mail.catcher", "--port", str(mail_port)], environment, folder
        )
    family.start("the web app", ["-m", "ar_cockpit.serve", "--host", host, "--port", str(port)], environment, folder)
    family.start("the job process", ["-m", "ar_cockpit.cli", "jobs"], environment, folder)


def _wait_until_answering(host: str, port: int, family: Family, stop: threading.Event) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not stop.is_set() and not family.ended():
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            stop.wait(LOOK_EVERY)
    return False


def _greet(settings: Settings, host: str, port: int) -> None:
    address = settings.base_url or f"http://{host}:{port}"
    messages.print(f"\nAR Cockpit is open at [bold]{address}[/bold]")
    with reading() as session:
        people, anybody = demo_accounts.people(session), has_users(session)
    if people:
        messages.print(f"Sign in to the demo with the password {DEMO_PASSWORD} as")
    for person in people:
        messages.print(f"  {person.email}  ({person.role.value.replace('_', ' ')})")
    if not anybody:
        messages.print("Nobody can sign in yet: ar-cockpit user add YOUR@EMAIL --role admin")
    if not settings.smtp_url:
        messages.print(f"Mails go to nobody: read them at {address}/mailbox")
    messages.print("Ctrl-C ends it.\n")
