"""Goals, limits and crossed limits in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ar_cockpit.domain.figures.measures import GOALS, MEASURES, Unit, to_type
from ar_cockpit.i18n import say
from ar_cockpit.mail.alert import causes, figure_words, headline
from ar_cockpit.services.figures.alerts import Alert
from ar_cockpit.services.figures.targets import CompanyGoals
from ar_cockpit.state.display import rows

Link = Callable[[Alert], str]
ToFigure = Callable[[str, str, str], str]  # company, currency, figure -> what the figure is made of


@dataclass
class GoalItem:
    """A figure's goal and limit as typed, beside its value; ``kind`` is ok, watch, bad or empty."""

    label: str
    unit: str
    now: str
    href: str
    goal_name: str
    goal: str
    goal_label: str
    limit_name: str
    limit: str
    limit_label: str
    has_limit: bool
    kind: str
    word: str


@dataclass
class CompanyItem:
    """A company with its goals."""

    code: str
    name: str
    currency: str
    wants_mail: bool
    may_set: bool
    version: str
    goals: list[GoalItem] = field(default_factory=list)


@dataclass
class AlertItem:
    """A crossed limit, ready to draw."""

    company: str
    headline: str
    causes: str
    href: str


def company_item(one: CompanyGoals, language: str, to_figure: ToFigure) -> CompanyItem:
    """Return a company's goals, the figures in a fixed order."""
    items = [_goal(key, unit, one, language, to_figure) for key, unit in GOALS.items()]
    version = repr((sorted(one.goals.items()), sorted(one.limits.items())))
    company = one.company
    return CompanyItem(company.code, company.name, company.currency, one.wants_mail, one.may_set, version, items)


def alert_items(some: Sequence[Alert], language: str, link: Link) -> list[AlertItem]:
    """Return the crossed limits with what moved the figures."""
    return [_alert(one, language, link(one)) for one in some]


def _alert(one: Alert, language: str, href: str) -> AlertItem:
    told = ", ".join(f"{who} {part}" for who, part in causes(one, language))
    since = say(language, "targets.alert.since", day=rows.day(one.since_on, language))
    return AlertItem(one.company_name, headline(one, language), f"{since} {told}" if told else "", href)


def _goal(key: str, unit: Unit, one: CompanyGoals, language: str, to_figure: ToFigure) -> GoalItem:
    company = one.company
    measure, currency = MEASURES.get(key), company.currency
    goal, limit = one.goals.get(key), one.limits.get(key)
    value = measure.pick(one.now) if measure else None
    kind, word = "", ""
    if measure and value is not None and limit is not None and measure.is_beyond(value, limit):
        kind, word = "bad", "crossed"
    elif measure and value is not None and goal is not None:
        kind, word = ("watch", "missed") if measure.is_beyond(value, goal) else ("ok", "met")
    label = say(language, f"targets.figure.{key}")

    def told(mark: float | None) -> str:
        """Return a goal or a limit: to be typed over, or, for who only reads it, as the figure beside it."""
        if one.may_set or mark is None:
            return _typed(unit, mark, currency, language)
        return figure_words(key, mark, currency, language)

    return GoalItem(
        label=label,
        unit=currency if unit is Unit.AMOUNT else say(language, f"targets.unit.{unit}"),
        now=rows.NOT_AVAILABLE if value is None else figure_words(key, value, currency, language),
        href="" if value is None else to_figure(company.code, company.currency, key),
        goal_name=f"goal_{key}",
        goal=told(goal),
        goal_label=f"{say(language, 'targets.goal')}: {label}, {one.company.name}",
        limit_name=f"limit_{key}",
        limit=told(limit),
        limit_label=f"{say(language, 'targets.limit')}: {label}, {one.company.name}",
        has_limit=measure is not None,
        kind=kind,
        word=say(language, f"targets.word.{word}") if word else "",
    )


def _typed(unit: Unit, value: float | None, currency: str, language: str) -> str:
    if value is None:
        return ""
    told = f"{to_type(unit, value, currency):f}"
    return told.replace(".", ",") if language == "fr" else told
