"""Companies' own words and looks, as messages are written with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.tables import BrandRow, CompanyRow, InvoiceRow, PictureRow, TemplateVersionRow


class StoredWords(NamedTuple):
    """The words of one template and language that a company put in the place of the shipped ones."""

    subject: str
    before: str
    after: str


class StoredBrand(NamedTuple):
    """A brand with the size of its logo, which is ``None`` where there is none."""

    accent: str
    signature: str
    legal: dict[str, Any]
    shows_qr: bool
    logo: tuple[str, str, int, int] | None  # SHA-256, media type, width, height


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template's words."""

    number: int
    is_shipped: bool
    words: StoredWords
    restored_number: int | None
    saved_at: datetime
    saved_by: str


def own_words(session: Session, company_ids: Collection[int]) -> dict[tuple[int, str, str], StoredWords]:
    """Return the words in force that are not the shipped ones, by company, template and language."""
    row, later = TemplateVersionRow, aliased(TemplateVersionRow)
    same = (
        col(later.company_id) == col(row.company_id),
        col(later.template) == col(row.template),
        col(later.language) == col(row.language),
    )
    newest = select(func.max(col(later.number))).where(*same).correlate(row).scalar_subquery()
    question = select(
        col(row.company_id), col(row.template), col(row.language), col(row.subject), col(row.before), col(row.after)
    ).where(col(row.company_id).in_(company_ids), ~col(row.is_shipped), col(row.number) == newest)
    return {(one[0], one[1], one[2]): StoredWords(*one[3:]) for one in session.execute(question)}


def brands(session: Session, company_ids: Collection[int]) -> dict[int, StoredBrand]:
    """Return the brands that companies gave themselves, by company."""
    row, logo = BrandRow, PictureRow
    question = (
        select(
            col(row.company_id),
            col(row.accent),
            col(row.signature),
            col(row.legal),
            col(row.shows_qr),
            col(logo.sha256),
            col(logo.media_type),
            col(logo.width),
            col(logo.height),
        )
        .outerjoin(logo, col(logo.sha256) == col(row.logo_sha256))
        .where(col(row.company_id).in_(company_ids))
    )
    return {
        one[0]: StoredBrand(one[1], one[2], one[3] or {}, one[4], one[5:9] if one[5] else None)
        for one in session.execute(question).tuples()
    }


def pictures(session: Session, hashes: Collection[str]) -> dict[str, tuple[str, bytes]]:
    """Return media type and content of pictures, by SHA-256."""
    row = PictureRow
    question = select(col(row.sha256), col(row.media_type), col(row.content)).where(col(row.sha256).in_(hashes))
    return {one[0]: (one[1], one[2]) for one in session.execute(question)}


def versions(session: Session, company_id: int, template: str, language: str) -> list[Version]:
    """Return every version of a template's words in one language, the newest first."""
    row = TemplateVersionRow
    question = (
        select(row)
        .where(col(row.company_id) == company_id, col(row.template) == template, col(row.language) == language)
        .order_by(col(row.number).desc())
    )
    return [
        Version(
            one.number,
            one.is_shipped,
            StoredWords(one.subject, one.before, one.after),
            one.restored_number,
            one.saved_at,
            one.saved_by,
        )
        for one in session.scalars(question)
    ]


def lock_words(session: Session, company_id: int) -> None:
    """Let one person at a time save a company's words or brand; SQLite has one writer anyway."""
    session.execute(select(col(CompanyRow.id)).where(col(CompanyRow.id) == company_id).with_for_update()).all()


def somebody_owing(session: Session, company_id: int, as_of: date, *, is_due: bool) -> int | None:
    """Return a customer of the company with an open invoice, the one whose due date is nearest to ``as_of``."""
    row = InvoiceRow
    fits = col(row.due_on) < as_of if is_due else col(row.due_on) >= as_of
    nearest = col(row.due_on).desc() if is_due else col(row.due_on)
    question = (
        select(col(row.customer_id))
        .where(col(row.company_id) == company_id, is_open_on(as_of), col(row.amount_minor) > 0, fits)
        .order_by(nearest, col(row.id))
        .limit(1)
    )
    return session.scalars(question).first()
