"""Days and histories that no mark of a cadence lies between stand alike on the ladder, so that one is asked for all."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.columns import histories_of, numbered
from ar_cockpit.domain.cadence.ladder import Done, rung, to_tell
from ar_cockpit.domain.cadence.likeness import alike
from ar_cockpit.domain.cadence.outlook import Outlook
from ar_cockpit.domain.policy.model import Cadence, Step
from tests.property.test_outlook import KEYS, dones, outlooks


@settings(max_examples=150, deadline=None)
@given(outlooks(), st.lists(st.tuples(st.integers(-20, 120), st.none() | dones()), min_size=1, max_size=40))
def test_who_is_alike_stands_alike(one: Outlook, invoices: list[tuple[int, Done | None]]) -> None:
    bits = {key: 1 << place for place, key in enumerate(KEYS)}
    days, ids = numbered([days for days, _ in invoices]), np.arange(len(invoices))
    which, histories = histories_of({key: done for key, (_, done) in enumerate(invoices) if done}, ids)
    for cadence in one.policy.cadences.values():
        stands: dict[int, set[object]] = defaultdict(set)
        for kind, (since, done) in zip(alike(cadence, days, which, histories, bits).tolist(), invoices, strict=True):
            stands[kind].add((rung(cadence, since, done, bits), to_tell(cadence, since, done, bits)))
        assert all(len(some) == 1 for some in stands.values())


def test_days_beyond_the_last_mark_are_one() -> None:
    cadence, days = (
        Cadence("c", (Step("s0", -7), Step("s1", 3, tell_sales_days=2), Step("s2", 45))),
        np.arange(-20, 2000),
    )
    none, histories = histories_of({}, days)
    kinds = alike(cadence, days, none, histories, {})
    assert [int(days[place]) for place in np.flatnonzero(np.diff(kinds)) + 1] == [-7, 1, 3, 45]
