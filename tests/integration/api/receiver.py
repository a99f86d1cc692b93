"""A receiver of webhooks on this machine, which answers as it is told and remembers everything it heard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What was heard, and what is answered."""

    port: int = 0
    answers: list[int] = field(default_factory=list)  # in turn; the last one for good, 204 when there is none
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    location: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, host: str = "hooks.example") -> str:
        """Return the address of the receiver under a name that only the test resolves."""
        return f"http://{host}:{self.port}/in"

    def hear(self, headers: dict[str, str], body: bytes) -> int:
        """Remember a request and return the status to answer."""
        with self.lock:
            self.heard.append((headers, body))
            if len(self.answers) > 1:
                return self.answers.pop(0)
            return self.answers[0] if self.answers else 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.hear(dict(self.headers), body)
            self.send_response(status)
            said = b"" if status == 204 else b"no\x00 thanks"
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # as many at once as the senders like

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
