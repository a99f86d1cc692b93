"""Files about a customer over HTTP: saved by those who may see them, taken in piece by piece."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.responses import Response

from ar_cockpit import routes
from ar_cockpit.api.documents import closed_headers, pieces
from ar_cockpit.api.guard import SignedIn, SignedInActor
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.documents.pdf import NotAPdfError
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.i18n import say
from ar_cockpit.services import clock
from ar_cockpit.services.customers import files
from ar_cockpit.services.documents.storage import Incoming, most_bytes, receiving, store
from ar_cockpit.settings import get_settings

router = APIRouter()
log = logging.getLogger(__name__)
_CREATED, _REFUSED = 201, 422


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
    settings = get_settings()
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes(settings):
        return _refusal(who.language, "size")
    with receiving(settings) as incoming:
        try:
            async for chunk in request.stream():
                await asyncio.to_thread(incoming.write, chunk)
            told = (customer_id, incoming, unquote(name), finance_only)
            file_id = await asyncio.to_thread(_take_in, who.actor, *told)
        except NotAPdfError as error:
            return _refusal(who.language, error.code)
        except SettingsError as error:
            log.warning("%s", error)
            return _refusal(who.language, "store")
    return JSONResponse({"document": file_id, "is_new": True}, _CREATED)


def _may_attach(actor: Actor, customer_id: int, finance_only: bool) -> None:
    with reading() as session:
        files.may_attach(session, actor, customer_id, finance_only=finance_only)


def _take_in(actor: Actor, customer_id: int, incoming: Incoming, name: str, finance_only: bool) -> int:
    kept = store(get_settings())
    about = files.Brought(name, finance_only, clock.now())
    return files.take_in(transaction, actor, kept, customer_id, incoming, about)


def _refusal(language: str, code: str) -> Response:
    key = "record.file.kinds" if code == "no_kind" else f"documents.refused.{code}"
    sentence = say(language, key, most=get_settings().document_max_mb)
    return JSONResponse({"code": code, "refusal": sentence}, _REFUSED)
