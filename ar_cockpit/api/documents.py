"""Invoices' documents over HTTP: shown or downloaded by those who may, and taken in piece by piece."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from typing import IO, Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.responses import Response

from ar_cockpit import routes
from ar_cockpit.api.guard import SignedIn, SignedInActor
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.documents.pdf import NotAPdfError
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.i18n import say
from ar_cockpit.services import clock
from ar_cockpit.services.documents import reading as documents
from ar_cockpit.services.documents.attach import UPLOAD, Attached, Origin, take_in, target
from ar_cockpit.services.documents.storage import CHUNK, Incoming, most_bytes, receiving, store
from ar_cockpit.settings import get_settings

router = APIRouter()
log = logging.getLogger(__name__)
_CREATED, _OK, _REFUSED = 201, 200, 422
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
# A PDF is foreign matter: it may be drawn, and do nothing else.
_CLOSED = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get(f"{routes.DOCUMENTS}/{{document_id}}")
def show(document_id: int, actor: SignedInActor, download: bool = False) -> Response:
    """Answer with a document, to be shown in a tab of its own or (``?download=1``) to be saved."""
    with reading() as session:
        found = documents.document(session, actor, document_id)
    file = store(get_settings()).open(found.sha256, found.size_bytes)
    heads = closed_headers(found.invoice.number, found.size_bytes, is_download=download)
    return StreamingResponse(pieces(file), media_type=found.media_type, headers=heads)


@router.post(f"{routes.UPLOADS}/documents/{{invoice_id}}")
async def upload(
    invoice_id: int,
    request: Request,
    who: SignedIn,
    name: Annotated[str, Header(alias="X-File-Name")] = "",
) -> Response:
    """Attach the posted bytes to an invoice; a refusal says why in the reader's language."""
    await asyncio.to_thread(_may_attach, who.actor, invoice_id)
    settings = get_settings()
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes(settings):
        return _refusal(who.language, "size")
    with receiving(settings) as incoming:
        try:
            async for chunk in request.stream():
                await asyncio.to_thread(incoming.write, chunk)
            origin = Origin(unquote(name), UPLOAD, clock.now())
            done = await asyncio.to_thread(_take_in, who.actor, invoice_id, incoming, origin)
        except NotAPdfError as error:
            return _refusal(who.language, error.code)
        except SettingsError as error:
            log.warning("%s", error)
            return _refusal(who.language, "store")
    return JSONResponse({"document": done.document_id, "is_new": done.is_new}, _CREATED if done.is_new else _OK)


def closed_headers(name: str, size: int, *, is_download: bool = False, ending: str = ".pdf") -> dict[str, str]:
    """Return the headers under which a file called ``name`` and its ``ending`` is drawn, and can do nothing else."""
    return {
        "Content-Disposition": _disposition(name, ending, is_download=is_download),
        "Content-Length": str(size),
        "Content-Security-Policy": _CLOSED,
        "Cache-Control": "private, no-store",
    }


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece, and close it."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _may_attach(actor: Actor, invoice_id: int) -> None:
    with reading() as session:
        target(session, actor, invoice_id)


def _take_in(actor: Actor, invoice_id: int, incoming: Incoming, origin: Origin) -> Attached:
    return take_in(transaction, actor, store(get_settings()), invoice_id, incoming, origin)


def _refusal(language: str, code: str) -> Response:
    sentence = say(language, f"documents.refused.{code}", most=get_settings().document_max_mb)
    return JSONResponse({"code": code, "refusal": sentence}, _REFUSED)


def _disposition(number: str, ending: str, *, is_download: bool) -> str:
    """Return the header with a name made of the invoice's number, in letters every browser can save."""
    kind = "attachment" if is_download else "inline"
    plain = _PLAIN.sub("_", number).strip("._") or "document"
    return f"{kind}; filename=\"{plain}{ending}\"; filename*=UTF-8''{quote(number + ending, safe='')}"
