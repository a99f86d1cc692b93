"""A local mail catcher: accepts every mail, keeps it as a file under ``AR_HOME`` and sends it nowhere."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ar_cockpit.mail.caught import keep, mail_folder
from ar_cockpit.processes import end_with_family
from ar_cockpit.settings import get_settings

_MOST_BYTES = 32 * 1024 * 1024


class Keeper:
    """Writes each accepted mail to a file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep the mail; the sender hears "250" only once it is on disk."""
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        try:
            keep(self.folder, raw, [str(address) for address in envelope.rcpt_tos])
        except OSError as error:
            return f"452 4.3.1 {error.strerror}"
        return "250 2.0.0 Caught"


def start(folder: Path, host: str = "127.0.0.1", port: int = 0) -> Controller:
    """Start catching in the background and return the controller, whose ``port`` tells where."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        Keeper(folder), hostname=host, port=port or _free_port(host), data_size_limit=_MOST_BYTES, ready_timeout=10
    )
    controller.start()
    return controller


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def main(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 chooses a free one and prints it.")] = 0,
    folder: Annotated[str, typer.Option(help="Where mails are kept; AR_HOME/mails by default.")] = "",
) -> None:
    """Catch mails until told to stop."""
    end_with_family()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        controller = start(Path(folder) if folder else mail_folder(get_settings()), host, port)
    except OSError as error:
        sys.stderr.write(f"The mail catcher cannot listen on {host}:{port}: {error.strerror}. Choose another port.\n")
        raise typer.Exit(2) from error
    if not port:
        sys.stdout.write(f"{controller.port}\n")
        sys.stdout.flush()
    stop.wait()
    controller.stop()


if __name__ == "__main__":
    typer.run(main)
