"""The mails that the local catcher kept: one file each, newest first."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from ar_cockpit.settings import Settings

_KEY = re.compile(r"\d{19}-[0-9a-f]{8}")
_NANOSECONDS = 1_000_000_000
_PREVIEW_BYTES = 16_384  # headers of a mail of ours are far shorter
NEWEST = 200


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A caught mail as it is listed."""

    key: str
    caught_at: datetime
    sender: str
    recipient: str
    subject: str


def mail_folder(settings: Settings) -> Path:
    """Return where caught mails are kept."""
    return settings.home / "mails"


def keep(folder: Path, raw: bytes, recipients: Sequence[str]) -> Path:
    """Write a mail whole or not at all; who it was really for stands in front, as a mail server would note it."""
    key = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
    envelope = "".join(f"Delivered-To: {address}\r\n" for address in recipients)
    part = folder / f".{key}.part"
    part.write_bytes(envelope.encode("ascii", "replace") + raw)
    return part.rename(folder / f"{key}.eml")


def caught_mails(folder: Path, most: int = NEWEST) -> list[CaughtMail]:
    """Return the newest mails, the newest first."""
    paths = sorted(folder.glob("*.eml"), reverse=True)[:most] if folder.is_dir() else []
    return [_summary(path) for path in paths if _KEY.fullmatch(path.stem)]


def read_mail(folder: Path, key: str) -> EmailMessage | None:
    """Return the mail ``key``, or ``None`` when there is none; a key is never used as a path."""
    if not _KEY.fullmatch(key):
        return None
    path = folder / f"{key}.eml"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return message_from_binary_file(file, policy=policy.default)


def caught_at(key: str) -> datetime:
    """Return when the mail ``key`` was caught."""
    return datetime.fromtimestamp(int(key.split("-", maxsplit=1)[0]) / _NANOSECONDS, UTC)


def _summary(path: Path) -> CaughtMail:
    with path.open("rb") as file:
        head = BytesHeaderParser(policy=policy.default).parsebytes(file.read(_PREVIEW_BYTES))
    recipient = ", ".join(head.get_all("Delivered-To", [])) or str(head.get("To", ""))
    return CaughtMail(
        path.stem, caught_at(path.stem), str(head.get("From", "")), recipient, str(head.get("Subject", ""))
    )
