"""Invoices' documents over HTTP: shown or downloaded by those who may, and taken in piece by piece."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from ar_cockpit import routes
from ar_cockpit.api.files import Taken, closed_headers, pieces, received
from ar_cockpit.api.guard import SignedIn, SignedInActor
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.services import clock
from ar_cockpit.services.documents import reading as documents
from ar_cockpit.services.documents.attach import UPLOAD, Origin, take_in, target
from ar_cockpit.services.documents.storage import Incoming, store
from ar_cockpit.settings import get_settings

router = APIRouter()


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
    return await received(request, who.language, partial(_take_in, who.actor, invoice_id, unquote(name)))


def _may_attach(actor: Actor, invoice_id: int) -> None:
    with reading() as session:
        target(session, actor, invoice_id)


def _take_in(actor: Actor, invoice_id: int, name: str, incoming: Incoming) -> Taken:
    origin = Origin(name, UPLOAD, clock.now())
    done = take_in(transaction, actor, store(get_settings()), invoice_id, incoming, origin)
    return Taken(done.document_id, done.is_new)
