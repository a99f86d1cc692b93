"""A crossed limit as a mail to a colleague: facts to parts, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from babel.numbers import format_decimal

from ar_cockpit.domain.figures.measures import DRIFT, GOALS, MEASURES, Unit
from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.colleague import ColleagueMail, Part, compose_for_colleague
from ar_cockpit.mail.compose import Composed, one_line
from ar_cockpit.mail.days import day


class Told(Protocol):
    """A crossed limit as it was stored."""

    @property
    def company_name(self) -> str:
        """The company."""

    @property
    def figure(self) -> str:
        """The key of the figure."""

    @property
    def raised_on(self) -> date:
        """The day of the figure."""

    @property
    def value(self) -> int:
        """The figure, kept as its measure keeps it."""

    @property
    def limit(self) -> int:
        """The limit, likewise."""

    @property
    def currency(self) -> str:
        """The currency of its amounts."""

    @property
    def since_on(self) -> date:
        """The day from whose close on the causes are told."""

    @property
    def causes(self) -> Mapping[str, Any]:
        """What moved it."""


def compose_alert(name: str, language: str, alert: Told, address: str) -> Composed:
    """Return the mail that tells ``name`` of a crossed limit; ``address`` is where it is explained."""
    company, crossed, moved = one_line(alert.company_name), headline(alert, language), causes(alert, language)
    since = say(language, "targets.alert.since", day=day(alert.since_on, _locale(language)))
    return compose_for_colleague(
        ColleagueMail(
            language=language,
            name=name,
            subject=f"{company}: {crossed}",
            parts=[Part(heading=company, strong=crossed, before=since if moved else "", rows=moved)],
            way=say(language, "targets.mail.way"),
            address=address,
            foot=say(language, "targets.mail.foot"),
        )
    )


def headline(alert: Told, language: str) -> str:
    """Return what was crossed, in one sentence."""
    if alert.figure == DRIFT:
        return count(language, "drift.headline", alert.value)
    measure = MEASURES[alert.figure]
    return say(
        language,
        "targets.alert.above" if measure.less_is_better else "targets.alert.below",
        figure=say(language, f"targets.figure.{alert.figure}"),
        value=figure_words(alert.figure, measure.told(alert.value), alert.currency, language),
        limit=figure_words(alert.figure, measure.told(alert.limit), alert.currency, language),
        day=day(alert.raised_on, _locale(language)),
    )


def causes(alert: Told, language: str) -> list[tuple[str, str]]:
    """Return what moved the figure: who or what, and by how much, the largest first."""
    told = alert.causes
    if not told:
        return []
    figure = str(told["figure"])

    def part(value: float) -> str:
        words = figure_words(figure, abs(value), alert.currency, language)
        return f"{'+' if value > 0 else chr(0x2212)}{words}"

    steps = [(one_line(str(step["name"])), part(step["part"])) for step in told["steps"]]
    pace = [(say(language, "targets.cause.pace"), part(told["pace"]))] if round(told.get("pace", 0), 1) else []
    others = [(say(language, "targets.cause.others"), part(told["others"]))] if round(told["others"], 1) else []
    return [*steps, *pace, *others]


def figure_words(figure: str, value: float, currency: str, language: str) -> str:
    """Return a figure with its unit."""
    unit = GOALS.get(figure, Unit.DAYS)  # what has no goal is the DSO by name alone, and who drifts later
    if unit is Unit.AMOUNT:
        return amount(round(value), currency, _locale(language))
    shown = value * 100 if unit is Unit.SHARE else value
    told = format_decimal(round(shown, 1), "#,##0.0", locale=locale_of(language)).replace("\u202f", "\u00a0")
    return say(language, "targets.days" if unit is Unit.DAYS else "targets.percent", number=told)


def _locale(language: str) -> str:
    return str(locale_of(language))
