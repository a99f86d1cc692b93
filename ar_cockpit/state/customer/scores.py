"""A customer's scores over time and what would raise our own, as the segment's tab shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ar_cockpit.charts.axes import plain
from ar_cockpit.charts.scores import ScorePoint, score_history_chart
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import say
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services.limits.history import Scored
from ar_cockpit.services.limits.judging import PAYER
from ar_cockpit.state.display import rows

_MOST_ROWS = 60


@dataclass
class ScoreRow:
    """A score of a day, in the table behind the chart."""

    day: str
    source: str
    score: str


@dataclass
class RaiseRow:
    """What the customer could do, and the points it would bring."""

    text: str
    points: str


@dataclass
class ScoreHistory:
    """The chart with its words; without any score there is none."""

    spec: dict[str, Any]
    summary: str
    rows: list[ScoreRow]


def score_history(found: Sequence[Scored], until: date, language: str) -> ScoreHistory:
    """Return the chart of a customer's scores up to ``until``, with a sentence and a table that say the same."""
    told = [one for one in found if one.on <= until]
    if not told:
        return ScoreHistory({}, say(language, "scores.none"), [])
    points = [
        ScorePoint(
            one.source,
            one.on,
            one.score,
            f"{_source(one, language)}, {rows.day(one.on, language)}: {one.score}",
            one.source == PAYER,
        )
        for one in told
    ]
    listed = [
        ScoreRow(rows.day(one.on, language), _source(one, language), str(one.score))
        for one in sorted(told, key=lambda one: one.on, reverse=True)[:_MOST_ROWS]
    ]
    return ScoreHistory(plain(score_history_chart(points, until)), _summary(told, language), listed)


def raise_rows(raises: Sequence[Reason], language: str) -> list[RaiseRow]:
    """Return what would raise the payer score, the most first."""
    return [RaiseRow(sentence(one, language, STANDING), f"+{one.points}") for one in raises]


def _summary(told: Sequence[Scored], language: str) -> str:
    """Return the first and the last score of each source in words, our own in front."""
    sources = sorted({one.source for one in told}, key=lambda one: (one != PAYER, one))
    said = []
    for source in sources:
        own = [one for one in told if one.source == source]
        first, last = own[0], own[-1]
        key = "scores.steady" if first.score == last.score else "scores.moved"
        values = {"source": _source(last, language), "first": first.score, "last": last.score}
        said.append(say(language, key, day=rows.day(first.on, language), **values))
    return " ".join(said)


def _source(one: Scored, language: str) -> str:
    return say(language, "scores.own") if one.source == PAYER else one.source
