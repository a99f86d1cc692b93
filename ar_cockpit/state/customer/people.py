"""People at the customer as lines: the one to write to first in front."""

from __future__ import annotations

from collections.abc import Sequence

from ar_cockpit.i18n import catalogue
from ar_cockpit.services.collecting.customer_record import Contact
from ar_cockpit.state.collector.rows import ContactLine
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.phones import dialled


def contact_lines(contacts: Sequence[Contact], language: str) -> list[ContactLine]:
    """Return whom to talk to, the first one in front."""
    known = catalogue(language)
    lines = []
    for contact in contacts:
        speaks = known.get(f"language.{contact.language}", contact.language)
        about = ", ".join(word for word in (known.get(f"role.{contact.role}", contact.role), speaks) if word)
        name = contact.name or contact.email
        lines.append(
            ContactLine(
                name=name,
                initials=rows.initials(name),
                about=about,
                email=contact.email,
                phone=contact.phone,
                phone_href=f"tel:{dialled(contact.phone)}" if contact.phone else "",
                has_bounced=contact.has_bounced,
                key=str(contact.contact_id),
                gets_reminders=contact.gets_reminders,
                left=rows.day(contact.left_on, language) if contact.left_on else "",
            )
        )
    return lines
