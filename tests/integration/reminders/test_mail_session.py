"""yagmail's session: signed in, over a channel that is trusted, or one clear refusal."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail import catcher
from ar_cockpit.mail.caught import caught_mails, read_mail
from ar_cockpit.mail.smtp import Refusal, SmtpMailer, Verdict
from tests.reminding import Moody, mail_server


def authenticate(
    _server: SMTP, _session: SmtpSession, _envelope: Envelope, _mechanism: str, data: LoginPassword
) -> AuthResult:
    is_ours = data.login == b"us@x.example" and data.password == b"p@ss:word/1"
    return AuthResult(success=is_ours, handled=False)


@pytest.fixture
def signed_in_only() -> Iterator[int]:
    """A server that wants a login, on a free port."""
    with mail_server(Moody()) as mailer:
        port = mailer.port
    controller = Controller(
        Moody(), "127.0.0.1", port, authenticator=authenticate, auth_required=True, auth_require_tls=False
    )
    controller.start()
    yield port
    controller.stop()


def test_a_login_with_awkward_characters_opens_the_session(signed_in_only: int) -> None:
    url = f"smtp://us%40x.example:p%40ss%3Aword%2F1@127.0.0.1:{signed_in_only}?tls=none"
    wire = SmtpMailer.of_url(url).open()
    wire.envelope("a@x.example", "b@x.example")
    assert wire.data(b"Subject: x\r\n\r\n.dot\r\n").verdict is Verdict.SENT
    wire.close()


def test_a_wrong_login_is_one_clear_refusal(signed_in_only: int) -> None:
    with pytest.raises(SettingsError, match="refuses the login: 535"):
        SmtpMailer.of_url(f"smtp://us%40x.example:wrong@127.0.0.1:{signed_in_only}?tls=none").open()


def test_a_server_that_wants_a_login_we_have_not_is_no_fault_of_a_message(signed_in_only: int) -> None:
    wire = SmtpMailer("127.0.0.1", signed_in_only, tls="none").open()
    with pytest.raises(SettingsError, match="wants another login"):
        wire.envelope("a@x.example", "b@x.example")
    wire.close()


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls: str, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl, "openssl makes the certificate of this test"
    names = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=127.0.0.1"]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with (
        listening(context, speaks_first=tls == "starttls") as port,
        pytest.raises(SettingsError, match="cannot be trusted"),
    ):
        SmtpMailer("127.0.0.1", port, tls=tls).open()


@contextmanager
def listening(context: ssl.SSLContext, *, speaks_first: bool) -> Iterator[int]:
    """Answer one connection up to the moment where the certificate is shown, and yield the port."""

    def answer() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            if speaks_first:
                for words in (b"220 hello\r\n", b"250-hello\r\n250 STARTTLS\r\n", b"220 go ahead\r\n"):
                    connection.sendall(words)
                    if not words.startswith(b"220 go"):
                        connection.recv(1024)
            context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(10)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "http://x", "smtp://", "smtp://host:port", "smtp://host?tls=maybe"], ids=repr
)
def test_an_address_that_is_none_is_refused_with_the_mend(url: str) -> None:
    with pytest.raises(SettingsError, match="AR_SMTP_URL="):
        SmtpMailer.of_url(url)


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://h", 587, "starttls"),
        ("smtps://h", 465, "ssl"),
        ("smtp://h?tls=none", 25, "none"),
        ("smtp://h:2525?tls=ssl", 2525, "ssl"),
    ],
)
def test_the_port_follows_from_the_protection(url: str, port: int, tls: str) -> None:
    assert (SmtpMailer.of_url(url).port, SmtpMailer.of_url(url).tls) == (port, tls)


def test_the_catcher_keeps_a_mail_as_it_came(tmp_path: Path) -> None:
    controller = catcher.start(tmp_path)
    wire = SmtpMailer("127.0.0.1", controller.port, tls="none").open()
    try:
        wire.envelope("a@x.example", "b@x.example")
        wire.data(b"From: a@x.example\r\nSubject: =?utf-8?q?=C3=A9t=C3=A9?=\r\n\r\n..dots\r\n")
    finally:
        wire.close()
        controller.stop()
    (kept,) = caught_mails(tmp_path)
    assert (kept.recipient, kept.subject) == ("b@x.example", "été")
    mail = read_mail(tmp_path, kept.key)
    assert mail is not None
    assert mail.get_content() == "..dots\n"
    assert read_mail(tmp_path, "../../etc/passwd") is None


def test_a_refused_recipient_leaves_the_session_usable() -> None:
    with mail_server(Moody()) as mailer:
        wire = mailer.open()
        with pytest.raises(Refusal):
            wire.envelope("a@x.example", "r550@x.example")
        wire.reset()
        wire.envelope("a@x.example", "b@x.example")
        assert wire.data(b"Subject: x\r\n\r\nx\r\n").verdict is Verdict.SENT
        wire.close()
