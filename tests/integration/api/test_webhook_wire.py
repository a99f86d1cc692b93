"""The connection of a webhook: to the checked address, under the checked name, within its time."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ar_cockpit.db.queries.webhooks import Shipment
from ar_cockpit.services.webhooks import wire
from ar_cockpit.services.webhooks.wire import Said

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_CERTIFICATE = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 30 -subj /CN=hooks.example"


def shipment(url: str) -> Shipment:
    """Return an event for ``url``."""
    return Shipment(1, 1, 0, url, "whsec_c2VjcmV0IHNlY3JldA==", "evt_1", "hold.set", "ALFA", NOW, {})


async def here(_host: str, _port: int) -> list[str]:
    """Resolve every name to this machine."""
    await asyncio.sleep(0)
    return ["127.0.0.1"]


def post(url: str) -> Said:
    """Send one event to whatever ``url`` resolves to here."""
    return asyncio.run(wire.post(shipment(url), NOW, allow_private=True, resolve=here))


@dataclass
class Secured:
    """A receiver that speaks TLS as hooks.example, and the names it was asked for."""

    port: int
    trust: ssl.SSLContext
    hosts: list[str] = field(default_factory=list)


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Secured]:
    """A receiver with a certificate for hooks.example."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make the receiver's certificate; the address rules are held by unit tests")
    words = [*_CERTIFICATE.split(), "-addext", "subjectAltName=DNS:hooks.example"]
    subprocess.run([openssl, *words], cwd=tmp_path, check=True, capture_output=True)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            receiver.hosts.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    server.socket = own.wrap_socket(server.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
    receiver = Secured(server.server_address[1], trust)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_certificate_is_that_of_the_name_although_the_address_is_spoken_to(
    secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_trust", lambda: secured.trust)
    assert post(f"https://hooks.example:{secured.port}/in").status == 204
    other = post(f"https://other.example:{secured.port}/in")
    assert (other.status, "Hostname mismatch" in other.error) == (None, True)
    assert secured.hosts == [f"hooks.example:{secured.port}"]


def test_a_certificate_of_nobody_known_is_refused(secured: Secured) -> None:
    assert "CERTIFICATE_VERIFY_FAILED" in post(f"https://hooks.example:{secured.port}/in").error
    assert secured.hosts == []


def test_whoever_keeps_silent_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(wire, "DEADLINE_SECONDS", 0.01)
    said = asyncio.run(wire.post(shipment("https://hooks.example/in"), NOW, allow_private=False, resolve=never))
    assert (said.status, said.error) == (None, "No answer within 0 seconds")
