"""Cheaper rows of the ledger: what the database looked up for each of them, and nobody needed.

An invoice's, payment's or allocation's company is that of its customer, payment and invoice, which stay guarded; the
number of its import is written by the import alone. PostgreSQL asks a question for every guarded value of every row.
The rows of an import lie together: there a summary of each few pages finds them as well as an index of every row.
Numbers are found by the unique index that begins with the company. Why: docs/adr/0016-guards-of-ledger-rows.md.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("invoice", "payment", "allocation")
_GUARDS = (("company_id", "company"), ("import_batch_id", "import_batch"))


def upgrade() -> None:
    """Drop the guards and the index of numbers; on PostgreSQL, find imports by a summary."""
    for table in _TABLES:
        _drop_guards(table)
    op.drop_index("ix_invoice_number", table_name="invoice")
    _index_imports("brin")


def downgrade() -> None:
    """Make them again."""
    _index_imports("btree")
    op.create_index("ix_invoice_number", "invoice", ["number"])
    for table in _TABLES:
        _make_guards(table)


def _index_imports(kind: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _TABLES:
        name = f"ix_{table}_import_batch_id"
        op.drop_index(name, table_name=table)
        options = {"postgresql_with": {"autosummarize": "on"}} if kind == "brin" else {}
        op.create_index(name, table, ["import_batch_id"], postgresql_using=kind, **options)


def _name(table: str, column: str, target: str) -> str:
    return f"fk_{table}_{column}_{target}"


def _drop_guards(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column, target in _GUARDS:
            op.drop_constraint(_name(table, column, target), table, type_="foreignkey")
        return
    told = _told(table)
    for column, target in _GUARDS:
        clause = re.compile(rf"\s*CONSTRAINT {_name(table, column, target)} FOREIGN KEY\s*\([^)]*\) REFERENCES [^,]*,")
        told, count = clause.subn("", told)
        if count != 1:
            raise RuntimeError(f"{table} has no {_name(table, column, target)}")
    _retell(table, told)


def _make_guards(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column, target in _GUARDS:
            op.create_foreign_key(_name(table, column, target), table, target, [column], ["id"])
        return
    clauses = "".join(
        f"CONSTRAINT {_name(table, column, target)} FOREIGN KEY({column}) REFERENCES {target} (id), \n\t"
        for column, target in _GUARDS
    )
    _retell(table, _told(table).replace(f"CONSTRAINT pk_{table} ", f"{clauses}CONSTRAINT pk_{table} ", 1))


def _told(table: str) -> str:
    found = op.get_bind().execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table}
    )
    return str(found.scalar_one())


def _retell(table: str, told: str) -> None:
    """Change what SQLite is told about a table whose rows stay as they are.

    This is its own documentation's way for constraints (https://www.sqlite.org/lang_altertable.html, "Making Other
    Kinds Of Table Schema Changes"): writing the table anew would fail on the rows that refer to it.
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :told WHERE type = 'table' AND name = :name"),
        {"told": told, "name": table},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {int(version) + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
