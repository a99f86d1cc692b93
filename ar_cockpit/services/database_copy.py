"""Move an installation to another database: whole, from one snapshot, in one transaction, measured on both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from ar_cockpit.db import locks
from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.moving.measures import Measures, audit_head, measure
from ar_cockpit.db.moving.rows import Progress, advance_keys, copy_table, snapshot
from ar_cockpit.db.moving.target import (
    clear_seeds,
    newest_schema,
    refuse_unless_empty,
    schema_of,
    seeded,
    tables_in_order,
)
from ar_cockpit.db.session import make_engine
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, RefusedError, SettingsError
from ar_cockpit.services import invariants
from ar_cockpit.services.clock import today
from ar_cockpit.settings import get_settings

_NOT_KEPT = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure as both sides have it."""

    what: str
    of: str
    source: str
    target: str

    @property
    def is_same(self) -> bool:
        """Whether both sides agree."""
        return self.source == self.target


@dataclass(slots=True)
class CopyReport:
    """What was copied, measured on both sides; with a difference nothing was kept."""

    source: str
    target: str
    measured: list[Measured] = field(default_factory=list)
    characters_left_out: int = 0
    source_went_on: bool = False  # somebody wrote to it while it was copied: that is not in the copy

    @property
    def differences(self) -> list[Measured]:
        """The figures on which the sides do not agree."""
        return [one for one in self.measured if not one.is_same]


def copy_database(source: Engine, to: str, leader_lock: str, progress: Progress) -> CopyReport:
    """Copy ``source`` into the empty database at ``to``.

    Raises ``RefusedError`` when that cannot be done: a jobs process leads on the source, its schema is not the newest,
    or the target is not empty. A difference found afterwards rolls the target back and stands in the report.
    """
    _refuse_unless_there(source)
    target = _engine_of(to)
    if target.url == source.url:
        raise InputError("The target is the source itself.", "Name another database with --to.")
    leader = locks.try_lock(source, leader_lock)
    if leader is None:
        raise RefusedError(
            "A jobs process runs on the source, and its mails would not be in the copy.", "Stop it, then copy again."
        )
    try:
        with snapshot(source) as reader:
            _refuse_old_schema(reader)
            return _copy(reader, source, target, progress)
    finally:
        leader.release()
        target.dispose()


def _copy(reader: Connection, source: Engine, target: Engine, progress: Progress) -> CopyReport:
    from_migrations = seeded()
    try:
        refuse_unless_empty(target, from_migrations)
        migrate(target)
    except (SettingsError, DBAPIError) as error:
        reason = error.sentence if isinstance(error, SettingsError) else _reason(error)
        raise InputError(f"The target cannot be used. {reason}", "Check --to.") from error
    report = CopyReport(_shown(source), _shown(target))
    with target.connect() as writer, writer.begin() as kept:
        clear_seeds(writer, from_migrations)
        _copy_tables(reader, writer, report, progress)
        writer.exec_driver_sql("ANALYZE")  # the planner knows the new tables before the first question
        report.measured = _side_by_side(_measured(reader), _measured(writer))
        if report.differences:
            kept.rollback()
            return report
    with snapshot(source) as again:
        report.source_went_on = audit_head(again) != audit_head(reader)
    return report


def _copy_tables(reader: Connection, writer: Connection, report: CopyReport, progress: Progress) -> None:
    if writer.dialect.name == "sqlite":
        writer.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # a row may point to a later one of its own table
    tables = tables_in_order()
    failures: tuple[type[Exception], ...] = (DBAPIError, *_errors_of_copy())
    for table in tables:
        try:
            report.characters_left_out += copy_table(reader, writer, table, progress)
        except failures as error:
            raise RefusedError(f"The table {table.name} cannot be copied: {_reason(error)}.", _NOT_KEPT) from error
    advance_keys(writer, tables)


def _side_by_side(source: Measures, target: Measures) -> list[Measured]:
    keys = [*source, *(key for key in target if key not in source)]
    return [Measured(what, of, source.get((what, of), ""), target.get((what, of), "")) for what, of in keys]


def _measured(side: Connection) -> Measures:
    """Return the sums of one side, and how many rows break each rule of its ledger: both have to say the same."""
    with Session(side, join_transaction_mode="rollback_only") as session:
        rules = invariants.check(session, Actor.local_operator(), today(get_settings().zone))
    return measure(side) | {("rows that break the rule", one.rule): str(one.count) for one in rules}


def _refuse_unless_there(source: Engine) -> None:
    if source.dialect.name == "sqlite" and not Path(str(source.url.database)).is_file():
        raise InputError(f"There is no database {source.url.database}.", "Check AR_DATABASE_URL and AR_HOME.")


def _refuse_old_schema(reader: Connection) -> None:
    if schema_of(reader) != newest_schema():
        raise RefusedError(
            "The source is of another version of this product.",
            "Run any command once (such as ar-cockpit user list): it brings the source up to date; then copy.",
        )


def _engine_of(to: str) -> Engine:
    try:
        return make_engine(to)
    except SettingsError as error:
        raise InputError(
            "--to cannot be read as a database address.",
            "Use sqlite:////absolute/path.db or postgresql://user:password@host/database.",
        ) from error


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _errors_of_copy() -> tuple[type[Exception], ...]:
    """Return the driver's own errors: COPY speaks to it without SQLAlchemy between them."""
    try:
        import psycopg  # noqa: PLC0415 (an extra: SQLite alone needs no driver)
    except ImportError:
        return ()
    return (psycopg.Error,)


def _reason(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0].rstrip(".")
