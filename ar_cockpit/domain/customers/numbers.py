"""The numbers that name a company or its bank account, checked by their own check digits, without asking anybody.

A number says what is wrong with it as a code with facts, so that a form answers at once and in the reader's language.
The rules are python-stdnum's: SIREN and SIRET (INSEE), VAT numbers of the EU, the UK, Switzerland, Norway and Monaco,
IBAN (ISO 13616) and LEI (ISO 17442).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from stdnum import get_cc_module, iban, lei
from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fr import siren, siret

REGISTRATION, VAT, IBAN, LEI = "registration", "vat", "iban", "lei"
KINDS = (REGISTRATION, VAT, IBAN, LEI)
_FRANCE = "FR"
_LONGEST = 60
_IBAN, _LEI = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"), re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_LEI_SIGNS = 20
_SHOWN = 4
# VAT numbers begin with another code there than the country has.
_PREFIXES = {"GR": "EL"}
_BESIDE_THE_UNION = ("GB", "CH", "NO", "MC")


@dataclass(frozen=True, slots=True)
class Checked:
    """A number as it is kept, and what is to be said of it; ``is_good`` is false for one that cannot be meant.

    ``code`` is empty for an empty field, ``ok`` for a number whose digits agree, ``unchecked`` where no rule is known,
    and names what is wrong otherwise.
    """

    value: str = ""
    is_good: bool = True
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def check(kind: str, written: str, country: str = "", registration: str = "") -> Checked:
    """Return what is to be said of a number; ``country`` is the customer's, ``registration`` its SIREN if known."""
    tidy = " ".join(written.split())
    if not tidy:
        return Checked()
    if len(tidy) > _LONGEST:
        return Checked(tidy[:_LONGEST], False, "too_long")
    if kind == REGISTRATION:
        return _registration(tidy, country)
    if kind == VAT:
        return _vat(tidy, country, registration)
    packed = "".join(sign for sign in tidy.upper() if sign.isalnum())
    shape, rule = (_IBAN, iban) if kind == IBAN else (_LEI, lei)
    return _by_rule(tidy, rule) if shape.fullmatch(packed) else Checked(tidy, False, _unlike(kind, packed))


def masked(number: str) -> str:
    """Return a bank account with its last digits alone, as the audit and the screens' heads tell it."""
    return f"…{number[-_SHOWN:]}" if number else ""


def grouped(number: str) -> str:
    """Return a bank account in groups of four, as people read it."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _registration(tidy: str, country: str) -> Checked:
    if country != _FRANCE:
        return Checked(tidy, True, "unchecked")
    digits = siret.compact(tidy)
    if siret.is_valid(digits):
        return Checked(siret.to_siren(digits), True, "siret", {"siren": siren_shown(siret.to_siren(digits))})
    return _by_rule(tidy, siren)


def _vat(tidy: str, country: str, registration: str) -> Checked:
    prefix = _PREFIXES.get(country, country)
    packed = "".join(sign for sign in tidy.upper() if sign.isalnum())
    begun = packed[:2]
    if not begun.isalpha():
        guessed = _valid_vat(prefix + packed) if prefix else ""
        if guessed:
            return Checked(tidy, False, "no_prefix", {"guess": guessed})
        return Checked(tidy, False, "no_prefix_at_all", {"prefix": prefix or "FR"})
    found = _valid_vat(packed)
    if not found:
        return Checked(tidy, False, *_why_no_vat(packed))
    holds = found[4:] if begun == _FRANCE else ""
    if holds and registration and registration != holds:
        facts = {"siren": siren_shown(holds), "other": siren_shown(registration)}
        return Checked(found, False, "of_another", facts)
    if prefix and begun != prefix:
        return Checked(found, True, "abroad", {"country": begun})
    return Checked(found, True, "holds_siren" if holds else "ok", {"siren": siren_shown(holds)} if holds else {})


def siren_shown(number: str) -> str:
    """Return a SIREN as people read it, in groups of three."""
    return " ".join(number[place : place + 3] for place in range(0, len(number), 3))


def _valid_vat(packed: str) -> str:
    """Return a VAT number as it is kept, or nothing for one that is none."""
    begun = packed[:2]
    try:
        if begun not in _BESIDE_THE_UNION:
            return str(vat.validate(packed))
        module = get_cc_module(begun.lower(), "vat")
        rest = packed if begun == "CH" else packed[2:]
        found = str(module.validate(rest)) if module else ""
        return found if not found or found.startswith(begun) else begun + found
    except ValidationError:
        return ""


def _why_no_vat(packed: str) -> tuple[str, dict[str, str]]:
    begun = packed[:2]
    try:
        vat.validate(packed)
    except InvalidChecksum:
        return "checksum", {}
    except InvalidLength:
        return "length", {}
    except ValidationError:
        known = begun in {*(one.upper() for one in vat.MEMBER_STATES), "EL", *_BESIDE_THE_UNION}
        return ("format", {}) if known else ("no_country", {"begun": begun})
    return "format", {}


def _unlike(kind: str, packed: str) -> str:
    """Return what is wrong with what does not even look like such a number."""
    too_short = len(packed) != _LEI_SIGNS if kind == LEI else packed[:2].isalpha() and packed[2:4].isdecimal()
    return "length" if too_short else "format"


def _by_rule(tidy: str, rule: object) -> Checked:
    try:
        return Checked(str(rule.validate(tidy)), True, "ok")  # type: ignore[attr-defined]  # a module of stdnum
    except InvalidChecksum:
        return Checked(tidy, False, "checksum")
    except InvalidLength:
        return Checked(tidy, False, "length")
    except ValidationError:
        return Checked(tidy, False, "format")
