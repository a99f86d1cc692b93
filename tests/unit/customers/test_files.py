"""Files about a customer are told by their content."""

from __future__ import annotations

import io

import pytest

from ar_cockpit.domain.customers.files import JPEG, PNG, media_type_of
from ar_cockpit.domain.documents.pdf import PDF, NotAPdfError
from tests.pdfs import a_pdf

ZIP_END = b"PK\x05\x06" + b"\0" * 18


@pytest.mark.parametrize(
    ("content", "kind"),
    [(a_pdf(), PDF), (b"\x89PNG\r\n\x1a\n....", PNG), (b"\xff\xd8\xff\xe0....", JPEG)],
    ids=["a PDF", "a PNG", "a JPEG"],
)
def test_what_is_taken(content: bytes, kind: str) -> None:
    assert media_type_of(io.BytesIO(content), len(content)) == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ program", "no_kind"),
        (b"<html><script>", "no_kind"),
        (b"", "no_kind"),
        (b"\x89PNG\r\n\x1a\n" + ZIP_END, "two_kinds"),
        (b"%PDF-1.4\n", "broken"),
    ],
    ids=["a program", "a page", "nothing", "a picture and an archive", "half a PDF"],
)
def test_what_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(NotAPdfError) as refused:
        media_type_of(io.BytesIO(content), len(content))
    assert refused.value.code == code
