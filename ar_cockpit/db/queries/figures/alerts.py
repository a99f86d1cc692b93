"""Limits, standing alerts and who is told of them, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlmodel import Session, col

from ar_cockpit.db.tables import AlertReaderRow, CompanyRow, KpiAlertRow, KpiLimitRow, UserRow

_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Alert:
    """A crossed limit as it was told; values are kept as the figure's measure keeps them."""

    alert_id: int
    company_id: int
    company_code: str
    company_name: str
    figure: str
    raised_on: date
    value: int
    limit: int
    currency: str
    since_on: date
    causes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """An active user who wants a company's alerts by mail, and how that company writes."""

    company_id: int
    user_id: int
    email: str
    mail_from: str
    mail_reply_to: str


def limits(session: Session, company_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return the limits of companies by figure."""
    row = KpiLimitRow
    question = select(col(row.company_id), col(row.figure), col(row.limit_value))
    found: dict[int, dict[str, int]] = {}
    for company_id, figure, value in session.execute(question.where(col(row.company_id).in_(company_ids))):
        found.setdefault(company_id, {})[figure] = int(value)
    return found


def put_limits(session: Session, company_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace all limits of a company."""
    session.execute(delete(KpiLimitRow).where(col(KpiLimitRow.company_id) == company_id), execution_options=_QUIET)
    session.add_all(KpiLimitRow(company_id=company_id, **row) for row in rows)
    session.flush()


def standing(session: Session, company_ids: Sequence[int], as_of: date | None = None) -> list[Alert]:
    """Return the alerts that stand (on ``as_of``, or now), the newest first."""
    row = KpiAlertRow
    question = _alerts().where(col(row.company_id).in_(company_ids))
    if as_of is None:
        question = question.where(col(row.cleared_on).is_(None))
    else:
        is_left = col(row.cleared_on).is_(None) | (col(row.cleared_on) > as_of)
        question = question.where(col(row.raised_on) <= as_of, is_left)
    return [Alert(*one) for one in session.execute(question.order_by(col(row.raised_on).desc(), col(row.id)))]


def alert(session: Session, alert_id: int) -> Alert:
    """Return one alert."""
    return Alert(*session.execute(_alerts().where(col(KpiAlertRow.id) == alert_id)).one())


def _alerts() -> Any:
    row = KpiAlertRow
    return select(
        col(row.id),
        col(row.company_id),
        col(CompanyRow.code),
        col(CompanyRow.name),
        col(row.figure),
        col(row.raised_on),
        col(row.figure_value),
        col(row.limit_value),
        col(row.currency),
        col(row.since_on),
        col(row.causes),
    ).join(CompanyRow, col(CompanyRow.id) == col(row.company_id))


def clear(session: Session, alert_ids: Sequence[int], on: date) -> None:
    """Let alerts stand no longer."""
    row = KpiAlertRow
    session.execute(update(row).where(col(row.id).in_(alert_ids)).values(cleared_on=on), execution_options=_QUIET)


def readers(session: Session, company_ids: Collection[int]) -> list[Reader]:
    """Return the active users who want alerts of companies by mail."""
    row, user, company = AlertReaderRow, UserRow, CompanyRow
    written_by = (col(company.mail_from), col(company.mail_reply_to))
    question = (
        select(col(row.company_id), col(row.user_id), col(user.email), *written_by)
        .join(user, col(user.id) == col(row.user_id))
        .join(company, col(company.id) == col(row.company_id))
        .where(col(row.company_id).in_(company_ids), col(user.is_active))
    )
    return [Reader(*one) for one in session.execute(question)]


def set_reader(session: Session, company_id: int, user_id: int, *, wants: bool) -> None:
    """Note whether a user wants a company's alerts by mail."""
    row = AlertReaderRow
    own = (col(row.company_id) == company_id) & (col(row.user_id) == user_id)
    if not wants:
        session.execute(delete(row).where(own), execution_options=_QUIET)
    elif not session.execute(select(exists().where(own))).scalar_one():
        session.add(row(company_id=company_id, user_id=user_id))
        session.flush()
