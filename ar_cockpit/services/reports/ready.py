"""Files that take a while: made aside, kept for an hour for whom they were made, at an address nobody else knows."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import ReportFileRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.services.reports.files import ReportFile

KEPT_FOR = timedelta(hours=1)
MOST_KEPT = 4  # of one person, the newest: a report on paper does not take the pack away


def keep(session: Session, actor: Actor, made: ReportFile, *, at: datetime) -> str:
    """Keep a file for ``actor`` beside its last few, and return the mark of its address."""
    actor.require(Permission.EXPORT)
    if actor.user_id is None:
        raise InputError("Only a person with an account fetches files.")
    row = ReportFileRow
    own = col(row.user_id) == actor.user_id
    newest = select(row.id).where(own).order_by(col(row.id).desc()).limit(MOST_KEPT - 1)
    kept = set(session.exec(newest))
    too_many = and_(own, col(row.id).not_in(kept))
    session.execute(delete(row).where(or_(too_many, col(row.made_at) < at - KEPT_FOR)))
    mark = secrets.token_urlsafe(24)
    session.add(
        ReportFileRow(
            user_id=actor.user_id,
            mark=mark,
            file_name=made.file_name,
            media_type=made.media_type,
            content=made.content,
            made_at=at,
        )
    )
    session.flush()
    return mark


def fetch(session: Session, actor: Actor, mark: str, *, at: datetime) -> ReportFile:
    """Return one's own file; others' and those that were kept long enough do not exist."""
    actor.require(Permission.EXPORT)
    question = select(ReportFileRow).where(
        ReportFileRow.mark == mark, ReportFileRow.user_id == actor.user_id, col(ReportFileRow.made_at) >= at - KEPT_FOR
    )
    row = session.exec(question).first()
    if row is None:
        raise NotFoundError("There is no such file.", "Make it again.")
    return ReportFile(row.file_name, row.media_type, row.content, 0)


def forget_old(session: Session, at: datetime) -> int:
    """Delete what nobody can fetch any more; return how many."""
    gone = delete(ReportFileRow).where(col(ReportFileRow.made_at) < at - KEPT_FOR).returning(col(ReportFileRow.id))
    return len(session.execute(gone).scalars().all())
