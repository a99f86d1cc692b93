"""Bring a database to the newest schema; migrations are the only way the schema changes."""

from __future__ import annotations

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import OperationalError

from alembic import command
from ar_cockpit.db import marks
from ar_cockpit.db.readiness import MIGRATIONS
from ar_cockpit.domain.errors import SettingsError


def alembic_config() -> Config:
    """Return Alembic's configuration, in a checkout as in an installed wheel."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade the database behind ``engine`` in one transaction; raise ``SettingsError`` if it can't be reached."""
    config = alembic_config()
    head = ScriptDirectory.from_config(config).get_current_head()
    try:
        with engine.connect().execution_options(read_only=True) as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if revision == "head" and current == head:
            return
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if inspect(connection).has_table("figures_state"):
                marks.ensure(connection)  # SQLite lost those of any table that a migration has written anew
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise SettingsError(
            f"The database cannot be opened: {reason}.", "Check AR_DATABASE_URL and that the server runs."
        ) from error


def is_current(connection: Connection) -> bool:
    """Return whether the schema is the newest."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the schema back to ``revision``."""
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
