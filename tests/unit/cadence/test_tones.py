"""A tone never falls: not within a cadence, nor when a customer comes to another one; whoever calls is free."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.cadence.ladder import Done, Stand, rung
from ar_cockpit.domain.policy.file import PolicyError, parse_policy
from ar_cockpit.domain.policy.model import Cadence, Channel, Step, Tone
from ar_cockpit.domain.policy.tones import falling_tones, scripts_sent
from ar_cockpit.services.reminders import policy as policies

SMALL = Cadence(
    "small",
    (
        Step("statement", 15, template="statement"),
        Step("reminder", 75, tone=Tone.NEUTRAL),
        Step("call", 80, Channel.CALL, "call"),
        Step("statement_2", 105, template="statement", tone=Tone.NEUTRAL),
        Step("last", 120, template="firm", tone=Tone.FIRM),
    ),
)
ENDS_MILD = Cadence("mild", SMALL.steps[:2])


@pytest.mark.parametrize(
    ("said_before", "days", "expected"),
    [
        pytest.param(Tone.FRIENDLY, 76, "reminder", id="what is firmer comes"),
        pytest.param(Tone.NEUTRAL, 76, "reminder", id="as firm as before is no fall"),
        pytest.param(Tone.FIRM, 76, "", id="what is milder does not come"),
        pytest.param(Tone.FIRM, 90, "call", id="a person may call after all"),
        pytest.param(Tone.FIRM, 130, "last", id="the next step as firm as before"),
        pytest.param(Tone.FORMAL_NOTICE, 130, "call", id="after a formal notice only people speak"),
    ],
)
def test_a_customer_that_moved_is_not_asked_more_mildly(said_before: Tone, days: int, expected: str) -> None:
    done = Done(0, 60, 70, days - 60, 6, said_before.firmness)  # first written about on day 60
    place, stand = rung(SMALL, days, done)
    assert (SMALL.steps[place].key if stand is Stand.DUE else "") == expected


def test_where_all_that_is_left_is_milder_nothing_more_is_said() -> None:
    assert rung(ENDS_MILD, 90, Done(0, 60, 60, 30, 30, Tone.FIRM.firmness))[1] is Stand.FINISHED


def written(*steps: str) -> str:
    head = 'version = 1\n[[segment]]\nkey = "all"\ncadence = "one"\n[[cadence]]\nkey = "one"\n'
    return head + "".join(
        f"[[cadence.step]]\nkey = 's{place}'\noffset = {place}\n{step}\n" for place, step in enumerate(steps)
    )


def mail(tone: str) -> str:
    return f"channel = 'email'\ntemplate = 'reminder'\ntone = '{tone}'"


def test_a_policy_whose_tone_falls_is_refused_with_the_line() -> None:
    toml = written(mail("firm"), mail("neutral"))
    (problem,) = falling_tones(parse_policy(toml), toml)
    assert toml.splitlines()[problem.line - 1] == "tone = 'neutral'"
    assert "'s1' is milder (neutral) than 's0' (firm)" in problem.said
    with pytest.raises(PolicyError, match="A tone does not fall"):
        policies.check_new(toml)
    assert policies.check(toml)  # what was stored before is read all the same


def test_a_call_between_two_mails_may_sound_as_it_likes() -> None:
    call = "channel = 'call'\ntemplate = 'call'\ntone = 'friendly'"
    assert policies.check_new(written(mail("firm"), call, mail("firm")))


def test_a_step_that_names_no_tone_keeps_that_of_the_one_before() -> None:
    bare = "channel = 'email'\ntemplate = 'reminder'"
    call = "channel = 'call'\ntemplate = 'call'"
    steps = policies.check_new(written(bare, mail("neutral"), call, bare)).cadences["one"].steps
    assert [step.tone.value for step in steps] == ["friendly", "neutral", "friendly", "neutral"]


def test_the_shipped_policy_only_climbs() -> None:
    assert policies.check_new(policies.default_toml())


@pytest.mark.parametrize("channel", ["email", "letter", "sms"])
def test_what_is_to_be_said_on_the_telephone_is_sent_to_nobody(channel: str) -> None:
    toml = written(f"channel = '{channel}'\ntemplate = 'call'\ntone = 'friendly'")
    (problem,) = scripts_sent(parse_policy(toml), toml)
    assert (toml.splitlines()[problem.line - 1], channel in problem.said) == ("template = 'call'", True)
    with pytest.raises(PolicyError, match="script of a call"):
        policies.check_new(toml)
    assert scripts_sent(parse_policy(policies.default_toml()), policies.default_toml()) == []
