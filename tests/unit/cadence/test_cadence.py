"""The ladder: which step an invoice comes to, after outages, policy edits and a first contact that is late."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.cadence.ladder import Done, Stand, rung, to_tell
from ar_cockpit.domain.policy.model import Cadence, Channel, Step, Tone

COURTESY = Step("courtesy", -7, template="courtesy")
FIRST = Step("reminder_1", 3)
SECOND = Step("reminder_2", 18)
FORMAL = Step("formal", 75, Channel.LETTER, "formal_notice", Tone.FORMAL_NOTICE, approve=True, tell_sales_days=2)
STANDARD = Cadence("standard", (COURTESY, FIRST, SECOND, FORMAL))


def done(first: int, last: int, *, since_first: int, since_last: int, keys: int = 0) -> Done:
    return Done(keys, first, last, since_first, since_last)


def at(days: int, before: Done | None = None) -> tuple[str, Stand]:
    place, stand = rung(STANDARD, days, before)
    return (STANDARD.steps[place].key if place < len(STANDARD.steps) else "", stand)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(-8, ("courtesy", Stand.NOT_REACHED), id="eight days before the due date: too early"),
        pytest.param(-7, ("courtesy", Stand.DUE), id="seven days before: the courtesy notice"),
        pytest.param(0, ("courtesy", Stand.DUE), id="on the due date: still the courtesy notice"),
        pytest.param(1, ("reminder_1", Stand.NOT_REACHED), id="the day after: the courtesy has lapsed"),
        pytest.param(3, ("reminder_1", Stand.DUE), id="three days late: the first reminder"),
        pytest.param(400, ("reminder_1", Stand.DUE), id="very old and never written about: the first reminder"),
    ],
)
def test_the_first_message_about_an_invoice(days: int, expected: tuple[str, Stand]) -> None:
    assert at(days) == expected


@pytest.mark.parametrize(
    ("days", "before", "expected"),
    [
        pytest.param(10, done(3, 3, since_first=7, since_last=7), ("reminder_2", Stand.NOT_REACHED), id="too early"),
        pytest.param(18, done(3, 3, since_first=15, since_last=15), ("reminder_2", Stand.DUE), id="the next one"),
        pytest.param(80, done(-7, -7, since_first=87, since_last=87), ("formal", Stand.DUE), id="after an outage"),
        pytest.param(80, done(3, 75, since_first=77, since_last=5), ("", Stand.FINISHED), id="nothing is left"),
        pytest.param(5, done(-7, -7, since_first=12, since_last=12), ("reminder_1", Stand.DUE), id="after a courtesy"),
    ],
)
def test_an_invoice_we_wrote_about_in_time_goes_to_the_furthest_step(
    days: int, before: Done, expected: tuple[str, Stand]
) -> None:
    assert at(days, before) == expected


@pytest.mark.parametrize(
    ("days", "before", "expected"),
    [
        pytest.param(19, done(3, 3, since_first=1, since_last=1), ("reminder_2", Stand.CLIMBING), id="the day after"),
        pytest.param(33, done(3, 3, since_first=15, since_last=15), ("reminder_2", Stand.DUE), id="after the spacing"),
        pytest.param(
            200,
            done(3, 3, since_first=100, since_last=100),
            ("reminder_2", Stand.DUE),
            id="one step even after an outage",
        ),
        pytest.param(50, done(3, 18, since_first=20, since_last=5), ("formal", Stand.NOT_REACHED), id="caught up"),
        pytest.param(200, done(3, 18, since_first=50, since_last=14), ("formal", Stand.CLIMBING), id="one day short"),
        pytest.param(200, done(3, 18, since_first=50, since_last=15), ("formal", Stand.DUE), id="and then the last"),
    ],
)
def test_an_invoice_that_was_old_at_first_contact_climbs_one_step_each_spacing(
    days: int, before: Done, expected: tuple[str, Stand]
) -> None:
    assert at(days, before) == expected


def test_a_step_that_the_policy_moved_later_is_not_done_again() -> None:
    before = done(3, 3, since_first=15, since_last=15, keys=1)
    moved = Cadence("standard", (FIRST, Step("reminder_1b", 10), Step("reminder_2", 18)))
    assert rung(moved, 18, before, {"reminder_2": 1}) == (1, Stand.DUE)
    assert rung(moved, 18, before, {"reminder_2": 1, "reminder_1b": 1}).stand is Stand.FINISHED


def test_a_segment_change_keeps_what_was_sent() -> None:
    other = Cadence("closer", (Step("a", 1), Step("b", 10), Step("c", 30)))
    before = done(3, 18, since_first=15, since_last=0)
    assert rung(other, 18, before) == (2, Stand.NOT_REACHED)


@pytest.mark.parametrize(
    ("days", "before", "told"),
    [
        pytest.param(72, done(3, 18, since_first=69, since_last=54), None, id="three days ahead: not yet"),
        pytest.param(73, done(3, 18, since_first=69, since_last=54), "formal", id="two days ahead"),
        pytest.param(90, done(3, 18, since_first=69, since_last=54), "formal", id="late is better than never"),
        pytest.param(90, None, None, id="an old invoice comes to its first reminder"),
        pytest.param(200, done(3, 18, since_first=50, since_last=12), None, id="old: the climb is three days ahead"),
        pytest.param(200, done(3, 18, since_first=50, since_last=13), "formal", id="old: two days ahead of the climb"),
    ],
)
def test_the_sales_owner_is_told_ahead(days: int, before: Done | None, told: str | None) -> None:
    step = to_tell(STANDARD, days, before)
    assert (step and step.key) == told
