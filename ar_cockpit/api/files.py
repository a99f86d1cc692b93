"""Files over HTTP: the headers they go out under, and how they come in piece by piece, refused or kept."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from ar_cockpit.domain.documents.pdf import NotAPdfError
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.i18n import say
from ar_cockpit.services.documents.storage import CHUNK, Incoming, most_bytes, receiving
from ar_cockpit.settings import get_settings

log = logging.getLogger(__name__)
_CREATED, _OK, _REFUSED = 201, 200, 422
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
# A PDF is foreign matter: it may be drawn, and do nothing else.
_CLOSED = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Taken(NamedTuple):
    """A file that was kept, under its key; ``is_new``: its bytes were not there before."""

    file_id: int
    is_new: bool = True


async def received(request: Request, language: str, take_in: Callable[[Incoming], Taken]) -> Response:
    """Answer with the key of the posted bytes that ``take_in`` keeps, or with why not in the reader's language."""
    settings = get_settings()
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most_bytes(settings):
        return _refusal(language, "size")
    with receiving(settings) as incoming:
        try:
            async for chunk in request.stream():
                await asyncio.to_thread(incoming.write, chunk)
            taken = await asyncio.to_thread(take_in, incoming)
        except NotAPdfError as error:
            return _refusal(language, error.code)
        except SettingsError as error:
            log.warning("%s", error)
            return _refusal(language, "store")
    told = {"document": taken.file_id, "is_new": taken.is_new}
    return JSONResponse(told, _CREATED if taken.is_new else _OK)


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


def _refusal(language: str, code: str) -> Response:
    key = "record.file.kinds" if code == "no_kind" else f"documents.refused.{code}"
    return JSONResponse({"code": code, "refusal": say(language, key, most=get_settings().document_max_mb)}, _REFUSED)


def _disposition(number: str, ending: str, *, is_download: bool) -> str:
    """Return the header with a name made of the invoice's number, in letters every browser can save."""
    kind = "attachment" if is_download else "inline"
    plain = _PLAIN.sub("_", number).strip("._") or "document"
    return f"{kind}; filename=\"{plain}{ending}\"; filename*=UTF-8''{quote(number + ending, safe='')}"
