"""Questions about the customers of a clause, made into questions about one: its own row is not looked up for each.

What is asked of many customers joins their rows, for the clause says which. Where nothing of the customer is asked for
but its key, the rows that belong to it say that themselves: each join less is a node less that PostgreSQL sets up,
which for a question about one customer takes longer than its answer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.sql import operators, visitors

_TABLE, _KEY = "customer", "id"


def without_its_row(question: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a question with every join of the customer left out that serves its key alone.

    Rows belong to a customer that is there: their foreign keys say so, where they cannot be empty.
    """
    return visitors.cloned_traverse(question, {}, {"select": _leave_out})


def _leave_out(question: Any) -> None:
    """Take the join with the customer's row out of a question, which is a copy; leave it where it is needed."""
    joins = question._setup_joins  # noqa: SLF001 (SQLAlchemy says no other way what a question joins)
    found = [(place, owner) for place, one in enumerate(joins) if (owner := _owner(one)) is not None]
    if len(found) != 1 or not _asks_for_key_alone(question):
        return
    ((place, owner),) = found
    question._setup_joins = joins[:place] + joins[place + 1 :]  # noqa: SLF001

    def replaced(element: Any, **_: Any) -> ColumnElement[Any] | None:
        return owner if _is_key(element) else None

    def copied(part: Any, **_: Any) -> Any:
        return visitors.replacement_traverse(part, {}, replaced)

    question._copy_internals(clone=copied)  # noqa: SLF001 (as its visitors do)


def _owner(join: tuple[Any, Any, Any, Any]) -> ColumnElement[int] | None:
    """Return whose key a join with the customer is made by: the column that tells whose a row is."""
    target, condition, _, flags = join
    if getattr(target, "name", "") != _TABLE or flags["isouter"] or flags["full"]:
        return None
    if getattr(condition, "operator", None) is not operators.eq:
        return None
    sides = condition.left, condition.right
    others = [side for side in sides if not _is_key(side)]
    is_owner = len(others) == 1 and getattr(others[0], "name", "").endswith("customer_id")
    # A row of nobody is no answer to a join, and would be one without it.
    return others[0] if is_owner and not getattr(others[0], "nullable", True) else None


def _asks_for_key_alone(question: Any) -> bool:
    """Return whether a question, and none within it, is about the customer's row for its key and nothing else."""
    within = (one for one in visitors.iterate(question) if one is not question and one.__visit_name__ == "select")
    if any(_is_customers(column) for one in within for column in visitors.iterate(one)):
        return False
    return all(_is_key(one) for one in visitors.iterate(question) if _is_customers(one))


def _is_customers(element: Any) -> bool:
    is_column = element.__visit_name__ == "column"
    return is_column and getattr(element.table, "name", "") == _TABLE


def _is_key(element: Any) -> bool:
    return _is_customers(element) and element.name == _KEY
