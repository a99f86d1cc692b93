"""What the clock shows at a customer's: one time, or the span of a country that has several."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ar_cockpit.services.collecting.customer_record import local_times

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        pytest.param("fr", "13:00", id="one zone"),
        pytest.param("DE", "13:00", id="an enclave of the same time"),
        pytest.param("PT", "12:00", id="islands of another time do not count"),
        pytest.param("BR", "07:00 10:00", id="several: from the earliest to the latest"),
        pytest.param("", "", id="no country"),
        pytest.param("XX", "", id="none there is"),
    ],
)
def test_local_times(country: str, expected: str) -> None:
    assert " ".join(f"{one:%H:%M}" for one in local_times(country, NOON)) == expected
