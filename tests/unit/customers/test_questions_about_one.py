"""A question about one customer looks its row up for what the row says, and not for its key alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlmodel import col

from ar_cockpit.db.one_customer import without_its_row
from ar_cockpit.db.tables import CustomerMergeRow, CustomerRow, HoldRow, InvoiceRow
from ar_cockpit.db.together import CUSTOMER

ONLY = col(CustomerRow.id) == CUSTOMER
OF_INVOICE = col(CustomerRow.id) == col(InvoiceRow.customer_id)


def told(question: Select[*tuple[Any, ...]]) -> str:
    """Return a question in one line."""
    return " ".join(str(without_its_row(question)).split())


def test_rows_are_found_by_the_key_that_they_hold() -> None:
    question = select(col(InvoiceRow.number)).join(CustomerRow, OF_INVOICE).where(ONLY)
    assert told(question) == "SELECT invoice.number FROM invoice WHERE invoice.customer_id = :customer"


def test_the_key_is_told_by_the_rows_wherever_it_is_asked_for() -> None:
    question = (
        select(col(CustomerRow.id), func.count())
        .join_from(InvoiceRow, CustomerRow, OF_INVOICE)
        .where(ONLY)
        .group_by(col(CustomerRow.id))
    )
    assert told(question) == (
        "SELECT invoice.customer_id, count(*) AS count_1 FROM invoice"
        " WHERE invoice.customer_id = :customer GROUP BY invoice.customer_id"
    )


def test_a_question_within_another_is_looked_at_for_itself() -> None:
    held = select(col(HoldRow.invoice_id)).join(CustomerRow, col(CustomerRow.id) == col(HoldRow.customer_id))
    question = select(col(CustomerRow.name)).where(ONLY, exists(held.where(ONLY).correlate(None).subquery().select()))
    assert "JOIN customer" not in told(question)
    assert "FROM customer" in told(question)


def test_the_row_stays_where_more_of_it_is_asked_for() -> None:
    question = select(col(InvoiceRow.number), col(CustomerRow.name)).join(CustomerRow, OF_INVOICE).where(ONLY)
    assert "JOIN customer ON customer.id = invoice.customer_id" in told(question)


def test_the_row_stays_where_it_may_be_missing_or_belongs_by_another_key() -> None:
    perhaps = select(col(InvoiceRow.number)).outerjoin(CustomerRow, OF_INVOICE)
    assert "LEFT OUTER JOIN customer" in told(perhaps)
    merged = select(col(CustomerMergeRow.id)).join(CustomerRow, col(CustomerRow.id) == col(CustomerMergeRow.from_id))
    assert "JOIN customer" in told(merged)
