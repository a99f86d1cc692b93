"""The payer score is 100 less what each part of a customer's own behaviour takes, and says which part it was."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.figures.payer_score import Behaviour, payer_score, worst_change


@pytest.mark.parametrize(
    ("behaviour", "score"),
    [
        pytest.param(Behaviour(-4.0), 100, id="early earns no more than punctual"),
        pytest.param(Behaviour(12.5), 75, id="two points a day"),
        pytest.param(Behaviour(70.0), 0, id="never below nothing"),
        pytest.param(Behaviour(5.0, 12.0, 4.0), 86, id="eight days slower lately take four more"),
        pytest.param(Behaviour(5.0, 8.0, 4.0), 90, id="four days slower are no trend"),
        pytest.param(Behaviour(5.0, 90.0, 4.0), 80, id="a trend takes ten at most"),
        pytest.param(Behaviour(0.0, unpaid=3, broken_promises=2, unjustified_disputes=1), 81, id="the other parts"),
        pytest.param(Behaviour(0.0, unpaid=50, broken_promises=9, unjustified_disputes=9), 66, id="each has its most"),
    ],
)
def test_the_score(behaviour: Behaviour, score: int) -> None:
    assert payer_score(behaviour).total == score


def test_the_parts_sum_to_what_is_missing() -> None:
    found = payer_score(Behaviour(5.0, 12.0, 4.0, unpaid=1))
    assert found.parts == {"lateness": 10, "trend": 4, "unpaid": 2, "promises": 0, "disputes": 0}
    assert found.total == 100 - sum(found.parts.values())


def test_the_part_that_grew_most_is_the_reason() -> None:
    before, after = payer_score(Behaviour(5.0)), payer_score(Behaviour(6.0, broken_promises=1))
    assert worst_change(before.parts, after.parts) == "promises"
    assert worst_change(after.parts, before.parts) == ""
