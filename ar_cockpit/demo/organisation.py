"""The invented seller: three companies of one group and the people who sign in."""

from __future__ import annotations

from typing import NamedTuple

from ar_cockpit.domain.access import Role


class Seller(NamedTuple):
    """One of the seller's companies."""

    code: str
    name: str
    country: str
    currency: str
    timezone: str
    language: str
    iban: str
    bic: str
    address: str
    phone: str
    mail_from: str
    invoice_prefix: str
    credit_prefix: str
    export_currency: str  # some customers of a large ledger are billed in it


class Look(NamedTuple):
    """The colour of a company's mails and what its law wants said below them."""

    accent: str
    small_print: str


class Person(NamedTuple):
    """Somebody who signs in."""

    email: str
    name: str
    roles: tuple[Role, ...]
    language: str
    phone: str


SELLERS = (
    Seller(
        "VELFR",
        "Velmora France",
        "FR",
        "EUR",
        "Europe/Paris",
        "fr",
        "FR7630006000011234567890189",
        "AGRIFRPP",
        "14 quai de la Fosse, 44000 Nantes",
        "+33 1 99 00 14 00",
        "comptabilite-clients@velmora.example",
        "FA",
        "AV",
        "EUR",
    ),
    Seller(
        "VELDE",
        "Velmora Deutschland",
        "DE",
        "EUR",
        "Europe/Berlin",
        "de",
        "DE89370400440532013000",
        "COBADEFFXXX",
        "Speicherstraße 9, 60327 Frankfurt am Main",
        "+49 69 90009 140",
        "debitoren@velmora.example",
        "RE",
        "GS",
        "CHF",
    ),
    Seller(
        "VELUK",
        "Velmora UK",
        "GB",
        "GBP",
        "Europe/London",
        "en",
        "GB29NWBK60161331926819",
        "NWBKGB2L",
        "3 Canning Wharf, Bristol BS1 6XN",
        "+44 117 496 0140",
        "receivables@velmora.example",
        "IN",
        "CN",
        "USD",
    ),
)
_AT = "@velmora.example"
PEOPLE = (
    Person("manager" + _AT, "Pauline Estève", (Role.EXECUTIVE,), "en", "+33 1 99 00 14 01"),
    Person("ines.caradec" + _AT, "Inès Caradec", (Role.COLLECTOR,), "en", "+33 1 99 00 14 21"),
    Person("jonas.wendt" + _AT, "Jonas Wendt", (Role.COLLECTOR,), "en", "+49 69 90009 142"),
    Person("marta.olivares" + _AT, "Marta Olivares", (Role.COLLECTOR,), "en", "+44 117 496 0143"),
    Person("hugo.mareuil" + _AT, "Hugo Mareuil", (Role.SALES,), "en", "+33 1 99 00 14 31"),
    Person("lea.tournier" + _AT, "Léa Tournier", (Role.SALES,), "fr", "+33 1 99 00 14 32"),
    Person("anke.reuter" + _AT, "Anke Reuter", (Role.SALES,), "en", "+49 69 90009 151"),
    Person("tom.ashworth" + _AT, "Tom Ashworth", (Role.SALES,), "en", "+44 117 496 0152"),
    Person("credit" + _AT, "Solène Vasseur", (Role.CREDIT_MANAGER, Role.EXECUTIVE), "en", "+33 1 99 00 14 11"),
    Person("admin" + _AT, "Dirk Holtmann", (Role.ADMIN,), "en", "+49 69 90009 160"),
)
# Who looks after the customers of each company: the first takes most of them.
COLLECTORS = (
    ("ines.caradec" + _AT, "ines.caradec" + _AT, "marta.olivares" + _AT),
    ("jonas.wendt" + _AT,),
    ("marta.olivares" + _AT,),
)
SALES = (
    ("hugo.mareuil" + _AT, "hugo.mareuil" + _AT, "lea.tournier" + _AT),
    ("anke.reuter" + _AT,),
    ("tom.ashworth" + _AT,),
)

LOOKS = {
    "VELFR": Look(
        "#0f5c6e", "Velmora France SAS au capital de 500 000 € · RCS Nantes 000 000 001 · TVA FR00 000000001"
    ),
    "VELDE": Look(
        "#3e63dd", "Velmora Deutschland GmbH · Amtsgericht Frankfurt am Main HRB 000001 · USt-IdNr. DE000000001"
    ),
    "VELUK": Look("#7a2e4d", "Velmora UK Ltd · registered in England and Wales, no. 00000001 · VAT GB000000001"),
}
