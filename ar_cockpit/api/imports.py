"""Files in and out of the Imports page: uploads bounded before they are read, rows set aside as a download."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import RedirectResponse, Response
from starlette.types import Message

from ar_cockpit import routes
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError, ForbiddenError
from ar_cockpit.services.clock import today
from ar_cockpit.services.importing import history as import_history
from ar_cockpit.services.importing import uploaded, uploads
from ar_cockpit.services.importing.changes import diff
from ar_cockpit.services.importing.importer import Request as ImportRequest
from ar_cockpit.settings import get_settings

router = APIRouter()
_SEE_OTHER = 303
_FORM_ROOM = 64 * 1024  # what a form takes beside its files
_PART_FIELDS = 8
_CSV = "text/csv; charset=utf-8"
_MOST_DRAINED = 4 << 30
_MOST_DIGITS = 18
_MOMENT_SECONDS = 0.3
_PART = 1 << 18
_TOO_LARGE = "The files are too large."


@router.post(f"{routes.UPLOADS}/imports")
async def upload(request: Request, actor: SignedInActor) -> Response:
    """Keep the chosen files for a look before they are imported; nothing is changed yet."""
    actor.require(Permission.IMPORT_LEDGER)
    bounded = _Bounded(request, uploads.most_bytes(get_settings()) + _FORM_ROOM)
    if not bounded.is_over:
        try:
            form = Request(request.scope, bounded).form(max_files=uploads.MOST_FILES, max_fields=_PART_FIELDS)
            async with form as given:
                files = [part for part in given.getlist("files") if isinstance(part, UploadFile) and part.filename]
                token = await asyncio.to_thread(_keep, actor, [(part.filename or "", part.file) for part in files])
                return _back(upload=token, into=str(given.get("into", ""))[:100])
        except (CockpitError, HTTPException, MultiPartException) as error:
            if isinstance(error, ForbiddenError):
                raise
    await bounded.drain()
    return _back(problem="size" if bounded.is_over else "files")


class _TooLargeError(MultiPartException):
    """More is coming than may be kept; as an error of the form it makes the reader drop what it has."""


class _Bounded:
    """Passes a request's body on until it is too large, whatever its head says."""

    def __init__(self, request: Request, most: int) -> None:
        told = request.headers.get("content-length", "")
        self._receive, self._left, self._is_done = request.receive, most, False
        self._is_told_over = told.isdigit() and int(told[:_MOST_DIGITS]) > most

    @property
    def is_over(self) -> bool:
        """Whether more came than may be kept."""
        return self._is_told_over or self._left < 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self._is_done = not message.get("more_body", False)
        if self.is_over:
            raise _TooLargeError(_TOO_LARGE)
        return message

    async def drain(self) -> None:
        """Let the rest pass by without keeping it: a browser that is cut off shows no answer, but its own error."""
        left = _MOST_DRAINED
        while not self._is_done and left > 0:
            message = await self._receive()
            left -= len(message.get("body", b"")) or 1
            self._is_done = not message.get("more_body", False)


@router.get(f"{routes.DOWNLOADS}/imports/changes.csv")
async def changes_to_come(
    actor: SignedInActor, upload: str = "", into: str = "", content: str = "", exported_on: str = ""
) -> Response:
    """Answer with everything that the uploaded files would change; who waits for another's look holds no thread."""
    on = uploaded.export_day(exported_on, today(get_settings().zone))
    request = ImportRequest(on, into[:100], open_items=content == "open_items")
    while (file := await asyncio.to_thread(uploaded.difference, actor, upload, request)) is None:  # noqa: ASYNC110
        await asyncio.sleep(_MOMENT_SECONDS)
    return StreamingResponse(_parts(file), media_type=_CSV, headers=_as_file("changes.csv"))


@router.get(f"{routes.DOWNLOADS}/imports/{{batch_id}}/changes.csv")
def changes_made(batch_id: int, actor: SignedInActor) -> Response:
    """Answer with everything that an import changed."""
    with reading() as session:
        diff.as_csv(session, actor, batch_id)
    return StreamingResponse(_changes(actor, batch_id), media_type=_CSV, headers=_as_file(f"changes-{batch_id}.csv"))


@router.get(f"{routes.DOWNLOADS}/imports/{{batch_id}}.csv")
def rows_to_correct(batch_id: int, actor: SignedInActor) -> Response:
    """Answer with the rows an import set aside, to be corrected and imported again."""
    with reading() as session:
        import_history.past_import(session, actor, batch_id)
    return StreamingResponse(_lines(actor, batch_id), media_type=_CSV, headers=_as_file(f"set-aside-{batch_id}.csv"))


def _changes(actor: Actor, batch_id: int) -> Iterator[str]:
    with reading() as session:
        yield from diff.as_csv(session, actor, batch_id)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART):
            yield part


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _lines(actor: Actor, batch_id: int) -> Iterator[str]:
    with reading() as session:
        yield from import_history.rows_to_correct(session, actor, batch_id)


def _keep(actor: Actor, parts: list[tuple[str, BinaryIO]]) -> str:
    return uploads.keep(get_settings(), actor, parts)


def _back(**params: Any) -> Response:
    given = urlencode({key: value for key, value in params.items() if value})
    return RedirectResponse(f"{routes.IMPORTS}/?{given}", _SEE_OTHER)
