"""Customers find their segment: the first that fits, unless theirs is named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ar_cockpit.domain.policy.model import Condition, Fact, Policy, Segment


@pytest.mark.parametrize(
    ("condition", "fact", "holds"),
    [
        (Condition("payer_score", ">=", (Decimal(80),)), Decimal(80), True),
        (Condition("payer_score", "<", (Decimal(80),)), Decimal(80), False),
        (Condition("payer_score", "<", (Decimal(80),)), None, False),
        (Condition("payer_score", "!=", (Decimal(80),)), None, False),
        (Condition("country", "in", ("fr", "be")), "be", True),
        (Condition("country", "not_in", ("fr", "be")), "de", True),
        (Condition("tags", "=", ("vip",)), frozenset({"vip", "x"}), True),
        (Condition("tags", "in", ("vip", "key")), frozenset({"x"}), False),
        (Condition("tags", "!=", ("vip",)), frozenset({"x"}), True),
        (Condition("tags", "not_in", ("vip",)), frozenset({"vip", "x"}), False),
    ],
)
def test_a_condition_compares_a_fact(condition: Condition, fact: Fact, holds: bool) -> None:
    assert condition.holds(fact) is holds


def test_all_and_any_of_a_segment_hold_together() -> None:
    french = Condition("country", "=", ("fr",))
    large, tagged = Condition("open", ">", (Decimal(100),)), Condition("tags", "=", ("key",))
    one = Segment("s", "c", (french,), (large, tagged))
    facts: dict[str, Fact] = {"country": "fr", "open": Decimal(5), "tags": frozenset({"key"})}
    assert one.fits(facts)
    assert not one.fits(facts | {"tags": frozenset()})
    assert not one.fits(facts | {"country": "de"})


def test_an_explicit_segment_beats_all_and_an_unknown_one_is_a_word_like_any_other() -> None:
    vip, rest = Segment("vip", "c", (Condition("country", "=", ("fr",)),)), Segment("rest", "c")
    policy = Policy((vip, rest))
    assert policy.segment_for({"country": "de"}, "VIP") is vip
    assert policy.segment_for({"country": "de"}, "something") is rest
    assert policy.segment_for({"country": "fr"}) is vip
