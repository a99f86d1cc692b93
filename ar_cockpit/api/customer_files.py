"""Files about a customer over HTTP: saved by those who may see them, taken in piece by piece."""

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
from ar_cockpit.services.customers import files
from ar_cockpit.services.documents.storage import Incoming, store
from ar_cockpit.settings import get_settings

router = APIRouter()


@router.get(f"{routes.DOCUMENTS}/customers/{{file_id}}")
def save(file_id: int, actor: SignedInActor) -> Response:
    """Answer with a file, always to be saved: what it holds is not drawn in our name."""
    with reading() as session:
        found = files.file(session, actor, file_id)
        sha256, size, kind, name = found.sha256, found.size_bytes, found.media_type, found.original_name
    heads = closed_headers(name, size, is_download=True, ending="")
    return StreamingResponse(pieces(store(get_settings()).open(sha256, size)), media_type=kind, headers=heads)


@router.post(f"{routes.UPLOADS}/customers/{{audience}}/{{customer_id}}")
async def upload(
    audience: str,
    customer_id: int,
    request: Request,
    who: SignedIn,
    name: Annotated[str, Header(alias="X-File-Name")] = "",
) -> Response:
    """Attach the posted bytes to a customer, for ``finance`` alone or ``shared``; a refusal says why."""
    finance_only = audience != "shared"
    await asyncio.to_thread(_may_attach, who.actor, customer_id, finance_only)
    return await received(request, who.language, partial(_take_in, who.actor, customer_id, unquote(name), finance_only))


def _may_attach(actor: Actor, customer_id: int, finance_only: bool) -> None:
    with reading() as session:
        files.may_attach(session, actor, customer_id, finance_only=finance_only)


def _take_in(actor: Actor, customer_id: int, name: str, finance_only: bool, incoming: Incoming) -> Taken:
    kept = store(get_settings())
    about = files.Brought(name, finance_only, clock.now())
    return Taken(files.take_in(transaction, actor, kept, customer_id, incoming, about))
