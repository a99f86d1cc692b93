"""A cap is never passed in any span of its length, and nearly all of it is used."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.pace import Cap, parse_caps


@settings(deadline=None, max_examples=60)
@given(
    cap=st.builds(Cap, st.integers(1, 40), st.sampled_from([60, 3600])),
    pauses=st.lists(st.floats(0, 90), min_size=1, max_size=300),
)
def test_whenever_one_asks_no_span_holds_more_than_the_cap(cap: Cap, pauses: list[float]) -> None:
    taken: Counter[int] = Counter()
    went: list[float] = []
    at = 1_000_000.0
    for pause in pauses:
        at += pause * cap.span / 60
        if cap.free(taken, at):
            taken[cap.part(at)] += 1
            went.append(at)
    assert all(sum(start <= one < start + cap.span for one in went) <= cap.most for start in went)


def test_who_waits_as_told_uses_nine_tenths_of_the_cap() -> None:
    cap, taken, at, went = Cap(30, 60), Counter[int](), 0.0, 0
    while at < 3600:
        at += cap.seconds_until_free(taken, at)
        free = cap.free(taken, at)
        assert free > 0, "after the wait one may go"
        taken[cap.part(at)] += free
        went += free
    assert 0.9 * 30 * 60 <= went <= 30 * 61


def test_caps_are_written_as_in_a_setting() -> None:
    caps = parse_caps(["1000/day,30/minute"])
    assert [str(cap) for cap in caps] == ["30/minute", "1000/day"]
    assert parse_caps([]) == ()
    for wrong in ("30", "0/minute", "30/fortnight", "-1/hour"):
        with pytest.raises(SettingsError, match="is no cap"):
            parse_caps([wrong])
