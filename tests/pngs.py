"""Pictures made by hand, so that a test says what is in them."""

from __future__ import annotations

import struct
import zlib

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a part of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png(width: int = 40, height: int = 20, *more: bytes, rows: int | None = None) -> bytes:
    """Return a black PNG, ``more`` parts in front of its data; ``rows`` of data that are not its height's."""
    data = zlib.compress(b"\x00" * ((width + 1) * (height if rows is None else rows)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return PNG_HEAD + chunk(b"IHDR", head) + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
