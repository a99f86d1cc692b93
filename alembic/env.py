"""Alembic's entry: our metadata, our engine, batch mode on SQLite."""

from sqlalchemy import Connection

import ar_cockpit.db.tables  # noqa: F401 (fills the metadata)
from alembic import context
from ar_cockpit.db.metadata import metadata
from ar_cockpit.db.session import make_engine
from ar_cockpit.settings import get_settings


def migrate(connection: Connection) -> None:
    """Run the migrations on ``connection``."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or get_settings().database_url
    with make_engine(url).connect() as opened:
        migrate(opened)
        opened.commit()
