"""How a company's mails look and where its customers pay: shown, checked, saved with its trace, previewed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from email.utils import parseaddr
from typing import Any

from sqlmodel import Session, select

from ar_cockpit.db.queries.reminders import wording
from ar_cockpit.db.tables import BrandRow, CompanyRow, PictureRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.i18n import say
from ar_cockpit.mail.brand import LEAST_CONTRAST, USUAL_ACCENT, Brand, Logo, contrast_with_white, darker
from ar_cockpit.mail.message import wire_address
from ar_cockpit.mail.pictures import LEAST_PIXELS_A_SIDE, MOST_BYTES, MOST_PIXELS_A_SIDE, PictureError, clean
from ar_cockpit.mail.texts import LANGUAGES
from ar_cockpit.services import audit
from ar_cockpit.services.people.companies import visible_companies
from ar_cockpit.services.reminders.looks import to_brand
from ar_cockpit.services.reminders.showing import data_address
from ar_cockpit.services.reminders.template_preview import TemplatePreview, Wish, for_sample

__all__ = [
    "LANGUAGES",
    "MOST_BYTES",
    "BrandError",
    "BrandSettings",
    "FieldProblem",
    "add_logo",
    "load",
    "preview",
    "save",
]
_LONGEST = {"signature": 400, "legal": 1500, "address": 300, "phone": 40, "sender_name": 100}
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class BrandSettings:
    """Everything about a company's mails that can be set; ``logo`` is the SHA-256 of a picture that was added."""

    accent: str = USUAL_ACCENT
    logo: str = ""
    signature: str = ""
    legal: Mapping[str, str] = field(default_factory=dict)
    shows_qr: bool = False
    sender_name: str = ""
    sender_address: str = ""
    reply_to: str = ""
    iban: str = ""
    bic: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one setting: a code and its values, for a sentence in the reader's language."""

    name: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


class BrandError(InputError):
    """Settings that cannot be kept, with everything that is wrong with them."""

    def __init__(self, found: list[FieldProblem]) -> None:
        first = found[0]
        super().__init__(
            say("en", f"brands.problem.{first.code}", **first.values),
            say("en", f"brands.problem.{first.code}.mend", **first.values),
        )
        self.problems = found


def load(session: Session, actor: Actor, company: str) -> BrandSettings:
    """Return the settings of a company as they are in force."""
    return _settings(session, _company(session, actor, company))


def save(
    session: Session, actor: Actor, company: str, wanted: BrandSettings, *, at: datetime, seen: BrandSettings
) -> None:
    """Put ``wanted`` in force for the messages written from now on; what waits in the outbox stays as it is.

    Raises ``BrandError`` with every problem, and ``RefusedError`` when they are no longer as they were ``seen``.
    """
    row = _company(session, actor, company)
    wording.lock_words(session, row.id)
    session.refresh(row)
    before = _settings(session, row)
    if before != seen:
        raise RefusedError("Somebody changed this brand in the meantime.", "Load the page again, then change it.")
    wanted = _tidy(wanted)
    if found := list(_problems(session, wanted)):
        raise BrandError(found)
    if wanted == before:
        return
    brand = session.exec(select(BrandRow).where(BrandRow.company_id == row.id)).first()
    brand = brand or BrandRow(company_id=row.id, accent="", saved_at=at, saved_by="")
    brand.accent, brand.logo_sha256, brand.signature = wanted.accent, wanted.logo or None, wanted.signature
    brand.legal, brand.shows_qr = dict(wanted.legal), wanted.shows_qr
    brand.saved_at, brand.saved_by = at, actor.email
    row.mail_from, row.mail_reply_to = _from(wanted), wanted.reply_to
    row.iban, row.bic, row.address, row.phone = wanted.iban, wanted.bic, wanted.address, wanted.phone
    session.add(brand)
    session.add(row)
    session.flush()
    changed = [one.name for one in fields(BrandSettings) if getattr(wanted, one.name) != getattr(before, one.name)]
    told = ({name: _plain(getattr(one, name)) for name in changed} for one in (before, wanted))
    audit.record(session, actor, "brand.save", ("company", row.code), *told)


def add_logo(session: Session, actor: Actor, content: bytes, *, at: datetime) -> str:
    """Keep a picture so that a brand can name it, and return its SHA-256; raise ``BrandError`` for what is none."""
    actor.require(Permission.EDIT_POLICY)
    try:
        cleaned = clean(content)
    except PictureError as error:
        bounds = {"most": str(MOST_BYTES // 1024), "least_side": str(LEAST_PIXELS_A_SIDE)}
        bounds["most_side"] = str(MOST_PIXELS_A_SIDE)
        raise BrandError([FieldProblem("logo", f"logo_{error.code}", bounds)]) from error
    sha256 = hashlib.sha256(cleaned.content).hexdigest()
    if session.get(PictureRow, sha256) is None:
        row = PictureRow(sha256=sha256, **cleaned._asdict(), added_at=at, added_by=actor.email)
        session.add(row)
        session.flush()
        audit.record(session, actor, "picture.add", ("picture", sha256), after={"bytes": len(cleaned.content)})
    return sha256


def logo_address(session: Session, actor: Actor, sha256: str) -> str:
    """Return a kept logo as a data address to be shown, empty when there is none."""
    actor.require(Permission.EDIT_POLICY)
    kept = wording.pictures(session, [sha256]).get(sha256) if sha256 else None
    return data_address(*kept) if kept else ""


def preview(
    session: Session, actor: Actor, company: str, language: str, as_of: date, draft: BrandSettings
) -> TemplatePreview:
    """Return a reminder to an invented customer in the look of ``draft``; raise ``BrandError`` if it cannot be."""
    row = _company(session, actor, company)
    draft = _tidy(draft)
    if found := list(_problems(session, draft)):
        raise BrandError(found)
    logo = _logo(session, draft.logo)
    brand = Brand(draft.accent, logo, draft.signature, dict(draft.legal), draft.shows_qr)
    wish = Wish("reminder", language, as_of, brand=brand)
    told = {name: getattr(draft, name) for name in ("iban", "bic", "address", "phone")}
    return for_sample(session, row.id, wish, told)


def _settings(session: Session, row: CompanyRow) -> BrandSettings:
    stored = wording.brands(session, [row.id]).get(row.id)
    brand = to_brand(stored) if stored else Brand()
    name, address = parseaddr(row.mail_from)
    return BrandSettings(
        accent=brand.accent,
        logo=brand.logo.sha256 if brand.logo else "",
        signature=brand.signature,
        legal=dict(brand.legal),
        shows_qr=brand.shows_qr,
        sender_name=name,
        sender_address=address,
        reply_to=parseaddr(row.mail_reply_to)[1],
        iban=row.iban,
        bic=row.bic,
        address=row.address,
        phone=row.phone,
    )


def _tidy(one: BrandSettings) -> BrandSettings:
    """Return the settings as they are kept: without blanks around them, empty small print left out."""
    legal = {key: words.strip() for key, words in one.legal.items() if key in LANGUAGES and words.strip()}
    return BrandSettings(
        accent=one.accent.strip().lower(),
        logo=one.logo,
        signature=one.signature.strip(),
        legal=legal,
        shows_qr=one.shows_qr,
        sender_name=one.sender_name.strip(),
        sender_address=one.sender_address.strip(),
        reply_to=one.reply_to.strip(),
        iban="".join(one.iban.split()).upper(),
        bic="".join(one.bic.split()).upper(),
        address=one.address.strip(),
        phone=one.phone.strip(),
    )


def _problems(session: Session, one: BrandSettings) -> Iterator[FieldProblem]:
    yield from _look_problems(one)
    yield from _payment_problems(one)
    yield from _sender_problems(one)
    if one.logo and session.get(PictureRow, one.logo) is None:
        yield FieldProblem("logo", "logo_gone")
    told = {name: str(getattr(one, name)) for name in _LONGEST if name != "legal"}
    told |= {f"legal_{language}": words for language, words in one.legal.items()}
    for name, words in told.items():
        most = _LONGEST[name.partition("_")[0] if name.startswith("legal_") else name]
        if len(words) > most:
            yield FieldProblem(name, "long", {"length": str(len(words)), "most": str(most)})


def _look_problems(one: BrandSettings) -> Iterator[FieldProblem]:
    try:
        contrast = contrast_with_white(one.accent)
    except ValueError:
        yield FieldProblem("accent", "colour")
        return
    if contrast < LEAST_CONTRAST:
        values = {"contrast": f"{contrast:.1f}", "least": str(LEAST_CONTRAST), "darker": darker(one.accent)}
        yield FieldProblem("accent", "contrast", values)


def _payment_problems(one: BrandSettings) -> Iterator[FieldProblem]:
    if one.iban and not is_iban(one.iban):
        yield FieldProblem("iban", "iban")
    if one.bic and not _BIC.fullmatch(one.bic):
        yield FieldProblem("bic", "bic")
    if one.shows_qr and not one.iban:
        yield FieldProblem("shows_qr", "qr_iban")


def _sender_problems(one: BrandSettings) -> Iterator[FieldProblem]:
    for name in ("sender_address", "reply_to"):
        address = getattr(one, name)
        try:
            if address and (wire_address(address) and parseaddr(address)[1] != address):
                raise ValueError(address)  # noqa: TRY301 (both ways of being no address end alike)
        except ValueError:
            yield FieldProblem(name, "address")
    if one.sender_name and not one.sender_address:
        yield FieldProblem("sender_address", "nameless")
    if not one.sender_name.isprintable():
        yield FieldProblem("sender_name", "printable")


def is_iban(iban: str) -> bool:
    """Return whether ``iban`` (no blanks, capitals) has the form of one and its check digits hold (ISO 13616)."""
    if not _IBAN.fullmatch(iban):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _from(one: BrandSettings) -> str:
    if not one.sender_name:
        return one.sender_address
    quoted = one.sender_name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{one.sender_address}>'


def _logo(session: Session, sha256: str) -> Logo | None:
    row = session.get(PictureRow, sha256) if sha256 else None
    return Logo(row.sha256, row.media_type, row.width, row.height) if row else None


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _company(session: Session, actor: Actor, company: str) -> CompanyRow:
    found = [one for one in visible_companies(session, actor, Permission.EDIT_POLICY) if company in ("", one.code)]
    row = session.get(CompanyRow, found[0].company_id) if found else None
    if row is None:
        raise NotFoundError("There is no such company.", "Choose one from the list.")
    return row
