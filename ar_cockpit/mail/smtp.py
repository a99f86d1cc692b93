"""The wire: yagmail opens and authenticates the session, and the protocol is spoken one step at a time.

yagmail's own ``send`` is never used: it repeats a message by itself after a lost connection.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import yagmail

from ar_cockpit.domain.errors import InputError, SettingsError
from ar_cockpit.domain.pace import Cap, parse_caps

TIMEOUT_SECONDS = 30
_GOODBYE_SECONDS = 2
_PORTS = {"ssl": 465, "starttls": 587, "none": 25}
_MEND = "Write AR_SMTP_URL=smtp://user:password@host:port?tls=starttls (or ssl, or none)."
_DOTS = re.compile(rb"(?m)^\.")
_CLOSING = 421
_START_INPUT = 354
_LOGIN_CODES = frozenset({530, 534, 535, 538})


class Verdict(StrEnum):
    """What the server made of a message."""

    SENT = "sent"
    LATER = "queued"  # refused for now, or dropped while it was provably unsent
    REFUSED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict with the server's words and code (0: it said nothing); ``is_lost`` when the connection went too."""

    verdict: Verdict
    words: str
    is_lost: bool = False
    code: int = 0


class Refusal(Exception):  # noqa: N818 (an answer of the server, not an error of ours)
    """The server did not take the envelope: the message is provably unsent."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.words)
        self.answer = answer


class Wire(Protocol):
    """An open session with a mail server."""

    def envelope(self, sender: str, recipient: str) -> None:
        """Announce a message; raise :class:`Refusal` when the server does not take it."""

    def data(self, content: bytes) -> Answer:
        """Hand over the announced message and return what the server made of it."""

    def reset(self) -> None:
        """Withdraw the announced message."""

    def close(self) -> None:
        """End the session."""

    def drop(self) -> None:
        """Leave a connection that is lost."""


class Mailer(Protocol):
    """Opens sessions with one mail server."""

    @property
    def name(self) -> str:
        """How the account is called."""

    def open(self) -> Wire:
        """Connect and sign in; raise ``SettingsError`` with one clear line when that fails."""


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """The mail server of ``AR_SMTP_URL``."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    timeout: float = TIMEOUT_SECONDS
    caps: tuple[Cap, ...] = ()
    setting: str = "AR_SMTP_URL"

    @classmethod
    def of_url(cls, url: str, setting: str = "AR_SMTP_URL") -> SmtpMailer:
        """Read ``smtp://user:password@host:port?tls=starttls|ssl|none&cap=30/minute``; raise ``SettingsError``."""
        if not url:
            raise SettingsError("No mail server is set.", _MEND)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SettingsError(f"{setting} cannot be read.", _MEND) from error
        given = parse_qs(parts.query)
        tls = given.get("tls", ["ssl" if parts.scheme == "smtps" else "starttls"])[0]
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in _PORTS:
            raise SettingsError(f"{setting} cannot be read.", _MEND)
        try:
            caps = parse_caps(given.get("cap", []))
        except InputError as error:
            raise SettingsError(f"{setting}: {error.sentence}", error.mend) from error
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or _PORTS[tls], user, password, tls, caps=caps, setting=setting)

    @property
    def name(self) -> str:
        """How the account is called, without its secret."""
        return f"{self.user}@{self.host}:{self.port}" if self.user else f"{self.host}:{self.port}"

    def open(self) -> Wire:
        """Connect and sign in; raise ``SettingsError`` with one clear line when that fails."""
        context = ssl.create_default_context() if self.tls != "none" else None
        client = yagmail.SMTP(
            self.user or None,
            self.password,  # never None: yagmail would ask the keyring, then the terminal
            host=self.host,
            port=self.port,
            smtp_ssl=self.tls == "ssl",
            smtp_starttls={"context": context} if self.tls == "starttls" else False,
            smtp_skip_login=not self.user,
            soft_email_validation=False,
            timeout=self.timeout,
            local_hostname=socket.gethostname(),  # or every connection asks the name service who we are
            **({"context": context} if self.tls == "ssl" else {}),
        )
        try:
            client.login()
        except (smtplib.SMTPException, OSError) as error:
            client.is_closed = True
            if client.smtp is not None:
                client.smtp.close()
            raise self._unusable(_why(error)) from error
        return SmtpWire(client)

    def _unusable(self, why: str) -> SettingsError:
        said = f"The mail server {self.host}:{self.port} {why.rstrip('.')}."
        return SettingsError(said, f"Check {self.setting} and that the server runs; nothing was sent.")


class SmtpWire:
    """A session that yagmail opened, spoken step by step."""

    def __init__(self, client: yagmail.SMTP) -> None:
        self.client = client
        self.smtp: smtplib.SMTP = client.smtp

    def envelope(self, sender: str, recipient: str) -> None:
        """Announce a message; raise :class:`Refusal` when the server does not take it."""
        try:
            self.smtp.ehlo_or_helo_if_needed()
            if self.smtp.has_extn("pipelining"):
                self._both_at_once(sender, recipient)
                return
            self._check(*self.smtp.mail(sender))
            self._check(*self.smtp.rcpt(recipient))
        except smtplib.SMTPResponseException as error:
            raise Refusal(_judged(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Refusal(Answer(Verdict.LATER, f"connection lost before DATA: {error}", is_lost=True)) from error

    def _both_at_once(self, sender: str, recipient: str) -> None:
        """Send MAIL and RCPT together and read both answers: one way to the server and back (RFC 2920)."""
        lines = f"mail FROM:{smtplib.quoteaddr(sender)}", f"rcpt TO:{smtplib.quoteaddr(recipient)}"
        if any(character in line for line in lines for character in "\r\n"):
            raise Refusal(Answer(Verdict.REFUSED, "an address with a line end in it is none"))
        self.smtp.send("".join(f"{line}\r\n" for line in lines))
        answers = self.smtp.getreply(), self.smtp.getreply()
        for code, words in answers:
            self._check(code, words)

    def data(self, content: bytes) -> Answer:
        """Hand over the announced message and return what the server made of it."""
        try:
            self.smtp.putcmd("data")
            code, words = self.smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            # Not a byte of the message left us: it is provably unsent.
            return Answer(Verdict.LATER, f"connection lost before the message: {error}", is_lost=True)
        if code != _START_INPUT:
            return _judged(code, words)
        try:
            self.smtp.send(_DOTS.sub(b"..", content) + b".\r\n")
            code, words = self.smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            said = "time-out" if "timed out" in str(error) else "connection lost"
            return Answer(Verdict.UNKNOWN, f"{said} after DATA began: {error}", is_lost=True)
        return _judged(code, words)

    def reset(self) -> None:
        """Withdraw the announced message; a connection that is gone has withdrawn it already."""
        try:
            self.smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.smtp.close()

    def close(self) -> None:
        """End the session, politely if the server still listens."""
        try:
            if self.smtp.sock is not None:
                self.smtp.sock.settimeout(_GOODBYE_SECONDS)
            self.client.close()
        except (smtplib.SMTPException, OSError):
            self.smtp.close()

    def drop(self) -> None:
        """Leave a connection that is lost."""
        self.client.is_closed = True  # or yagmail says good-bye once more when it is collected
        self.smtp.close()

    @staticmethod
    def _check(code: int, words: bytes) -> None:
        if code in _LOGIN_CODES:
            said = f"The mail server wants another login: {_words(code, words)}."
            raise SettingsError(said, "Check AR_SMTP_URL; nothing was sent.")
        if not 200 <= code < 300:
            raise smtplib.SMTPResponseException(code, words)


def _why(error: Exception) -> str:
    """Return what keeps us from using a server, in words that follow its name."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refuses the login: {_words(error.smtp_code, error.smtp_error)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"refuses us: {_words(error.smtp_code, error.smtp_error)}"
    if isinstance(error, ssl.SSLError):
        return f"cannot be trusted: {error.reason or error}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"cannot be used as AR_SMTP_URL says: {error}"
    return f"cannot be reached: {getattr(error, 'strerror', None) or error}"


def _judged(code: int, words: bytes | str) -> Answer:
    said = _words(code, words)
    if 200 <= code < 300:
        return Answer(Verdict.SENT, said, code=code)
    if 500 <= code < 600:
        return Answer(Verdict.REFUSED, said, code=code)
    return Answer(Verdict.LATER, said, is_lost=code in (_CLOSING, -1), code=max(code, 0))


def _words(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(f"{code} {said}".split())[:300]
