"""A logo from outside: a PNG or JPEG and nothing else, its size bounded, without whatever else its file carried."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG, JPEG = "image/png", "image/jpeg"
MOST_BYTES = 200 * 1024  # it goes out with every mail
MOST_PIXELS_A_SIDE, LEAST_PIXELS_A_SIDE = 2000, 16
_PNG_HEAD, _JPEG_HEAD = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"})
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the PNG's colour type
_DEPTHS = frozenset({1, 2, 4, 8, 16})
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive
_SCAN, _END = 0xDA, 0xD9
_NAMELESS = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length: TEM and the restarts
_MARK, _FIRST_APPLICATION, _COMMENT = 0xFF, 0xE0, 0xFE
_DRAWN = frozenset({0xE0, 0xEE})  # JFIF and Adobe: the only application parts that change how it is drawn


class PictureError(ValueError):
    """It cannot be taken; ``code`` is one of kind, size, pixels, broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Cleaned(NamedTuple):
    """A picture as it may be sent on: checked, and without comments, places and cameras."""

    media_type: str
    width: int
    height: int
    content: bytes


def clean(content: bytes) -> Cleaned:
    """Return the picture in ``content``; raise ``PictureError`` for what is none, broken, or out of bounds."""
    if len(content) > MOST_BYTES:
        raise PictureError("size")
    try:
        if content.startswith(_PNG_HEAD):
            return _png(content)
        if content.startswith(_JPEG_HEAD):
            return _jpeg(content)
    except (IndexError, KeyError, zlib.error) as error:
        raise PictureError("broken") from error
    raise PictureError("kind")


def _png(content: bytes) -> Cleaned:
    chunks = list(_chunks(content))
    name, head = chunks[0]
    if name != b"IHDR" or len(head) != 13 or chunks[-1][0] != b"IEND" or head[8] not in _DEPTHS:
        raise PictureError("broken")
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    _check_pixels(width, height)
    data = b"".join(body for name, body in chunks if name == b"IDAT")
    row = 1 + (width * _SAMPLES[head[9]] * head[8] + 7) // 8
    most = row * height + 16 * height + 64  # interlaced pictures have more, shorter rows
    decoder = zlib.decompressobj()
    drawn = len(decoder.decompress(data, most + 1))
    if drawn > most or not decoder.eof or (not head[12] and drawn != row * height):
        raise PictureError("broken")
    kept = b"".join(_chunk(name, body) for name, body in chunks if name in _PNG_CHUNKS)
    return Cleaned(PNG, width, height, _PNG_HEAD + kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG_HEAD)
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        name, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        check = content[place + 8 + length : place + 12 + length]
        if len(check) != 4 or int.from_bytes(check, "big") != zlib.crc32(name + body):
            raise PictureError("broken")
        yield name, body
        if name == b"IEND":
            return  # whatever follows is left behind
        place += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def _jpeg(content: bytes) -> Cleaned:
    kept, size = [_JPEG_HEAD], (0, 0)
    for marker, part in _segments(content):
        if marker in _FRAMES:
            size = int.from_bytes(part[7:9], "big"), int.from_bytes(part[5:7], "big")
            _check_pixels(*size)
        if marker in _DRAWN or not (_FIRST_APPLICATION <= marker <= _COMMENT):
            kept.append(part)
    if not all(size):
        raise PictureError("broken")
    return Cleaned(JPEG, *size, b"".join(kept))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker with its bytes, up to the end of the picture; a scan has its data with it."""
    place, marker = len(_JPEG_HEAD), 0
    while marker != _END:
        if content[place] != _MARK:
            raise PictureError("broken")
        marker = content[place + 1]
        is_bare = marker in _NAMELESS or marker == _END
        end = place + 2 + (0 if is_bare else int.from_bytes(content[place + 2 : place + 4], "big"))
        if end > len(content):
            raise PictureError("broken")
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        yield marker, content[place:end]
        place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Return where the next marker begins: in a scan, FF is followed by 00, by another FF, or by a restart."""
    while True:
        place = content.find(_MARK, place)
        if place < 0:
            raise PictureError("broken")
        following = content[place + 1]
        if following not in _NAMELESS and following not in (0, _MARK):
            return place
        place += 1 if following == _MARK else 2


def _check_pixels(width: int, height: int) -> None:
    if not all(LEAST_PIXELS_A_SIDE <= side <= MOST_PIXELS_A_SIDE for side in (width, height)):
        raise PictureError("pixels")
