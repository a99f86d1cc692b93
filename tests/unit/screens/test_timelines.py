"""A timeline on screen tells what is planned in the order of its days, whenever each of it was found."""

from __future__ import annotations

from ar_cockpit.state.customer.told import Timeline, in_order
from ar_cockpit.state.display.timeline import PLANNED, TimelineLine


def planned(on: str, text: str = "reminder") -> TimelineLine:
    return TimelineLine("mail", PLANNED, on, text, "", "messages", on=on)


def happened(on: str) -> TimelineLine:
    return TimelineLine("phone", "", on, "call", "", "calls", on=on)


class _Shown:
    """What of a screen's state the timeline needs."""

    timeline: list[TimelineLine]
    _occasions: tuple[int, list[TimelineLine]] = (0, [])

    tell = Timeline._tell_occasions  # noqa: SLF001 (the state itself would need a browser)


def test_what_is_planned_stands_by_its_day_the_farthest_first_before_what_happened() -> None:
    lines = [planned("2026-12-01"), planned("2026-12-20"), happened("2026-11-20"), planned("2026-12-10", "notice")]
    assert [one.on for one in in_order(lines)] == ["2026-12-20", "2026-12-10", "2026-12-01", "2026-11-20"]


def test_what_is_found_later_takes_its_place_and_that_of_what_was_found_before() -> None:
    shown = _Shown()
    shown.timeline = [planned("2026-12-20"), planned("2026-12-01"), happened("2026-11-20")]
    shown.tell(1, [planned("2026-12-10", "notice")])  # type: ignore[arg-type]
    assert [one.on for one in shown.timeline] == ["2026-12-20", "2026-12-10", "2026-12-01", "2026-11-20"]
    shown.tell(1, [planned("2026-12-12", "notice")])  # type: ignore[arg-type]
    assert [one.on for one in shown.timeline] == ["2026-12-20", "2026-12-12", "2026-12-01", "2026-11-20"]
