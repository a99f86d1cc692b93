"""How much lies with how few customers."""

from __future__ import annotations

from ar_cockpit.domain.figures.concentration import by_debtor, concentration


def test_the_largest_customers_and_how_many_make_most_of_it() -> None:
    told = concentration([500, 300, 100, 50, 30, 20, -40, 0])
    assert (told.debtors, told.most_of_it) == (6, 2)
    assert told.shares == {1: 0.5, 5: 0.98, 10: 1.0, 20: 1.0}


def test_nobody_owes_anything() -> None:
    told = concentration([-5, 0])
    assert (told.debtors, told.most_of_it, set(told.shares.values())) == (0, 0, {None})


def test_a_group_is_one_debtor_whatever_its_members_owe_each() -> None:
    heads = {2: 1, 1: 1, 5: 4, 4: 4}
    owed = by_debtor([(1, 200), (2, 250), (3, 300), (4, 100), (5, -150)], heads)
    assert owed == {1: 450, 3: 300, 4: -50}
    told = concentration(owed.values())
    assert (told.debtors, told.shares[1]) == (2, 0.6)
