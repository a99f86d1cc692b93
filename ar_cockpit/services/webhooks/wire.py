"""One signed request to one public address: the host is resolved once, checked, and spoken to at that very address."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import httpx
from standardwebhooks import Webhook

from ar_cockpit.db.queries.webhooks import Shipment
from ar_cockpit.domain.webhooks.addresses import is_literal, is_public
from ar_cockpit.domain.webhooks.events import VERSION
from ar_cockpit.importing.values.texts import without_control

DEADLINE_SECONDS = 15.0  # of the whole request, however slowly it drips; a lease is four times as long
_SNIPPET_BYTES = 300
_REDIRECTS = range(300, 400)
Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: the status, if there was an answer, how it begins, or what went wrong."""

    status: int | None
    duration_ms: int
    snippet: str = ""
    error: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and not self.error


class NotAllowedError(Exception):
    """The address may not be spoken to."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of ``host``."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


async def post(shipment: Shipment, at: datetime, *, allow_private: bool, resolve: Resolve = resolve) -> Said:
    """Send one event, signed by Standard Webhooks, and return what came of it; never raises for what is outside."""
    begun = time.monotonic()
    status, snippet, error = None, "", ""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            status, snippet = await _exchange(shipment, at, allow_private, resolve)
        error = _refusal(status)
    except TimeoutError:
        error = f"No answer within {DEADLINE_SECONDS:.0f} seconds"
    except NotAllowedError as refused:
        error = str(refused)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as failed:
        error = f"{type(failed).__name__}: {failed}"[:200]
    return Said(status, round((time.monotonic() - begun) * 1000), snippet, error)


def payload(shipment: Shipment) -> str:
    """Return the body of an event, the same at every try."""
    document = {
        "id": shipment.event_id,
        "type": shipment.type,
        "version": VERSION,
        "timestamp": shipment.occurred_at.isoformat(timespec="seconds"),
        "data": shipment.data,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


async def _exchange(shipment: Shipment, at: datetime, allow_private: bool, resolve: Resolve) -> tuple[int, str]:
    url = httpx.URL(shipment.url)
    address = await _checked_address(url, allow_private, resolve)
    body = payload(shipment)
    host = url.raw_host.decode()
    headers = {
        "Host": url.netloc.decode(),
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "ar-cockpit-webhooks",
        "webhook-id": shipment.event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(shipment.secret).sign(shipment.event_id, at, body),
    }
    # The name goes into the handshake and is what the certificate is checked for; the connection goes to the address.
    named = {} if is_literal(host) else {"sni_hostname": host}
    async with (
        # A client of its own: a connection kept for one name must not serve another at the same address.
        # Proxies of the environment would resolve the name a second time.
        httpx.AsyncClient(verify=_trust(), trust_env=False, follow_redirects=False, timeout=DEADLINE_SECONDS) as client,
        client.stream(
            "POST", url.copy_with(host=address), content=body.encode(), headers=headers, extensions=named
        ) as answer,
    ):
        return answer.status_code, await _beginning(answer)


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)  # reading the certificates of the authorities takes a while


async def _checked_address(url: httpx.URL, allow_private: bool, resolve: Resolve) -> str:
    if url.scheme != "https" and not (allow_private and url.scheme == "http"):
        raise NotAllowedError("Only https is spoken")
    host, port = url.raw_host.decode(), url.port or (443 if url.scheme == "https" else 80)
    found = [host.strip("[]")] if is_literal(host) else await resolve(host, port)
    if not found:
        raise NotAllowedError("The host has no address")
    refused = [one for one in found if not is_public(one)]
    if refused and not allow_private:
        raise NotAllowedError(f"The host's address {refused[0]} is not a public one")
    return found[0]


async def _beginning(answer: httpx.Response) -> str:
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= _SNIPPET_BYTES:
            break
    return without_control(read[:_SNIPPET_BYTES].decode("utf-8", "replace")).strip()


def _refusal(status: int) -> str:
    if httpx.codes.is_success(status):
        return ""
    if status in _REDIRECTS:
        return "It answered with a redirect, which is not followed"
    return f"It answered {status}"
