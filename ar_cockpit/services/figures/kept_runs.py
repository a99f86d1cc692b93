"""What a forecast's run is kept by: one row for each scope and day, made of one state of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import ForecastRunRow


def kept(session: Session, scope: str, as_of: date, mark: str) -> Mapping[str, Any] | None:
    """Return what is kept of a day and of the very ledger that ``mark`` names."""
    row = ForecastRunRow
    question = select(col(row.payload)).where(
        col(row.scope) == scope, col(row.as_of) == as_of, col(row.fingerprint) == mark
    )
    found: Mapping[str, Any] | None = session.execute(question).scalar_one_or_none()
    return found


def kept_since(session: Session, scope: str, as_of: date, mark: str) -> Mapping[str, Any] | None:
    """Return the same as it is now: a session for questions may have begun before it was kept."""
    bind = session.get_bind()
    with reading(bind if isinstance(bind, Engine) else bind.engine) as fresh:
        return kept(fresh, scope, as_of, mark)


def are_kept(session: Session, scopes: Collection[str], as_of: date, mark: str) -> bool:
    """Return whether all of ``scopes`` are kept of a day and a ledger, without reading them."""
    row = ForecastRunRow
    question = select(func.count()).where(
        col(row.scope).in_(scopes), col(row.as_of) == as_of, col(row.fingerprint) == mark
    )
    return int(session.execute(question).scalar_one()) == len(scopes)


def keep(session: Session, row: Mapping[str, Any], *, seen_until: datetime | None = None) -> None:
    """Store a result once, and drop those of the same day that an older ledger gave.

    What was made before ``seen_until``, when the day ended, is what people saw on it: what is made later leaves it.
    A reading session must not begin to write: SQLite would refuse it. It stores in a transaction of its own.
    """
    bind = session.get_bind()
    if bind.get_execution_options().get("read_only", False):
        with transaction(bind.execution_options(read_only=False)) as own:  # type: ignore[arg-type]  # an Engine
            _store(own, row, seen_until)
    else:
        _store(session, row, seen_until)


def _store(session: Session, row: Mapping[str, Any], seen_until: datetime | None) -> None:
    table = ForecastRunRow
    same_day = (col(table.scope) == row["scope"]) & (col(table.as_of) == row["as_of"])
    gone = [same_day, col(table.fingerprint) != row["fingerprint"]]
    if seen_until is not None and row["created_at"] >= seen_until:
        gone.append(col(table.created_at) >= seen_until)
    session.execute(delete(table).where(*gone))
    upsert(session, table, list(row), [tuple(row.values())], key=("scope", "as_of", "fingerprint"))
