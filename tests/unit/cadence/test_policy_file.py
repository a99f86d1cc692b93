"""A policy file is read whole or refused with the line of each mistake and its mend."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ar_cockpit.domain.policy.file import PolicyError, parse_policy
from ar_cockpit.domain.policy.model import Channel, Tone
from ar_cockpit.services.reminders.policy import default_toml

CADENCE = """
[[cadence]]
key = "standard"
minimum_amount = "10.00"
send_on = ["mon", "tue"]
window = ["08:00", "18:00"]
  [[cadence.step]]
  key = "reminder_1"
  offset = 3
  channel = "email"
  template = "reminder"
  tone = "friendly"
"""
EVERYONE = """
[[segment]]
key = "everyone"
cadence = "standard"
"""


def segment(key: str, rule: str) -> str:
    return f'\n[[segment]]\nkey = "{key}"\ncadence = "standard"\n{rule}\n'


def problems(toml: str) -> list[tuple[int, str]]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(toml)
    return [(problem.line, problem.said) for problem in caught.value.problems]


def test_a_policy_is_read_with_its_defaults() -> None:
    policy = parse_policy("version = 1\n" + EVERYONE + CADENCE)
    cadence = policy.cadences["standard"]
    assert (cadence.spacing_days, cadence.spacing_until, cadence.minimum_amount) == (15, 60, Decimal("10.00"))
    assert cadence.send_on == {0, 1}
    assert cadence.steps[0].channel is Channel.EMAIL
    assert cadence.steps[0].tone is Tone.FRIENDLY


def test_before_a_firm_step_the_sales_owner_is_told_two_days_ahead_unless_said_otherwise() -> None:
    firm = CADENCE.replace('tone = "friendly"', 'tone = "firm"')
    assert parse_policy("version = 1\n" + EVERYONE + firm).cadences["standard"].steps[0].tell_sales_days == 2
    untold = parse_policy("version = 1\n" + EVERYONE + firm + "  tell_sales_days = 0\n")
    assert untold.cadences["standard"].steps[0].tell_sales_days == 0


def test_the_shipped_policy_is_good() -> None:
    assert parse_policy(default_toml()).segments[-1].key == "standard"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        pytest.param('template = "remindr"', 'template = "reminder"', 17, "no template 'remindr'", id="template"),
        pytest.param('channel = "fax"', 'channel = "email"', 16, "no channel 'fax'", id="channel"),
        pytest.param('tone = "rude"', 'tone = "friendly"', 18, "no tone 'rude'", id="tone"),
        pytest.param("offset = 3.5", "offset = 3", 15, "not a number of days", id="offset"),
        pytest.param("colour = 3\n  offset = 3", "offset = 3", 15, "'colour' is not a key", id="unknown key"),
        pytest.param('send_on = ["mon", "dimanche"]', 'send_on = ["mon", "tue"]', 11, "'dimanche'", id="weekday"),
        pytest.param('window = ["18:00", "08:00"]', 'window = ["08:00", "18:00"]', 12, "span of two", id="window"),
        pytest.param('offset = 3\n  attach = ["photo"]', "offset = 3", 16, "'photo' cannot be attached", id="attach"),
        pytest.param('minimum_amount = "a lot"', 'minimum_amount = "10.00"', 10, "not an amount", id="minimum"),
        pytest.param('key = "allocate"', 'key = "reminder_1"', 14, "kept for the product", id="reserved key"),
    ],
)
def test_a_mistake_in_a_cadence_is_told_with_its_line(wrong: str, right: str, line: int, said: str) -> None:
    toml = "version = 1\n" + EVERYONE.replace("\n", "\n", 1) + "\n" + CADENCE
    found = problems(toml.replace(right, wrong))
    assert [at for at, _ in found] == [line]
    assert said in found[0][1]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    toml = "version = 2\n" + EVERYONE.replace("standard", "nope") + CADENCE.replace("reminder_1", "")
    assert [line for line, _ in problems(toml)] == [1, 5, 13]


def test_an_unknown_field_is_told_on_the_line_where_it_stands_in_a_long_list() -> None:
    rule = 'all = [\n  ["country", "=", "FR"],\n  ["payer_scor", ">", 3],\n]'
    found = problems("version = 1" + segment("a", rule) + EVERYONE + CADENCE)
    assert found == [(7, "there is no field 'payer_scor'.")]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('all = [["payer_score", "~", 3]]', "'~' is not an operator"),
        ('all = [["country", "<", "FR"]]', "'<' is not an operator for country"),
        ('all = [["payer_score", ">", "high"]]', "something else than a number"),
        ('all = [["country", "in", "FR"]]', "'in' does not go with"),
        ('all = [["country", "=", ["FR"]]]', "'=' does not go with"),
        ('all = [["country", "="]]', "a field, an operator and a value"),
        ('all = "everyone"', "not a list of conditions"),
    ],
)
def test_a_condition_that_cannot_be_judged_is_refused(rule: str, said: str) -> None:
    found = problems("version = 1" + segment("a", rule) + EVERYONE + CADENCE)
    assert [line for line, _ in found] == [5]
    assert said in found[0][1]


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(['all = [["payer_score", ">", 100]]'], id="beyond the scale"),
        pytest.param(['all = [["payer_score", ">=", 80], ["payer_score", "<", 50]]'], id="two numbers that exclude"),
        pytest.param(['all = [["country", "=", "FR"], ["country", "in", ["DE", "BE"]]]'], id="two words that exclude"),
        pytest.param(['all = [["tags", "=", "vip"], ["tags", "!=", "vip"]]'], id="a tag and not the tag"),
        pytest.param(["", 'all = [["country", "=", "FR"]]'], id="after a segment for everyone"),
        pytest.param(['all = [["country", "in", ["FR", "BE"]]]', 'all = [["country", "=", "BE"]]'], id="taken before"),
        pytest.param(
            ['all = [["country", "=", "FR"]]', 'all = [["country", "!=", "FR"]]', 'all = [["open", ">", 5]]'],
            id="taken by two together",
        ),
        pytest.param(
            ['any = [["tags", "=", "vip"], ["open", ">", "10000.00"]]', 'all = [["tags", "in", ["VIP"]]]'],
            id="taken by one of several conditions, whatever the capitals",
        ),
    ],
)
def test_a_segment_that_can_never_match_is_refused(rules: list[str]) -> None:
    toml = "version = 1" + "".join(segment(f"s{place}", rule) for place, rule in enumerate(rules)) + EVERYONE + CADENCE
    assert any("can never match" in said for _, said in problems(toml))


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(
            ['all = [["payer_score", ">=", 80]]', 'all = [["payer_score", "<", 80]]'], id="unknown scores left"
        ),
        pytest.param(
            ['all = [["country", "=", "FR"]]', 'all = [["country", "!=", "FR"]]'], id="the last stands anyway"
        ),
        pytest.param(['all = [["tags", "in", ["a", "b"]], ["tags", "!=", "a"]]'], id="tags that differ"),
    ],
)
def test_a_segment_that_somebody_may_fit_is_not_refused(rules: list[str]) -> None:
    toml = "version = 1" + "".join(segment(f"s{place}", rule) for place, rule in enumerate(rules)) + EVERYONE + CADENCE
    assert len(parse_policy(toml).segments) == len(rules) + 1


def test_the_last_segment_is_for_everyone_else() -> None:
    found = problems("version = 1" + segment("a", 'all = [["country", "=", "FR"]]') + CADENCE)
    assert found == [(2, "the last segment, 'a', has conditions, so some customers fit nowhere.")]


def test_steps_that_go_back_in_time_are_refused() -> None:
    again = '  [[cadence.step]]\n  key = "x"\n  offset = 1\n  channel = "call"\n  template = "call"\n'
    found = problems("version = 1\n" + EVERYONE + CADENCE + again)
    assert found[0][0] == 20
    assert "goes back in time" in found[0][1]


@pytest.mark.parametrize("toml", ["version = ", "[[segment]\n", "", "version = 1\n"])
def test_what_is_no_policy_at_all_is_one_clear_refusal(toml: str) -> None:
    assert problems(toml)
