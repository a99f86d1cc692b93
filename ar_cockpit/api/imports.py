"""Files in and out of the Imports page: uploads bounded before they are read, rows set aside as a download."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from ar_cockpit import routes
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services.importing import history as import_history
from ar_cockpit.services.importing import uploads
from ar_cockpit.settings import get_settings

router = APIRouter()
_SEE_OTHER = 303
_FORM_ROOM = 64 * 1024  # what a form takes beside its files
_PART_FIELDS = 8


@router.post(f"{routes.UPLOADS}/imports")
async def upload(request: Request, actor: SignedInActor) -> Response:
    """Keep the chosen files for a look before they are imported; nothing is changed yet."""
    actor.require(Permission.IMPORT_LEDGER)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > uploads.MOST_BYTES + _FORM_ROOM:
        return _back(problem="size")
    try:
        async with request.form(max_files=uploads.MOST_FILES, max_fields=_PART_FIELDS) as form:
            files = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]
            into = str(form.get("into", ""))[:100]
            token = await asyncio.to_thread(_keep, actor, [(part.filename or "", part.file) for part in files])
    except CockpitError:
        return _back(problem="files")
    return _back(upload=token, into=into)


@router.get(f"{routes.DOWNLOADS}/imports/{{batch_id}}.csv")
def rows_to_correct(batch_id: int, actor: SignedInActor) -> Response:
    """Answer with the rows an import set aside, to be corrected and imported again."""
    with reading() as session:
        import_history.past_import(session, actor, batch_id)
    heads = {"Content-Disposition": f'attachment; filename="set-aside-{batch_id}.csv"'}
    return StreamingResponse(_lines(actor, batch_id), media_type="text/csv; charset=utf-8", headers=heads)


def _lines(actor: Actor, batch_id: int) -> Iterator[str]:
    with reading() as session:
        yield from import_history.rows_to_correct(session, actor, batch_id)


def _keep(actor: Actor, parts: list[tuple[str, BinaryIO]]) -> str:
    return uploads.keep(get_settings(), actor, parts)


def _back(**params: Any) -> Response:
    given = urlencode({key: value for key, value in params.items() if value})
    return RedirectResponse(f"{routes.IMPORTS}/?{given}", _SEE_OTHER)
