"""Of the mails of one customer that wait, one leaves: looked at one by one or all at once, the answer is the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.overtaking import SUPERSEDED, TOO_SOON, Mail, overtaken_by

ON = date(2026, 3, 20)
SPACING = 15


def a_mail(row_id: int, days_ago: int, currency: str = "EUR", *, asks: bool = True, left: int | None = None) -> Mail:
    """Return a mail written so many days ago, that ``left`` so many days ago or waits."""
    written = datetime.combine(ON, datetime.min.time(), UTC) - timedelta(days=days_ago)
    day = ON - timedelta(days=days_ago)
    if left is None:
        return Mail(row_id, 1, currency, day, False, asks, day, written, None)
    went_at = datetime.combine(ON, datetime.min.time(), UTC) - timedelta(days=left) + timedelta(hours=9)
    return Mail(row_id, 1, currency, day, True, asks, ON - timedelta(days=left), written, went_at)


def ends(*mails: Mail, spacing: int = SPACING) -> list[str]:
    return [overtaken_by(one, mails, ON, spacing) for one in mails if not one.is_out]


@pytest.mark.parametrize(
    ("mails", "expected"),
    [
        pytest.param([a_mail(1, 0)], [""], id="alone it goes"),
        pytest.param([a_mail(1, 15), a_mail(2, 0)], [SUPERSEDED, ""], id="the newest goes"),
        pytest.param([a_mail(1, 30), a_mail(2, 15), a_mail(3, 0)], [SUPERSEDED, SUPERSEDED, ""], id="of three too"),
        pytest.param([a_mail(1, 15), a_mail(2, 0, "USD")], ["", TOO_SOON], id="of two currencies the one that waited"),
        pytest.param(
            [a_mail(1, 20), a_mail(2, 10, "USD"), a_mail(3, 0)],
            [SUPERSEDED, "", TOO_SOON],
            id="what is superseded keeps nobody away",
        ),
        pytest.param([a_mail(1, 15, left=3), a_mail(2, 4)], [TOO_SOON], id="another left since it was written"),
        pytest.param([a_mail(1, 15, left=15), a_mail(2, 0)], [""], id="the plan knew of what left before"),
        pytest.param([a_mail(1, 5, asks=False), a_mail(2, 0)], [SUPERSEDED, ""], id="a reminder after a courtesy"),
        pytest.param([a_mail(1, 5), a_mail(2, 0, asks=False)], ["", TOO_SOON], id="a courtesy waits for a reminder"),
        pytest.param([a_mail(1, 5, left=0), a_mail(2, 1, asks=False)], [TOO_SOON], id="one message a day"),
        pytest.param([a_mail(1, 5, left=1), a_mail(2, 2, asks=False)], [""], id="a courtesy keeps no spacing"),
    ],
)
def test_what_becomes_of_mails_that_wait(mails: list[Mail], expected: list[str]) -> None:
    assert ends(*mails) == expected


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["EUR", "USD", "GBP"]), st.booleans()), min_size=1),
    st.integers(0, 30),
)
def test_exactly_one_of_all_that_wait_goes(some: list[tuple[int, str, bool]], spacing: int) -> None:
    mails = [a_mail(place, days, currency, asks=asks) for place, (days, currency, asks) in enumerate(some)]
    assert ends(*mails, spacing=spacing).count("") == 1
