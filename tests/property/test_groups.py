"""Whatever the parents: groups are the same in any order, and each has one head that belongs to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.groups import groups_of

CODES = [f"C{number}" for number in range(9)]
PARENTS = st.fixed_dictionaries({code: st.sampled_from(["", "X", *CODES]) for code in CODES})


@given(PARENTS, st.permutations(CODES))
def test_groups_do_not_depend_on_the_order(parents: dict[str, str], order: list[str]) -> None:
    assert groups_of({code: parents[code] for code in order}) == groups_of(parents)


@given(PARENTS)
def test_a_customer_is_in_the_group_of_its_parent(parents: dict[str, str]) -> None:
    heads = groups_of(parents).head_of
    for code, parent in parents.items():
        if parent in parents and parent != code:
            assert heads[code] == heads[parent]
    assert all(heads[head] == head for head in heads.values())
    assert all(list(heads.values()).count(head) > 1 for head in heads.values())
