"""The mailbox of the demo: what the local catcher kept, read in the browser. Whatever a mail holds is only shown."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from email.message import EmailMessage, Message
from functools import partial

from babel.dates import format_datetime
from fastapi import APIRouter, HTTPException
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse, Response

from ar_cockpit import routes
from ar_cockpit.api.files import closed_headers
from ar_cockpit.api.guard import SignedIn
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.documents.pdf import PDF
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.i18n import locale_of, say
from ar_cockpit.mail.caught import caught_at, caught_mails, mail_folder, read_mail
from ar_cockpit.settings import get_settings

router = APIRouter(prefix=routes.MAILBOX)
_READERS = (Permission.VIEW_PLAN, Permission.RUN_JOBS)
_CID = re.compile(r"cid:([^\"'\s)>]+)")
_TEMPLATES = Environment(loader=PackageLoader("ar_cockpit.api"), autoescape=select_autoescape())
# A letter is foreign matter: no script, no form, nothing fetched from anywhere.
_LETTER_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


@router.get("")
def list_mails(who: SignedIn) -> Response:
    """List the caught mails, newest first."""
    _admit(who.actor)
    mails = caught_mails(mail_folder(get_settings()))
    return _page("mailbox.html", who, title=say(who.language, "mailbox.title"), mails=mails)


@router.get("/{key}")
def show_mail(key: str, who: SignedIn) -> Response:
    """Show one mail: its heads, its letter in a closed frame, its plain text."""
    mail = _mail(who.actor, key)
    plain = mail.get_body(("plain",))
    return _page(
        "mail.html",
        who,
        title=str(mail.get("Subject", "–")),
        mail=mail,
        key=key,
        caught_at=caught_at(key),
        has_html=mail.get_body(("html",)) is not None,
        plain=plain.get_content() if plain else "",
        papers=[str(part.get_filename() or "–") for part in _papers(mail)],
    )


@router.get("/{key}/html")
def show_letter(key: str, who: SignedIn) -> Response:
    """Return the letter itself, its inline images put in place, for the closed frame."""
    mail = _mail(who.actor, key)
    body = mail.get_body(("html",))
    if body is None:
        raise NotFoundError("This mail has no letter.")
    images = _inline_images(mail)
    letter = _CID.sub(lambda match: images.get(match[1], ""), str(body.get_content()))
    return HTMLResponse(letter, headers=_LETTER_HEADERS)


@router.get("/{key}/papers/{place}")
def show_paper(key: str, place: int, who: SignedIn) -> Response:
    """Return a PDF that came with the mail."""
    mail = _mail(who.actor, key)
    parts = _papers(mail)
    content = parts[place].get_payload(decode=True) if 0 <= place < len(parts) else None
    if not isinstance(content, bytes):
        raise NotFoundError("This mail has no such attachment.")
    name = str(parts[place].get_filename() or "").removesuffix(".pdf")
    return Response(content, media_type=PDF, headers=closed_headers(name, len(content)))


@router.get("/{key}/source")
def download_mail(key: str, who: SignedIn) -> Response:
    """Return the mail as it was received."""
    mail = _mail(who.actor, key)
    headers = {"Content-Disposition": f'attachment; filename="{key}.eml"', "Cache-Control": "no-store"}
    return Response(mail.as_bytes(), media_type="message/rfc822", headers=headers)


def _admit(actor: Actor) -> None:
    if not any(actor.may(permission) for permission in _READERS):
        raise NotFoundError("There is no mailbox.")


def _mail(actor: Actor, key: str) -> EmailMessage:
    _admit(actor)
    mail = read_mail(mail_folder(get_settings()), key)
    if mail is None:
        raise HTTPException(404, "There is no such mail.")
    return mail


def _papers(mail: EmailMessage) -> list[Message]:
    return [part for part in mail.iter_attachments() if part.get_content_type() == PDF]


def _inline_images(mail: EmailMessage) -> dict[str, str]:
    """Return the pictures of the mail by their content id, as data addresses."""
    images: dict[str, str] = {}
    for part in mail.walk():
        name = str(part.get("Content-ID", "")).strip("<>")
        content = part.get_payload(decode=True)
        if name and part.get_content_maintype() == "image" and isinstance(content, bytes):
            images[name] = f"data:{part.get_content_type()};base64,{base64.b64encode(content).decode()}"
    return images


def _page(template: str, who: SignedIn, **values: object) -> Response:
    language = who.language
    given = {"say": partial(say, language), "when": partial(_when, language), "language": language, "theme": who.theme}
    given |= {"address": routes.MAILBOX, "home": routes.HOME}
    return HTMLResponse(_TEMPLATES.get_template(template).render(given | values))


def _when(language: str, instant: datetime) -> str:
    local = instant.astimezone(get_settings().zone)
    return format_datetime(local, "EEE d MMM, HH:mm:ss", locale=locale_of(language))
