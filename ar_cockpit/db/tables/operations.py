"""How the product itself was run: imports, jobs, forecasts, and the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class ImportBatchRow(SQLModel, table=True):
    """One imported file, with its counts and totals as reported."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_sha256", "sha256"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int | None = Field(default=None, foreign_key="company.id")
    file_name: str
    format: str
    sha256: str
    size_bytes: int
    mapping: str = ""
    header: str = ""
    state: str  # loaded loaded_in_part unchanged taken_back
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # created, updated, unchanged, totals, decisions
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    imported_by: str = ""


class QuarantinedRow(SQLModel, table=True):
    """A row set aside (or, as a warning, imported with a defect), with what was wrong and where."""

    __tablename__ = "quarantined_row"
    __table_args__ = (CheckConstraint("severity IN ('quarantined', 'warning')", name="severity"),)
    id: int = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="import_batch.id", index=True)
    severity: str = "quarantined"
    line: int
    column: str
    value: str
    reason: str
    raw: str = ""


class JobRunRow(SQLModel, table=True):
    """One run of one job for one business date."""

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed', 'abandoned')", name="state"),
        Index("ix_job_run_job", "job", "business_on"),
    )
    id: int = Field(default=None, primary_key=True)
    job: str
    business_on: date
    state: str = "running"
    owner: str = ""
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    error: str = ""


class ForecastRunRow(SQLModel, table=True):
    """A forecast's result, kept by what it was made from, so that pages need not fit again."""

    __tablename__ = "forecast_run"
    __table_args__ = (UniqueConstraint("scope", "as_of", "fingerprint"),)
    id: int = Field(default=None, primary_key=True)
    scope: str  # the companies and the currency it covers
    as_of: date
    fingerprint: str
    method: str
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """A change of a business fact or a setting; append-only, each entry sealed with the one before."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("previous_hash"), Index("ix_audit_entry_object", "object_type", "object_key"))
    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_email: str
    action: str
    object_type: str
    object_key: str
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    origin: str = ""  # page, api, job, command line; with the address where there is one
    previous_hash: str
    hash: str
