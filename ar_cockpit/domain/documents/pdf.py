"""Whether a file is a PDF and nothing else besides: what browsers and mail programs will be told it is."""

from __future__ import annotations

import re
from typing import IO

from ar_cockpit.domain.errors import InputError

PDF = "application/pdf"
HEAD = re.compile(rb"%PDF-[12]\.\d[\s\x80-\xff%]")
_END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF[\s\x00]*\Z")
_XREF = re.compile(rb"(xref|\d+\s+\d+\s+obj)")
_TAIL = 2048
_NEAR = 64  # some writers count a byte or two wrong, and readers forgive it
# The directory at the end of a ZIP: a file that is both would be a PDF here and a program elsewhere.
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ZIP_TAIL = _ZIP_END_SIZE + 0xFFFF


class NotAPdfError(InputError):
    """The file is no PDF, or is something else at the same time; ``code`` names the sentence of the screens."""

    def __init__(self, code: str, sentence: str, mend: str = "Save it as a PDF again and attach that file.") -> None:
        super().__init__(sentence, mend)
        self.code = code


def check_pdf(file: IO[bytes], size: int) -> None:
    """Raise ``NotAPdfError`` unless ``file`` begins, ends and is laid out as a PDF; it is read in a few places only."""
    file.seek(0)
    if not HEAD.match(file.read(16)):
        raise NotAPdfError("not_pdf", "The file is not a PDF.")
    if size_of_zip_end(file, size):
        raise NotAPdfError("two_kinds", "The file is a PDF and an archive at the same time.")
    end = _END.search(_tail(file, size, _TAIL))
    if end is None:
        raise NotAPdfError("broken", "The PDF has no proper end: it is broken, or something was added to it.")
    place = int(end[1])
    file.seek(max(0, place - _NEAR))
    if place >= size or not _XREF.search(file.read(2 * _NEAR)):
        raise NotAPdfError("broken", "The PDF does not say where its contents are: it is broken.")


def size_of_zip_end(file: IO[bytes], size: int) -> int:
    """Return how many bytes a ZIP's directory end takes at the end of ``file``; 0 when there is none."""
    tail = _tail(file, size, _ZIP_TAIL)
    at = tail.rfind(_ZIP_END)
    if at < 0 or at + _ZIP_END_SIZE > len(tail):
        return 0
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    is_whole = at + _ZIP_END_SIZE + comment == len(tail)
    return len(tail) - at if is_whole else 0


def _tail(file: IO[bytes], size: int, most: int) -> bytes:
    file.seek(max(0, size - most))
    return file.read(most)
