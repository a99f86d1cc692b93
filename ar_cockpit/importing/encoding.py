"""What a file is before it is read: its bytes' encoding, size and hash; what is no text is refused."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ar_cockpit.domain.errors import InputError

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Signs in the midst of words, which are letters in the code pages of DOS and of old Macs. Not … and ™, which people do
# write there, while the letters they would be, à and Ö, seldom stand before a small one.
_ODD_WORDS = re.compile(rb"[A-Za-z][\x82\x84\x86-\x89][a-z]|[a-z][\x8a\x8c\x8e\x9f][a-z]")
_WORDS = re.compile(rb"[A-Za-z][\xc0-\xd6\xd8-\xf6\xf8-\xff][a-z]")
_BETWEEN, _LONGEST_WORD = re.compile(rb'[\s,;|"]'), 30
_MEND = "Save it as CSV in UTF-8 and try again."


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A readable text file: how it is encoded, how long it is, and its SHA-256."""

    encoding: str
    size: int
    sha256: str


def examine(path: Path, name: str) -> FileFacts:
    """Return the facts of the file called ``name``; raise ``InputError`` when it is unreadable, empty or no text."""
    head, facts = _read(path, name)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise InputError(f"{name} is empty.")
    return replace(facts, encoding=_encoding(path, name, head))


def fingerprint(path: Path, name: str) -> FileFacts:
    """Return size and hash of a file that is no text."""
    return _read(path, name)[1]


def _read(path: Path, name: str) -> tuple[bytes, FileFacts]:
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
            stream.seek(0)
            digest = hashlib.sha256()
            size = 0
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    return head, FileFacts("", size, digest.hexdigest())


def _encoding(path: Path, name: str, head: bytes) -> str:
    encoding = next((marked for bom, marked in _BOMS if head.startswith(bom)), "") or _unmarked_utf16(head)
    if not encoding and _is_binary(head):
        raise InputError(f"{name} is not a text file.", _MEND)
    if encoding:
        _require_decodable(path, name, encoding)
        return encoding
    return _eight_bit(path, name)


def _unmarked_utf16(head: bytes) -> str:
    """Return the byte order of UTF-16 without a mark: in Western text every other byte is zero."""
    half = len(head) // 2
    if half and head[1::2].count(0) > half * 0.7 and head[0::2].count(0) == 0:
        return "utf-16-le"
    if half and head[0::2].count(0) > half * 0.7 and head[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _is_binary(head: bytes) -> bool:
    """Tell pictures and archives from text whose cells hold a NUL, which is a control character as any other."""
    if b"\0" not in head:
        return False
    first_line = head.partition(b"\n")[0]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return b"\0" in first_line


def _require_decodable(path: Path, name: str, encoding: str) -> None:
    try:
        for _ in _decoded(path, encoding):
            pass
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is damaged: it begins as {encoding} and does not go on so.", _MEND) from error


def _eight_bit(path: Path, name: str) -> str:
    """Return UTF-8 or Windows-1252; a file that is UTF-8 only in part is damaged, not Windows-1252."""
    lines, seen_beyond_ascii = 1, False
    try:
        for text in _decoded(path, "utf-8"):
            lines += text.count("\n")
            seen_beyond_ascii = seen_beyond_ascii or not text.isascii()
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        if seen_beyond_ascii or not before.isascii():
            line = lines + before.count(b"\n")
            raise InputError(f"{name} is UTF-8 up to line {line} and damaged there.", _MEND) from error
    else:
        return "utf-8"
    try:
        for _ in _decoded(path, "cp1252"):
            pass
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is neither UTF-8 nor Windows-1252.", _MEND) from error
    _require_words(path, name)
    return "cp1252"


def _require_words(path: Path, name: str) -> None:
    """Refuse what Windows-1252 reads as signs within words: nearly any bytes are some text in it."""
    lines, odd, plain, first = 1, 0, 0, ""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found = _ODD_WORDS.search(chunk)
            if found and not first:
                line = lines + chunk.count(b"\n", 0, found.start())
                word = _word_around(chunk, found.start())
                first = f"line {line} would say {word!r}"
            odd += len(_ODD_WORDS.findall(chunk)) if found else 0
            plain += len(_WORDS.findall(chunk))
            lines += chunk.count(b"\n")
    if odd > plain:
        raise InputError(f"{name} is in no encoding that is read here: {first}.", _MEND)


def _word_around(chunk: bytes, place: int) -> str:
    before = _BETWEEN.split(chunk[max(0, place - _LONGEST_WORD) : place])[-1]
    after = _BETWEEN.split(chunk[place : place + _LONGEST_WORD])[0]
    return (before + after).decode("cp1252", "replace")


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
