"""A company's own words and looks: versions of templates, its brand, and the pictures its mails show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class TemplateVersionRow(SQLModel, table=True):
    """One version of a template's words in one language; the highest number counts, and ``is_shipped`` needs none."""

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("company_id", "template", "language", "number"),
        CheckConstraint("number > 0", name="number"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    template: str
    language: str
    number: int
    is_shipped: bool = False  # back to the words that come with the product, whichever they are by then
    subject: str = ""
    before: str = ""
    after: str = ""
    restored_number: int | None = None  # the version these words were taken from again
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: str


class BrandRow(SQLModel, table=True):
    """How a company's mails look; what identifies it (IBAN, addresses) stands in its own row."""

    __tablename__ = "brand"
    __table_args__ = (UniqueConstraint("company_id"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    accent: str
    logo_sha256: str | None = Field(default=None, foreign_key="picture.sha256")
    signature: str = ""
    legal: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # small print by language
    shows_qr: bool = False
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: str


class PictureRow(SQLModel, table=True):
    """A picture that mails show, once for all of them; kept as long as a message that was sent may be looked at."""

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("media_type IN ('image/png', 'image/jpeg')", name="media_type"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
    )
    sha256: str = Field(primary_key=True)
    media_type: str
    width: int
    height: int
    content: bytes
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: str
