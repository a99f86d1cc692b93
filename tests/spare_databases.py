"""PostgreSQL databases for tests, emptied after each: to make and drop one for each test takes ten times as long."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Engine, text

_SHAPE = """
    SELECT md5(string_agg(format('%s %s %s', c.relname, c.relkind, c.relnatts), ',' ORDER BY c.relname))
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
"""
# The order of foreign keys is no matter: triggers rest meanwhile.
_EMPTY = """
    DO $$
    DECLARE
        name text;
        is_used boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO is_used;
            IF is_used THEN
                EXECUTE format('DELETE FROM %I', name);
            END IF;
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
            PERFORM setval(quote_ident(name), 1, false);
        END LOOP;
    END $$
"""
_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


class SpareDatabases:
    """Copies of ``template_ledger`` on one server, each lent under a name that was never used before.

    The name is new each time: what the product remembers of a database by its address is not taken for another's.
    """

    def __init__(self, server: Engine) -> None:
        self.server = server.execution_options(isolation_level="AUTOCOMMIT")
        self._spare: list[str] = []
        with _connected(server.url.set(database="template_ledger")) as template:
            self._shape = template.execute(_SHAPE).fetchone()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Lend a database and yield its address; afterwards it is emptied, or dropped if its tables were changed."""
        name = f"ledger_{uuid.uuid4().hex[:12]}"
        with self.server.connect() as server:
            if self._spare:
                server.execute(text(f"ALTER DATABASE {self._spare.pop()} RENAME TO {name}"))
            else:
                server.execute(text(f"CREATE DATABASE {name} TEMPLATE template_ledger"))
        url = self.server.url.set(database=name)
        yield url.render_as_string(hide_password=False)
        if self._is_emptied(url):
            self._spare.append(name)
        else:
            with self.server.connect() as server:
                server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    def _is_emptied(self, url: URL) -> bool:
        """Delete every row and let every sequence begin again, if the tables are still as migrated."""
        with _connected(url) as own:
            own.execute(_OTHERS, [url.database])
            is_whole = own.execute(_SHAPE).fetchone() == self._shape
            if is_whole:
                own.execute(_EMPTY)
        return is_whole


def _connected(url: URL) -> psycopg.Connection:
    """Return a connection without SQLAlchemy's own questions at its start."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)
