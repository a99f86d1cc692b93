"""How much lies with how few customers."""

from __future__ import annotations

from ar_cockpit.domain.figures.concentration import concentration


def test_the_largest_customers_and_how_many_make_most_of_it() -> None:
    told = concentration([500, 300, 100, 50, 30, 20, -40, 0])
    assert (told.customers, told.most_of_it) == (6, 2)
    assert told.shares == {1: 0.5, 5: 0.98, 10: 1.0, 20: 1.0}


def test_nobody_owes_anything() -> None:
    told = concentration([-5, 0])
    assert (told.customers, told.most_of_it, set(told.shares.values())) == (0, 0, {None})
