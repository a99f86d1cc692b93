"""Whatever the days late are, each falls into exactly one band; whoever is named in a note was offered."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.customers.behaviour import BANDS, Distribution, band_of
from ar_cockpit.domain.customers.mentions import handles_of, mentioned

_EMAILS = st.lists(st.from_regex(r"[a-z]{1,6}(\.[a-z]{1,4})?@[a-c]\.example", fullmatch=True), max_size=6)


@given(st.integers(-4000, 4000))
def test_every_number_of_days_has_one_band(days: int) -> None:
    fitting = [
        band
        for band in BANDS
        if (band.first is None or band.first <= days) and (band.last is None or days <= band.last)
    ]
    assert fitting == [band_of(days)]


@given(st.lists(st.integers(-200, 400)))
def test_a_distribution_loses_no_invoice(days: list[int]) -> None:
    found = Distribution.of(Counter(band_of(late).key for late in days))
    assert found.total == len(days)
    assert found.punctual == sum(late <= 0 for late in days)
    assert found.very_late == sum(late > 30 for late in days)


@given(_EMAILS, st.text(max_size=60))
def test_a_note_names_only_whom_it_may(emails: list[str], text: str) -> None:
    handles = handles_of(emails)
    assert set(mentioned(text, handles)) <= set(handles)
    for email, handle in handles.items():
        assert mentioned(f"{text} @{handle} ", handles)[-1:] == [email] or email in mentioned(text, handles)
