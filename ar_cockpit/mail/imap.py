"""The mailbox that answers come to: read from where the last reading ended, its flags left as they are."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urlsplit

from imap_tools import MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from ar_cockpit.domain.errors import SettingsError

TIMEOUT_SECONDS = 30
MOST_BYTES = 256 * 1024  # of one mail: its headers, its text, and the headers of what it returns; no attachments
_PORTS = {"imaps": 993, "imap": 143}
_MEND = "Write AR_IMAP_URL=imaps://user:password@host:port/folder."


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox was read; other numbers than those of the same validity mean other mails."""

    validity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """A mailbox of ``AR_IMAP_URL`` or ``AR_IMAP_URLS``."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    is_encrypted: bool = True
    timeout: float = TIMEOUT_SECONDS

    @classmethod
    def of_url(cls, url: str) -> ImapMailbox:
        """Read ``imaps://user:password@host:port/folder``; raise ``SettingsError`` otherwise."""
        if not url:
            raise SettingsError("No mailbox is set.", _MEND)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SettingsError("AR_IMAP_URL cannot be read.", _MEND) from error
        if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
            raise SettingsError("AR_IMAP_URL cannot be read.", _MEND)
        return cls(
            parts.hostname,
            port or _PORTS[parts.scheme],
            unquote(parts.username),
            unquote(parts.password or ""),
            unquote(parts.path.strip("/")) or "INBOX",
            parts.scheme == "imaps",
        )

    @property
    def name(self) -> str:
        """How the mailbox is called, without its secret."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"

    def after(self, place: Place, since: date) -> Iterator[tuple[Place, bytes]]:
        """Yield each mail that came after ``place``, with its own; of a mailbox never read, those ``since`` a day.

        Raises ``SettingsError`` with one clear line when the mailbox cannot be read.
        """
        with self._opened() as box:
            validity = int((box.client.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
            start = place.uid if validity == place.validity else 0
            criteria = f"UID {start + 1}:*" if start else f"SINCE {since:%d-%b-%Y}"
            for uid in sorted(int(one) for one in box.uids(criteria, charset=None)):
                if uid > start:  # "n:*" names the last mail even when n lies beyond it
                    yield Place(validity, uid), _fetched(box, uid)

    def check(self) -> None:
        """Sign in and open the folder; raise ``SettingsError`` with one clear line when that fails."""
        with self._opened():
            pass

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            if self.is_encrypted:
                context = ssl.create_default_context()
                box: Any = MailBox(self.host, self.port, timeout=self.timeout, ssl_context=context)
            else:
                box = MailBoxUnencrypted(self.host, self.port, timeout=self.timeout)
            box.login(self.user, self.password, initial_folder=None)
            box.folder.set(self.folder, readonly=True)
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
            raise self._unusable(error) from error
        try:
            yield box
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
            raise self._unusable(error) from error
        finally:
            _leave(box)

    def _unusable(self, error: Exception) -> SettingsError:
        why = " ".join((getattr(error, "strerror", None) or str(error)).split())[:200]
        said = f"The mailbox {self.host}:{self.port}/{self.folder} cannot be read: {why}."
        return SettingsError(said, "Check AR_IMAP_URL and that the server runs; what was read so far is kept.")


def _fetched(box: Any, uid: int) -> bytes:
    _, parts = box.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((part[1] for part in parts or () if isinstance(part, tuple)), b"")


def _leave(box: Any) -> None:
    try:
        box.logout()
    except (ImapToolsError, imaplib.IMAP4.error, OSError):
        box.client.shutdown()
