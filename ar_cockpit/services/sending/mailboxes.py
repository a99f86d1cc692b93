"""The mailboxes that answers come to: the one of the settings, and those of companies beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Engine

from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail.imap import ImapMailbox
from ar_cockpit.services.sending.mailbox import Mailbox, Moment, read_mailbox
from ar_cockpit.settings import Settings


def mailboxes_of(settings: Settings) -> list[ImapMailbox]:
    """Return every mailbox once; raise ``SettingsError`` when an address cannot be read."""
    urls = [*([settings.imap_url] if settings.imap_url else []), *_urls(settings).values()]
    return list({box.name: box for box in map(ImapMailbox.of_url, urls)}.values())


def read_all(engine: Engine, actor: Actor, mailboxes: Sequence[Mailbox], moment: Moment) -> Counter[str]:
    """Read one mailbox after the other; raise the first ``SettingsError`` only after all had their turn."""
    counts: Counter[str] = Counter()
    errors: list[SettingsError] = []
    for mailbox in mailboxes:
        try:
            counts += read_mailbox(engine, actor, mailbox, moment)
        except SettingsError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return counts


def _urls(settings: Settings) -> dict[str, str]:
    if not settings.imap_urls:
        return {}
    try:
        read = json.loads(settings.imap_urls)
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(url, str) and url for url in read.values()):
        mend = 'Write AR_IMAP_URLS={"COMPANY": "imaps://user:password@host:port/folder"}.'
        raise SettingsError("AR_IMAP_URLS cannot be read.", mend)
    return read
