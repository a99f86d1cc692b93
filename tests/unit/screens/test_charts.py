"""Charts, through their specifications: what is drawn, in which order, and that no colour is fixed in them."""

from __future__ import annotations

import json
import re

import pytest

from ar_cockpit.charts.ageing import AgeingBar, ageing_chart
from ar_cockpit.charts.axes import GAP, plain, scale_of
from ar_cockpit.charts.cash import ComingWeek, PastWeek, cash_chart
from ar_cockpit.charts.dso import DsoPoint, DsoWords, dso_chart
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS

NAMES = {key: key.upper() for key in BUCKET_KEYS}
WORDS = DsoWords("53.0 DSO", "35.6 best", "50.0 target", "late payment")


def a_bar(label: str, share: str = "34") -> AgeingBar:
    return AgeingBar(label, dict.fromkeys(BUCKET_KEYS, 1.5), dict.fromkeys(BUCKET_KEYS, "€1.5M"), share)


def a_point(label: str, dso: float | None = 53.0) -> DsoPoint:
    return DsoPoint(label, dso, None if dso is None else 35.6, label)


def values(spec: dict[str, object], mark: str) -> list[dict[str, object]]:
    layers = [layer for layer in spec["layer"] if layer["mark"]["type"] == mark]  # type: ignore[attr-defined]
    return [row for layer in layers for row in layer["data"]["values"]]


def test_each_bar_stacks_its_buckets_from_not_due_up() -> None:
    spec = plain(ageing_chart([a_bar("Oct"), a_bar("19 Nov")], NAMES))
    pieces = [row for row in values(spec, "bar") if row["day"] == "19 Nov"]
    assert [row["bucket"] for row in pieces] == [key.upper() for key in BUCKET_KEYS]
    assert [row["index"] for row in pieces] == list(range(6))


def test_the_day_that_is_no_month_end_stands_apart_and_bold() -> None:
    x = plain(ageing_chart([a_bar("Sep"), a_bar("Oct"), a_bar("19 Nov")], NAMES))["layer"][0]["encoding"]["x"]
    assert x["scale"]["domain"] == ["Sep", "Oct", GAP, "19 Nov"]
    assert "19 Nov" in x["axis"]["values"]
    assert "19 Nov" in x["axis"]["labelFontWeight"]["condition"]["test"]


def test_a_day_without_receivables_has_no_share_above_it() -> None:
    spec = plain(ageing_chart([a_bar("Oct", ""), a_bar("19 Nov")], NAMES))
    assert {row["day"] for row in values(spec, "text")} == {"19 Nov"}


def test_dso_lines_end_in_their_words_and_the_goal_is_a_rule() -> None:
    spec = plain(dso_chart([a_point("Aug"), a_point("Sep"), a_point("Oct")], WORDS, 50.0))
    told = {row["words"] for row in values(spec, "text")}
    assert told == {"53.0 DSO", "35.6 best", "50.0 target", "late payment"}
    assert values(spec, "rule") == [{"target": 50.0, "words": "50.0 target"}]


def test_without_a_goal_there_is_no_rule() -> None:
    assert values(plain(dso_chart([a_point("Oct")], WORDS)), "rule") == []


def test_months_before_the_first_document_leave_a_gap() -> None:
    spec = plain(dso_chart([a_point("Aug", None), a_point("Sep"), a_point("Oct")], WORDS))
    assert values(spec, "line")[0]["dso"] is None


def test_cash_shows_the_past_under_its_forecast_and_the_future_in_its_bands() -> None:
    past = PastWeek("9 Nov", received=3.0, came=2.0, forecast=2.2, low=1.8, high=2.6, told="came")
    coming = ComingWeek("16 Nov", expected=2.1, low=1.5, high=2.8, low_half=1.9, high_half=2.4, told="expected")
    spec = plain(cash_chart([past], [coming], "Today"))
    drawn = [(layer["mark"]["type"], layer["mark"].get("style", "")) for layer in spec["layer"]]
    assert drawn == [
        ("bar", "band50"),
        ("bar", ""),
        ("bar", "past"),
        ("line", "backcast"),
        ("area", "band80"),
        ("area", "band50"),
        ("line", ""),
        ("point", ""),
        ("rule", "today"),
        ("text", "strong"),
    ]
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == ["9 Nov", "16 Nov"]


def test_money_paid_back_never_draws_a_bar_below_nought() -> None:
    past = PastWeek("9 Nov", received=-3.0, came=-1.0, forecast=0, low=0, high=0, told="")
    assert {row["received"] for row in values(plain(cash_chart([past], [], "Today")), "bar")} == {0}


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(plain(ageing_chart([a_bar("Oct")], NAMES)), id="ageing"),
        pytest.param(plain(dso_chart([a_point("Oct")], WORDS, 50.0)), id="DSO"),
        pytest.param(plain(cash_chart([], [], "Today")), id="cash, nothing known"),
        pytest.param(plain(ageing_chart([], NAMES)), id="ageing, nothing known"),
        pytest.param(plain(dso_chart([], WORDS)), id="DSO, nothing known"),
    ],
)
def test_no_colour_is_fixed_so_that_one_drawing_serves_both_themes(spec: dict[str, object]) -> None:
    assert not re.search(r"#[0-9a-fA-F]{6}|rgb", json.dumps(spec))
    assert (spec["width"], "config" in spec) == ("container", False)


@pytest.mark.parametrize(
    ("largest", "digits", "expected"),
    [
        pytest.param(1_842_640_000, 2, ("million", 10**8), id="millions of euros"),
        pytest.param(150_000_000, 2, ("thousand", 10**5), id="under two million: thousands"),
        pytest.param(5_000_000, 0, ("million", 10**6), id="yen have no cents"),
    ],
)
def test_the_axis_counts_in_what_keeps_it_short(largest: int, digits: int, expected: tuple[str, int]) -> None:
    assert scale_of(largest, digits) == expected
