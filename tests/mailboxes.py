"""A mail server's other side for tests: enough of IMAP4rev1 on a real socket, and mails as real systems write them."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ar_cockpit.mail.imap import ImapMailbox

_PARTIAL = re.compile(rb"BODY\.PEEK\[\]<0\.(\d+)>", re.IGNORECASE)


@dataclass
class Box:
    """Mails by their numbers; ``hang_up_after`` so many were fetched, once."""

    mails: list[bytes] = field(default_factory=list)
    validity: int = 7
    first_uid: int = 11
    hang_up_after: int = -1
    commands: list[str] = field(default_factory=list)
    password: str = "secret"

    def search(self, criteria: str) -> list[int]:
        """Return the numbers that ``UID n:*`` or ``SINCE`` means."""
        uids = [self.first_uid + place for place in range(len(self.mails))]
        start = re.match(r"UID (\d+):\*", criteria)
        if start and uids:
            return [uid for uid in uids if uid >= int(start[1])] or [uids[-1]]
        return uids


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]  # given below
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.strip().decode().partition(" ")
            box.commands.append(re.sub(r"(LOGIN \S+) .*", r"\1", rest))
            if not self._answer(box, tag, rest):
                return

    def _answer(self, box: Box, tag: str, rest: str) -> bool:
        verb, _, more = rest.partition(" ")
        match verb.upper():
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            case "LOGIN" if f'"{box.password}"' not in more:
                self._say(f"{tag} NO wrong password")
                return True
            case "SELECT" | "EXAMINE":
                if "inbox" not in more.lower():
                    self._say(f"{tag} NO there is no such folder")
                    return True
                self._say(f"* {len(box.mails)} EXISTS")
                self._say(f"* OK [UIDVALIDITY {box.validity}] valid")
            case "UID":
                if not self._uid(box, more):
                    return False
            case "LOGOUT":
                self._say("* BYE")
        self._say(f"{tag} OK done")
        return verb.upper() != "LOGOUT"

    def _uid(self, box: Box, more: str) -> bool:
        verb, _, rest = more.partition(" ")
        if verb.upper() == "SEARCH":
            self._say(f"* SEARCH {' '.join(map(str, box.search(rest.strip('()'))))}".rstrip())
            return True
        if box.hang_up_after == 0:
            box.hang_up_after = -1
            return False
        box.hang_up_after -= 1
        uid = int(rest.split()[0])
        most = _PARTIAL.search(rest.encode())
        content = box.mails[uid - box.first_uid][: int(most[1]) if most else None]
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def imap_server(box: Box) -> Iterator[ImapMailbox]:
    """Serve ``box`` on a free port and yield how to reach it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]  # read above
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield ImapMailbox("127.0.0.1", server.server_address[1], "inbox@alfa.example", "secret", is_encrypted=False)
        finally:
            server.shutdown()


def mail(*lines: str, **heads: str) -> bytes:
    """Return a mail of these headers (``_`` for ``-``) and lines."""
    head = [f"{key.replace('_', '-')}: {value}" for key, value in heads.items()]
    return "\r\n".join([*head, "", *lines, ""]).encode()


def a_reply(to: str, text: str = "We pay on Friday.", **more: str) -> bytes:
    """Return a customer's answer to the message ``to``."""
    heads = {
        "From": "Ann Lee <ann@x.example>",
        "Subject": "Re: Reminder",
        "Message_ID": f"<reply-{abs(hash((to, text))) % 10**9}@x.example>",
        "In_Reply_To": to,
        "References": f"<elsewhere@x.example> {to}",
        "Date": "Tue, 3 Mar 2026 10:00:00 +0100",
        "Content_Type": "text/plain; charset=utf-8",
    }
    return mail(text, "", "> our words", **(heads | more))


def _report(sender: str, about: str, status: list[str], said: list[str], **more: str) -> bytes:
    """Return a report as RFC 3464 has it: words, fields, and the headers of what it is about."""
    heads = {
        "Return_Path": "<>",
        "From": sender,
        "To": "dunning@alfa.example",
        "Subject": "Undelivered Mail Returned to Sender",
        "Message_ID": f"<report-{abs(hash((sender, about, *status))) % 10**9}@mx.example>",
        "Date": "Tue, 3 Mar 2026 09:05:00 +0000",
        "MIME_Version": "1.0",
        "Content_Type": 'multipart/report; report-type=delivery-status; boundary="b1"',
    }
    original = ["Content-Type: text/rfc822-headers", "", "From: dunning@alfa.example", f"Message-ID: {about}", ""]
    lines = ["--b1", "Content-Type: text/plain; charset=us-ascii", "", *said, ""]
    lines += ["--b1", "Content-Type: message/delivery-status", "", *status, "", "--b1", *original, "--b1--"]
    return mail(*lines, **(heads | more))


def from_postfix(about: str, recipient: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """Return what a Postfix sends back."""
    return _report(
        "MAILER-DAEMON@mx.alfa.example (Mail Delivery System)",
        about,
        [
            "Reporting-MTA: dns; mx.alfa.example",
            "X-Postfix-Queue-ID: 4F2A1C0D",
            "Arrival-Date: Tue,  3 Mar 2026 09:04:59 +0000 (UTC)",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            f"Original-Recipient: rfc822;{recipient}",
            f"Action: {action}",
            f"Status: {status}",
            "Remote-MTA: dns; mx.x.example",
            f"Diagnostic-Code: smtp; 550 {status} <{recipient}>: Recipient address rejected",
        ],
        ["This is the mail system at host mx.alfa.example.", "", "I'm sorry to have to inform you that your message"],
    )


def from_exchange(about: str, recipient: str) -> bytes:
    """Return what an Exchange Online sends back: the original comes whole, its headers inside."""
    lines = [
        "--b2",
        "Content-Type: multipart/alternative; boundary=b3",
        "",
        "--b3",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Your message to {recipient} couldn't be delivered.",
        "--b3",
        "Content-Type: text/html; charset=utf-8",
        "",
        "<p>Your message couldn't be delivered.</p>",
        "--b3--",
        "--b2",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns;AM0PR01MB1234.eurprd01.prod.exchangelabs.com",
        "",
        f"Final-Recipient: rfc822;{recipient}",
        "Action: failed",
        "Status: 5.1.10",
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "",
        "--b2",
        "Content-Type: message/rfc822",
        "",
        "From: dunning@alfa.example",
        f"To: {recipient}",
        f"Message-ID: {about}",
        "Subject: Reminder",
        "",
        "Dear Ann Lee",
        "--b2--",
    ]
    return mail(
        *lines,
        From="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example>",
        Subject="=?utf-8?q?Undeliverable=3A_Reminder?=",
        Message_ID=f"<ex-{abs(hash(about)) % 10**9}@AM0PR01MB1234.eurprd01.prod.exchangelabs.com>",
        In_Reply_To=about,
        Date="Tue, 3 Mar 2026 09:05:00 +0000",
        MIME_Version="1.0",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b2"',
    )


def from_gmail(about: str, recipient: str) -> bytes:
    """Return what Gmail sends back."""
    return _report(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        about,
        [
            "Reporting-MTA: dns; googlemail.com",
            "Received-From-MTA: dns; dunning@alfa.example",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            "Action: failed",
            "Status: 5.1.1",
            "Remote-MTA: dns; gmail-smtp-in.l.google.com. (142.250.27.27, the server for the domain.)",
            "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
        ],
        ["** Address not found **", "", f"Your message wasn't delivered to {recipient}"],
        X_Failed_Recipients=recipient,
        Auto_Submitted="auto-replied",
    )


def from_qmail(about: str, recipient: str) -> bytes:
    """Return what an old qmail sends back: plain text, the original below it."""
    return mail(
        "Hi. This is the qmail-send program at x.example.",
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        "This is a permanent error; I've given up. Sorry it didn't work out.",
        "",
        f"<{recipient}>:",
        "550 5.1.1 no mailbox here by that name",
        "",
        "--- Below this line is a copy of the message.",
        "",
        "From: dunning@alfa.example",
        f"Message-ID: {about}",
        From="MAILER-DAEMON@x.example",
        Return_Path="<>",
        Subject="failure notice",
        Date="3 Mar 2026 09:05:00 -0000",
    )
