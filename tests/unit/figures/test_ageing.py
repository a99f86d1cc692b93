"""Ageing: which bucket a document falls into, and that the buckets lose nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ar_cockpit.domain.figures.ageing import (
    BUCKET_KEYS,
    AgeBasis,
    ageing,
    bucket_for,
    bucket_span,
    days_overdue,
    overdue,
)
from ar_cockpit.domain.figures.receivables import Document

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(-40, "not_due", id="long before"),
        pytest.param(0, "not_due", id="due today is not due"),
        pytest.param(1, "1-30", id="one day over"),
        pytest.param(30, "1-30", id="thirty"),
        pytest.param(31, "31-60", id="thirty-one"),
        pytest.param(90, "61-90", id="ninety"),
        pytest.param(120, "91-120", id="a hundred and twenty"),
        pytest.param(121, "over_120", id="a hundred and twenty-one"),
    ],
)
def test_bucket(days: int, expected: str) -> None:
    assert bucket_for(days).key == expected


def test_days_overdue_are_never_negative() -> None:
    assert days_overdue(TODAY + timedelta(days=3), TODAY) == 0
    assert days_overdue(TODAY - timedelta(days=3), TODAY) == 3


def test_by_invoice_date_on_request() -> None:
    documents = [Document(date(2026, 3, 1), date(2026, 4, 30), 500), Document(TODAY, TODAY, -100)]
    assert ageing(documents, TODAY)["not_due"] == 400
    by_invoice = ageing(documents, TODAY, AgeBasis.INVOICE)
    assert (by_invoice["not_due"], by_invoice["1-30"]) == (-100, 500)


def test_a_document_of_the_future_is_in_no_bucket() -> None:
    assert sum(ageing([Document(date(2026, 4, 1), date(2026, 4, 1), 500)], TODAY).values()) == 0


@pytest.mark.parametrize("key", BUCKET_KEYS)
def test_span_of_a_bucket_holds_exactly_its_due_dates(key: str) -> None:
    first, last = bucket_span(key, TODAY)
    for days in range(-200, 200):
        due = TODAY - timedelta(days=days)
        inside = (first is None or first <= due) and (last is None or due <= last)
        assert inside == (bucket_for(days).key == key)


def test_overdue_is_all_but_the_first_bucket() -> None:
    assert overdue(dict(zip(BUCKET_KEYS, (1, 10, 100, 1000, 10000, 100000), strict=True))) == 111110
