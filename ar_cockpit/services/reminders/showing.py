"""A message looked at outside a mail program: the pictures it names put into its HTML part."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import wording
from ar_cockpit.mail.brand import InlineImage, from_json, to_json
from ar_cockpit.services.sending.parcels import pictures_of

_CID = re.compile(r"cid:([a-z]+@brand)")


def shown_html(session: Session, html: str, images: Sequence[InlineImage]) -> str:
    """Return the HTML part with its pictures in place, to be looked at outside a mail."""
    stored = wording.pictures(session, {image.sha256 for image in images if image.sha256}) if images else {}
    placed = {one.cid: data_address(one.media_type, one.content) for one in pictures_of(to_json(images), stored)}
    return _CID.sub(lambda match: placed.get(match[1], ""), html)


def data_address(media_type: str, content: bytes) -> str:
    """Return a picture as an address that needs nothing fetched."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def shown_row(session: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the outbox, its HTML part to be looked at."""
    return dict(row) | {"html_body": shown_html(session, row["html_body"], from_json(row["images"]))}
