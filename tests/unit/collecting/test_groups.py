"""Groups of customers: every chain of parents ends at one head, circles and unknown parents included."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.groups import groups_of


@pytest.mark.parametrize(
    ("parents", "heads"),
    [
        pytest.param({"A": "", "B": ""}, {}, id="nobody has a parent"),
        pytest.param({"A": "", "B": "A", "C": ""}, {"A": "A", "B": "A"}, id="a parent is in its own group"),
        pytest.param({"A": "", "B": "A", "C": "B"}, {"A": "A", "B": "A", "C": "A"}, id="a grandparent is the head"),
        pytest.param({"C": "B", "B": "A", "A": ""}, {"A": "A", "B": "A", "C": "A"}, id="in whatever order"),
        pytest.param({"A": "A", "B": "A"}, {"A": "A", "B": "A"}, id="its own parent is none"),
        pytest.param({"A": "A"}, {}, id="and makes no group"),
        pytest.param({"B": "X", "C": "B"}, {"B": "B", "C": "B"}, id="an unknown parent is none"),
    ],
)
def test_heads(parents: dict[str, str], heads: dict[str, str]) -> None:
    assert groups_of(parents).head_of == heads


def test_unknown_parents_are_told() -> None:
    assert groups_of({"B": "X", "C": ""}).unknown == {"B": "X"}


def test_a_circle_is_cut_at_its_least_code_and_told() -> None:
    found = groups_of({"C": "B", "B": "D", "D": "C", "E": "D", "A": ""})
    assert found.head_of == dict.fromkeys("BCDE", "B")
    assert found.circles == (("B", "D", "C"),)


def test_two_circles_are_two_groups() -> None:
    found = groups_of({"A": "B", "B": "A", "X": "Y", "Y": "X"})
    assert found.head_of == {"A": "A", "B": "A", "X": "X", "Y": "X"}
    assert found.circles == (("A", "B"), ("X", "Y"))
