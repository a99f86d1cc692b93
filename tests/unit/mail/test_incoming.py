"""A delivery report is read in every coding and type that servers write it in (RFC 3464, RFC 6533)."""

from __future__ import annotations

import base64
import quopri

import pytest

from ar_cockpit.mail.incoming import Kind, read

OURS = "<a.1@velmora.example>"
STATUS = """Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Ann@x.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
"""
RETURNED = f"Message-ID: {OURS}\nSubject: =?utf-8?q?Rappel?=\nFrom: a@velmora.example\n\nBonjour\n"


def a_report(status: str, returned: str) -> bytes:
    """Return a report made of the two parts, each with its heads."""
    return (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nMessage-ID: <r@mx.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        "--B\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\n"
        f"--B\n{status}\n--B\n{returned}\n--B--\n"
    ).encode()


def part(kind: str, content: str, coding: str = "") -> str:
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(coding)
    body = coded(content.encode()).decode() if coded else content
    return f"Content-Type: {kind}\n" + (f"Content-Transfer-Encoding: {coding}\n" if coding else "") + f"\n{body}"


@pytest.mark.parametrize(
    ("status", "returned"),
    [
        pytest.param(part("message/delivery-status", STATUS), part("message/rfc822", RETURNED), id="as it is written"),
        pytest.param(
            part("message/delivery-status", STATUS), part("text/rfc822-headers", RETURNED), id="the headers alone"
        ),
        pytest.param(
            part("message/delivery-status", STATUS, "base64"),
            part("message/rfc822", RETURNED, "base64"),
            id="in base64, against the rule",
        ),
        pytest.param(
            part("message/delivery-status", STATUS, "quoted-printable"),
            part("message/rfc822", RETURNED),
            id="quoted-printable",
        ),
        pytest.param(
            part("message/global-delivery-status", STATUS.replace("rfc822;", "utf-8;")),
            part("message/global", RETURNED),
            id="of a server for addresses beyond ASCII",
        ),
        pytest.param(
            part("message/global-delivery-status", STATUS.replace("rfc822;", "utf-8;")),
            part("message/global-headers", RETURNED),
            id="the same, the headers alone",
        ),
    ],
)
def test_a_bounce_says_of_which_message_to_whom_and_why(status: str, returned: str) -> None:
    found = read(a_report(status, returned))
    assert (found.kind, found.status, found.recipients) == (Kind.BOUNCE, "5.1.1", {"ann@x.example"})
    assert (found.about[0], found.words) == (OURS, "550 5.1.1 no such user")


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        pytest.param("failed", "4.4.7", Kind.EXPIRED, id="given up: the address may be right"),
        pytest.param("delayed", "4.4.1", Kind.DELAYED, id="still tried"),
        pytest.param("delivered", "2.0.0", Kind.DELIVERED, id="it arrived"),
        pytest.param("relayed", "2.0.0", Kind.DELIVERED, id="handed to a server that tells nothing more"),
    ],
)
def test_what_became_of_a_mail_is_told_apart(action: str, status: str, kind: Kind) -> None:
    told = STATUS.replace("failed", action).replace("Status: 5.1.1", f"Status: {status}")
    assert read(a_report(part("message/delivery-status", told), part("message/rfc822", RETURNED))).kind is kind


def test_of_several_recipients_the_worst_fate_counts() -> None:
    both = STATUS.replace("failed", "delivered") + "\n" + STATUS.partition("\n\n")[2].replace("Ann", "bob")
    found = read(a_report(part("message/delivery-status", both), part("message/rfc822", RETURNED)))
    assert (found.kind, found.recipients) == (Kind.BOUNCE, {"bob@x.example"})


@pytest.mark.parametrize("charset", ["us-ascii", "x-unknown", "cp-850", "utf-8"])
@pytest.mark.parametrize("kind", ["message/rfc822", "message/global"])
def test_what_is_returned_in_bytes_of_no_known_charset_hides_no_bounce(kind: str, charset: str) -> None:
    heads, _, said = RETURNED.partition("\n\n")
    returned = f"{heads}\nContent-Type: text/plain; charset={charset}\n\nNous r\xe9clamons {said}"
    raw = a_report(part("message/delivery-status", STATUS), part(kind, returned)).decode().encode("latin-1")
    found = read(raw)
    assert (found.kind, found.about[0], found.status) == (Kind.BOUNCE, OURS, "5.1.1")


def test_a_status_in_bytes_of_no_known_charset_is_read_all_the_same() -> None:
    told = STATUS.replace("\n\n", "\nContent-Type: text/plain; charset=x-unknown\n\n\xe9\n\n", 1)
    raw = a_report(part("message/delivery-status", told), part("message/rfc822", RETURNED)).decode().encode("latin-1")
    assert read(raw).kind is Kind.BOUNCE
