"""The quick way to write a mail writes the mail that the standard library would."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.mail.message import OutgoingMail, build, wire_bytes
from ar_cockpit.mail.plain import plain_bytes

AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
PRINTED = st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" ")
WRITTEN = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), include_characters="\n")
NAMES = st.text(PRINTED, max_size=10)  # the standard library loses the blank where it folds a long name
WORDS, BODIES = st.text(PRINTED, max_size=120), st.text(WRITTEN, max_size=300)


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]  # typeshed: the policy's class


def told(raw: bytes) -> dict[str, str]:
    message = read(raw)
    heads = {key: " ".join(str(value).split()) for key, value in message.items() if key != "Content-Type"}
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        heads[kind] = body.get_content().replace("\r\n", "\n")
    return heads


@settings(deadline=None, max_examples=60)
@given(name=NAMES, subject=WORDS, text=BODIES, thread=st.lists(st.sampled_from(["<1@x.example>", "<2@x.example>"])))
def test_both_ways_say_the_same(name: str, subject: str, text: str, thread: list[str]) -> None:
    mail = OutgoingMail(
        message_id="<0123456789abcdef01234567.20260303@alfa.example>",
        sender="Alfa GmbH <dunning@alfa.example>",
        reply_to="inbox@alfa.example",
        recipient="ann@x.example",
        recipient_name=" ".join(name.split()),
        subject=" ".join(subject.split()),
        text=text,
        html=f"<p>{text}</p>",
        thread=thread,
        is_notice=True,
    )
    quick = plain_bytes(mail, AT)
    assert told(quick) == told(wire_bytes(build(mail, AT)))
    assert quick.isascii()
    assert quick.endswith(b"\r\n")
    assert b"\n" not in quick.replace(b"\r\n", b"")
    assert max(map(len, quick.split(b"\r\n"))) <= 998
