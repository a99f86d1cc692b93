"""The waterfall's bars begin where the one before ended, and there is no layer without bars."""

from __future__ import annotations

from ar_cockpit.charts.waterfall import Bar, waterfall_chart


def test_bars_follow_each_other_from_one_day_to_the_other() -> None:
    bars = [Bar("then", 100, True, "100", ""), Bar("A", 30, False, "+30", ""), Bar("now", 130, True, "130", "")]
    spec = waterfall_chart(bars)
    rows = next(iter(spec["datasets"].values())) if "datasets" in spec else spec["layer"][0]["data"]["values"]
    assert [(row["label"], row["end"]) for row in rows] == [("then", 100), ("A", 130), ("now", 130)]
    assert rows[1]["start"] == 100
    assert len(spec["layer"]) == 3  # totals, growth, words: nothing fell
