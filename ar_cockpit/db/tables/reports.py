"""Reports that people made to measure, and those that are mailed: to whom, when, and what became of each mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.tables.colleague_mail import ColleagueMailRow, mail_constraints
from ar_cockpit.db.types import UtcDateTime


class ReportRow(SQLModel, table=True):
    """A saved definition; whoever opens it sees what its own rights reach."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    id: int = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="app_user.id", ondelete="CASCADE")
    name: str
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    shared_with: list[str] = Field(default_factory=list, sa_type=JSON)  # roles
    saved_at: datetime = Field(sa_type=UtcDateTime)


class ReportScheduleRow(SQLModel, table=True):
    """A report that is mailed in a rhythm; each reader gets the rows that its own rights reach."""

    __tablename__ = "report_schedule"
    __table_args__ = (Index("ix_report_schedule_next_at", "next_at"),)
    id: int = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="app_user.id", ondelete="CASCADE", index=True)
    report_id: int | None = Field(default=None, foreign_key="report.id", ondelete="SET NULL")  # else a shipped one
    shipped: str  # the key of the shipped report, or of the one that a saved report was made of
    name: str  # of a saved report, kept when that is deleted; shipped ones are named in the reader's language
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # as it was when it was scheduled
    company: str  # its code; empty: all that the reader may see
    currency: str
    is_converted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  # into it, all documents
    ending: str  # pdf, xlsx or csv
    every: str
    local_time: str  # HH:MM
    weekday: int
    month_day: int
    about: str
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # none: paused
    created_at: datetime = Field(sa_type=UtcDateTime)


class ReportReaderRow(SQLModel, table=True):
    """Who gets a report that is mailed."""

    __tablename__ = "report_reader"
    schedule_id: int = Field(primary_key=True, foreign_key="report_schedule.id", ondelete="CASCADE")
    user_id: int = Field(primary_key=True, foreign_key="app_user.id", ondelete="CASCADE")


class ReportMailRow(ColleagueMailRow, table=True):
    """One report's mail to one reader; its file is made with the reader's rights of that moment.

    ``making`` comes before the states of every mail; the file leaves the database when the mail has ended.
    """

    __tablename__ = "report_mail"
    __table_args__ = (
        UniqueConstraint("schedule_id", "user_id", "occasion"),
        *mail_constraints("report_mail", "making"),
    )
    schedule_id: int | None = Field(default=None, foreign_key="report_schedule.id", ondelete="SET NULL", index=True)
    owner_id: int = Field(foreign_key="app_user.id", ondelete="CASCADE", index=True)
    user_id: int = Field(foreign_key="app_user.id", ondelete="CASCADE")
    occasion: str  # the instant it was due, or "now" with the instant somebody asked for it
    reported_on: date  # the day of its figures
    name: str  # of the report, in the reader's language
    file_name: str = ""
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    size_bytes: int = 0
    row_count: int = 0
    tries: int = 0  # of making its file
    state: str = "making"


class ReportFileRow(SQLModel, table=True):
    """A file that is being made for a person, or was made and waits to be fetched; it is gone after an hour or so."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("mark"),)
    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", ondelete="CASCADE", index=True)
    mark: str  # its secret address
    file_name: str
    media_type: str
    content: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)
