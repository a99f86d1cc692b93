"""A file is taken when it is a PDF from its first byte to its last, and nothing else at the same time."""

from __future__ import annotations

import io
import zipfile

import pytest

from ar_cockpit.domain.documents.pdf import NotAPdfError, check_pdf
from tests.pdfs import a_pdf


def check(content: bytes) -> None:
    check_pdf(io.BytesIO(content), len(content))


def an_archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return held.getvalue()


def a_pdf_that_is_an_archive() -> bytes:
    """Return both in one: the end of the archive is followed by a comment that ends as a PDF does."""
    pdf = a_pdf()
    held = io.BytesIO(pdf)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("run.js", "alert(1)")
        archive.comment = pdf[pdf.rindex(b"startxref") :]
    return held.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(a_pdf(), id="a small one"),
        pytest.param(a_pdf(padding=300_000), id="a larger one"),
        pytest.param(a_pdf().replace(b"%PDF-1.4\n", b"%PDF-2.0\n"), id="the newest version"),
        pytest.param(a_pdf() + b"\r\n\x00\x00", id="blanks after the end"),
        pytest.param(a_pdf(padding=70_000).replace(b"    ", b"PK\x05\x06", 1), id="four bytes that mean nothing"),
    ],
)
def test_a_pdf_is_taken(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "not_pdf", id="nothing"),
        pytest.param(b"%PDF-", "not_pdf", id="five bytes"),
        pytest.param(b"MZ" + a_pdf(), "not_pdf", id="a program in front"),
        pytest.param(b"\n" + a_pdf(), "not_pdf", id="not from the first byte on"),
        pytest.param(b"<html>" + a_pdf(), "not_pdf", id="a page in front"),
        pytest.param(b"%PDF-9.9\n", "not_pdf", id="no version there is"),
        pytest.param(a_pdf()[:-200], "broken", id="cut off"),
        pytest.param(a_pdf() + b"<script>alert(1)</script>", "broken", id="a script behind"),
        pytest.param(a_pdf() + an_archive(), "two_kinds", id="an archive behind"),
        pytest.param(a_pdf_that_is_an_archive(), "two_kinds", id="an archive that ends as a PDF does"),
        pytest.param(b"%PDF-1.4\nstartxref\n9999\n%%EOF\n", "broken", id="contents beyond the end"),
        pytest.param(b"%PDF-1.4\n" + b"x" * 500 + b"\nstartxref\n200\n%%EOF\n", "broken", id="no contents at all"),
    ],
)
def test_anything_else_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(NotAPdfError) as refused:
        check(content)
    assert refused.value.code == code
    assert refused.value.mend
