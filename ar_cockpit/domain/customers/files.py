"""Which files are taken about a customer: PDFs and pictures, told by their content and never by their name."""

from __future__ import annotations

from typing import IO

from ar_cockpit.domain.documents.pdf import PDF, NotAPdfError, check_pdf, size_of_zip_end

PNG, JPEG = "image/png", "image/jpeg"
_HEADS = {PNG: b"\x89PNG\r\n\x1a\n", JPEG: b"\xff\xd8\xff"}


def media_type_of(file: IO[bytes], size: int) -> str:
    """Return what ``file`` is; raise ``NotAPdfError`` for what is neither a sound PDF nor a picture."""
    file.seek(0)
    head = file.read(8)
    for media_type, beginning in _HEADS.items():
        if head.startswith(beginning):
            if size_of_zip_end(file, size):
                raise NotAPdfError("two_kinds", "The file is a picture and an archive at the same time.")
            return media_type
    if not head.startswith(b"%PDF-"):
        raise NotAPdfError("no_kind", "The file is neither a PDF nor a picture.", "Save it as a PDF, a PNG or a JPEG.")
    check_pdf(file, size)
    return PDF
