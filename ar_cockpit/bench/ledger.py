"""A ledger of any size for measuring: drawn in columns and written in bulk, without the product's own services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from ar_cockpit.bench import columns, events
from ar_cockpit.bench.columns import Draw
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PaymentRow,
    TouchpointRow,
)

_TABLES: tuple[type[SQLModel], ...] = (
    CompanyRow,
    CustomerRow,
    ContactRow,
    InvoiceRow,
    PaymentRow,
    AllocationRow,
    TouchpointRow,
    MessageRow,
    MessageItemRow,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a ledger is; a fifth of the documents is open."""

    customers: int = 50_000
    invoices: int = 1_000_000

    @property
    def open_invoices(self) -> int:
        """The documents that are not settled."""
        return self.invoices // 5


def write(engine: Engine, size: Size, today: date, seed: int = 1) -> dict[str, int]:
    """Fill an empty, migrated database and return the number of rows by table."""
    draw = columns.draw(np.random.default_rng(seed), size.customers, size.invoices, size.open_invoices, today)
    counts = {}
    for row_class, (names, rows) in zip(_TABLES, _parts(draw), strict=True):
        table = str(row_class.__tablename__)
        counts[table] = _insert(engine, row_class, names, rows)
    settle_down(engine)
    return counts


def _parts(draw: Draw) -> Iterator[tuple[Sequence[str], Iterable[tuple[Any, ...]]]]:
    yield columns.companies()
    yield columns.customers(draw)
    yield columns.contacts(draw)
    yield columns.invoices(draw)
    yield columns.payments(draw)
    yield columns.allocations(draw)
    yield events.touchpoints(draw)
    yield events.messages(draw)
    yield events.message_items(draw)


def _insert(engine: Engine, row_class: type[SQLModel], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    table = str(row_class.__tablename__)
    listed = ", ".join(f'"{name}"' for name in names)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            count = _copy(connection.connection.driver_connection, f"COPY {table} ({listed}) FROM STDIN", rows)
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))
            return count
        statement = f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(names))})"
        return _executed(connection.connection.driver_connection, statement, rows)


def _copy(driver: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    count = 0
    with driver.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)
            count += 1
    return count


def _executed(driver: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    cursor = driver.executemany(statement, rows)
    return int(cursor.rowcount)


def settle_down(engine: Engine) -> None:
    """Let the planner know the ledger, as any database does by itself after a while."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
