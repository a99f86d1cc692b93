"""A plan in columns: what it names is listed when somebody reads it, and customers become records one by one."""

from __future__ import annotations

from datetime import date

from ar_cockpit.domain.cadence.columns import Ints, Owing
from ar_cockpit.domain.cadence.people import Column, People, worded
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, CustomerFacts
from ar_cockpit.domain.cadence.shapes import InvoiceFacts
from ar_cockpit.domain.cadence.sifting import Asked, sift
from ar_cockpit.domain.policy.model import Cadence, Policy, Segment, Step

DAY = date(2026, 3, 3)
POLICY = Policy((Segment("all", "c"),), {"c": Cadence("c", (Step("reminder_1", 3),))})
OWED = [(11, "F-2", "EUR", 700, 5, 1), (12, "F-1", "EUR", 800, 5, 1), (21, "F-3", "EUR", 900, 4, 2)]


def planned(asked: list[list[int]]) -> CadencePlan:
    """Return the plan of two debtors; ``asked`` hears of which invoices the numbers are asked for."""
    numbers = {row[0]: row[1] for row in OWED}

    def numbers_of(ids: Ints) -> list[str]:
        if len(ids):
            asked.append(ids.tolist())
        return [numbers[key] for key in ids.tolist()]

    def reach(people: People) -> dict[str, Column]:
        count = len(people)
        columns = {"contact_id": [None] * count, "email": ["ann@x.example"] * count, "has_phone": [False] * count}
        return {name: worded(values) for name, values in (columns | {"speaks": ["en"] * count}).items()}

    people = People.of(Addressee(key, "ALFA", f"C{key}", currency="EUR") for key in (1, 2))
    owing = Owing.of([(key, "", *more) for key, _, *more in OWED])
    return sift(POLICY, people, owing, CustomerFacts(), InvoiceFacts()).plan(DAY, Asked(reach, numbers_of))


def test_numbers_are_asked_for_when_somebody_reads_what_is_named_and_once() -> None:
    asked: list[list[int]] = []
    plan = planned(asked)
    assert [(touch.total_minor, len(touch.items)) for touch in plan.day.touches] == [(1500, 2), (900, 1)]
    assert asked == []
    first, second = plan.day.touches
    assert [item.number for item in first.items] == ["F-1", "F-2"]  # of one day, the lower number is in front
    assert second.items[0].number == "F-3"
    assert [sorted(some) for some in asked] == [[11, 12, 21]]


def test_what_is_named_is_as_a_tuple_of_it() -> None:
    touch = planned([]).day.touches[0]
    as_tuple = tuple(touch.items)
    assert touch.items == as_tuple
    assert touch.items[:1] == as_tuple[:1]
    assert hash(touch.items) == hash(as_tuple)
    assert repr(touch.items) == repr(as_tuple)
    assert touch.items != [*as_tuple]


def test_customers_that_are_written_to_are_found_by_their_key() -> None:
    spoken = planned([]).addressees
    assert {key: one.code for key, one in spoken.items()} == {1: "C1", 2: "C2"}
    spoken[3] = spoken[1]._replace(customer_id=3)
    del spoken[1]
    assert (sorted(spoken), len(spoken), 1 in spoken) == ([2, 3], 2, False)
