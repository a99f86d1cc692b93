"""The work of the coming days by collector, and the cash a draft moves, in the words of the page."""

from __future__ import annotations

from datetime import date

from ar_cockpit import i18n
from ar_cockpit.domain.cadence.effect import Effect
from ar_cockpit.domain.cadence.tally import SimulatedDay
from ar_cockpit.services.reminders.simulation import CollectorLoad, Simulation
from ar_cockpit.state.cadences.workload import cash_said, work_lines

EFFECT = Effect(1.4, 1.1, 1.8, 120, 900)


def say(key: str, **values: object) -> str:
    return i18n.say("en", key, **values)


def simulated(*loads: CollectorLoad, baseline: Simulation | None = None, moved: int = 0) -> Simulation:
    made = Simulation([SimulatedDay(date(2026, 3, 2))], {}, [], list(loads), 0, baseline=baseline)
    made.expected_cash_moved_minor = {"EUR": moved} if moved else {}
    return made


def test_whoever_has_most_to_do_stands_first_with_hours_and_their_change() -> None:
    before = simulated(CollectorLoad("ada@x.example", 10, 2, 60), CollectorLoad("ben@x.example", 5, 1, 30))
    draft = simulated(
        CollectorLoad("ada@x.example", 10, 1, 30), CollectorLoad("ben@x.example", 9, 4, 90), baseline=before
    )
    told = [(line.who, line.messages, line.tasks, line.hours, line.change) for line in work_lines(draft, say, "en")]
    assert told == [("ben@x.example", "9", "4", "1.5", "+1.0"), ("ada@x.example", "10", "1", "0.5", "−0.5")]


def test_work_that_nobody_has_is_shown_as_such_and_approvals_are_work() -> None:
    (line,) = work_lines(simulated(CollectorLoad("", 3, 1, 14, approvals=1)), say, "en")
    assert (line.who, line.tasks, line.change) == ("Nobody yet", "2", "")


def test_cash_moved_is_told_with_what_it_rests_on_or_as_not_known() -> None:
    draft = simulated(baseline=simulated(), moved=1_240_000)
    draft.effect = EFFECT
    assert cash_said(draft, say, "en").startswith("Cash expected to move into these 30 days: €12,400.")
    assert "1.40 times" in cash_said(draft, say, "en")
    assert "not known" in cash_said(simulated(baseline=simulated()), say, "en")
    assert cash_said(simulated(), say, "en") == ""
