"""Who a message is from, and the Message-ID that it always gets."""

from __future__ import annotations

import hashlib
from datetime import date
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache

from ar_cockpit.db.queries.reminders.messages import Correspondence
from ar_cockpit.mail.compose import one_line
from ar_cockpit.settings import get_settings


def sender_of(writer: Correspondence) -> tuple[str, str]:
    """Return the From and Reply-To of a company: its own, else those of the settings."""
    settings = get_settings()
    reply_to = writer.mail_reply_to or (settings.mail_reply_to if not writer.mail_from else writer.mail_from)
    return _addresses(writer.company_name, writer.mail_from or settings.mail_from, reply_to)


@lru_cache(maxsize=256)
def _addresses(company_name: str, mail_from: str, reply_to: str) -> tuple[str, str]:
    own_name, address = parseaddr(mail_from)
    return str(Address(one_line(own_name or company_name), addr_spec=address)), parseaddr(reply_to)[1]


def message_id(writer: Correspondence, on: date, channel: str, recipient: str) -> str:
    """Return the Message-ID that a message of this customer, day, channel and address always gets."""
    own = f"{writer.company_code}\n{writer.customer_code}\n{on.isoformat()}\n{channel}\n{recipient}"
    domain = _domain_of(sender_of(writer)[0])
    return f"<{hashlib.sha256(own.encode()).hexdigest()[:24]}.{on:%Y%m%d}@{domain}>"


@lru_cache(maxsize=256)
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
