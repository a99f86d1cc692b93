"""Logos from outside: PNG and JPEG only, bounded, and nothing of their files but what is drawn."""

from __future__ import annotations

import struct

import pytest

from ar_cockpit.mail.pictures import MOST_BYTES, PictureError, clean
from tests.pngs import PNG_HEAD, a_png, chunk


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def a_jpeg(width: int = 40, height: int = 20, *more: bytes) -> bytes:
    """Return the parts of a JPEG, its data with what must not be taken for a marker."""
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\x00") + b"".join(more) + frame + scan + b"\xff\xd9"


@pytest.mark.parametrize(("content", "kind"), [(a_png(), "image/png"), (a_jpeg(), "image/jpeg")], ids=["PNG", "JPEG"])
def test_a_picture_is_taken_as_it_is(content: bytes, kind: str) -> None:
    assert clean(content) == (kind, 40, 20, content)


def test_what_is_not_drawn_is_left_out() -> None:
    told = a_png(40, 20, chunk(b"tEXt", b"Author\x00Ada"), chunk(b"eXIf", b"place"))
    assert clean(told + b"<script>").content == a_png()
    camera = a_jpeg(40, 20, segment(0xE1, b"Exif\x00 place"), segment(0xFE, b"by Ada"))
    assert clean(camera + b"PK\x05\x06").content == a_jpeg()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind", id="SVG"),
        pytest.param(b"GIF89a" + b"\x00" * 40, "kind", id="GIF"),
        pytest.param(b"", "kind", id="nothing"),
        pytest.param(a_png() + b"\x00" * MOST_BYTES, "size", id="too many bytes"),
        pytest.param(a_png(2001, 20), "pixels", id="too wide"),
        pytest.param(a_png(40, 15), "pixels", id="too low"),
        pytest.param(a_png(60000, 60000, rows=1), "pixels", id="a bomb of pixels"),
        pytest.param(a_png(40, 20, rows=4000), "broken", id="more data than pixels"),
        pytest.param(a_png(40, 20, rows=3), "broken", id="fewer data than pixels"),
        pytest.param(a_png()[:-20], "broken", id="a PNG cut off"),
        pytest.param(a_png()[:30] + b"\x07" + a_png()[31:], "broken", id="a wrong checksum"),
        pytest.param(a_jpeg(3000, 20), "pixels", id="a wide JPEG"),
        pytest.param(a_jpeg()[:-2], "broken", id="a JPEG cut off"),
        pytest.param(b"\xff\xd8\xff\xd9", "broken", id="a JPEG of nothing"),
        pytest.param(b"\xff\xd8\x00\x00", "broken", id="no marker"),
        pytest.param(PNG_HEAD, "broken", id="only a head"),
    ],
)
def test_what_is_no_such_picture_is_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(PictureError) as refused:
        clean(content)
    assert refused.value.code == code
