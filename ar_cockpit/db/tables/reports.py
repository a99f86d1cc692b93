"""Reports that people made to measure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
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
