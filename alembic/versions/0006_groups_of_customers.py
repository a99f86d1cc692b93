"""Keep the head of every customer's group, so that groups are summed without following parents."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "customer",
        sa.Column("group_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=sa.text("''")),
    )
    op.create_index("ix_customer_group", "customer", ["company_id", "group_code"])
    _fill()


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_customer_group", table_name="customer")
    op.drop_column("customer", "group_code")


def _fill() -> None:
    """Follow the parents that are there already, as the import will from now on."""
    connection = op.get_bind()
    asked = sa.text(
        "SELECT company_id, code, parent_code FROM customer WHERE company_id IN "
        "(SELECT company_id FROM customer WHERE parent_code <> '')"
    )
    companies: dict[int, dict[str, str]] = {}
    for company_id, code, parent in connection.execute(asked):
        companies.setdefault(company_id, {})[code] = parent
    rows = [
        {"company": company_id, "code": code, "head": head}
        for company_id, parents in companies.items()
        for code, head in _heads(parents).items()
    ]
    if rows:
        changed = "UPDATE customer SET group_code = :head WHERE company_id = :company AND code = :code"
        connection.execute(sa.text(changed), rows)


def _heads(parents: dict[str, str]) -> dict[str, str]:
    known = {code: parent for code, parent in parents.items() if parent in parents and parent != code}
    heads: dict[str, str] = {}
    for code in known:
        path = [code]
        while known.get(path[-1]) and known[path[-1]] not in path:
            path.append(known[path[-1]])
        end = path[-1]
        # A circle has its least code for a head.
        head = min(path[path.index(known[end]) :]) if end in known else end
        heads |= {code: head, head: head}
    return heads
