"""The two sides of a paper, from what the database knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from ar_cockpit.db.queries.letters import Parties
from ar_cockpit.mail.brand import Brand
from ar_cockpit.mail.compose import one_line
from ar_cockpit.mail.papers.parties import Recipient, Seller, address_lines
from ar_cockpit.settings import get_settings

# Columns that imports keep as custom fields because they are none of ours, by what they hold.
_WHOLE = ("postal_address", "address", "adresse", "anschrift", "direccion", "indirizzo", "adres")
_STREET = ("street", "address_1", "address1", "rue", "strasse", "straße", "calle", "via", "straat")
_POST_CODE = ("postcode", "post_code", "postal_code", "zip", "code_postal", "plz", "cap", "cp")


def seller_of(known: Parties, brand: Brand) -> Seller:
    """Return the company that writes with its ``brand``, and who signs for it."""
    settings = get_settings()
    reply_to = known.mail_reply_to or known.mail_from or settings.mail_reply_to or settings.mail_from
    return Seller(
        name=one_line(known.company_name),
        country=known.company_country,
        address=known.address,
        phone=one_line(known.collector_phone or known.phone),
        email=parseaddr(reply_to)[1],
        iban=known.iban or settings.mail_iban,
        bic=known.bic,
        person=one_line(known.collector_name),
        brand=brand,
    )


def recipient_of(known: Parties, person: str) -> Recipient:
    """Return the customer, with whatever is known of where it is."""
    return Recipient(
        code=one_line(known.code),
        name=one_line(known.name),
        person=one_line(person),
        lines=tuple(postal_lines(known)),
        country=known.country,
    )


def postal_lines(known: Parties) -> list[str]:
    """Return street, post code and town as typed by a person, else as an import brought them, else the town."""
    if known.postal_address.strip():
        return address_lines(known.postal_address)
    fields = {str(key).strip().casefold().replace(" ", "_"): value for key, value in (known.custom or {}).items()}
    if whole := _first(fields, _WHOLE):
        lines = address_lines(whole)
        return lines if not known.city or known.city.casefold() in whole.casefold() else [*lines, known.city]
    town = " ".join(one for one in (_first(fields, _POST_CODE), known.city) if one)
    return [one for one in (_first(fields, _STREET), town) if one]


def is_deliverable(known: Parties) -> bool:
    """Return whether a letter could arrive: there is a line above the town."""
    return len(postal_lines(known)) > 1


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((one_line(str(fields[name])) for name in names if fields.get(name)), "")
