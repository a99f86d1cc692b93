"""Segments, rules, cadences and steps in words: from what people named them, else from what they do."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel.lists import format_list

from ar_cockpit.domain.policy.model import FIELDS, Channel, Condition, Fact, Kind, Scalar, Segment, Step
from ar_cockpit.i18n import count, locale_of, say
from ar_cockpit.state.display import rows

OPS = {
    "=": "is",
    "!=": "is_not",
    "<": "under",
    "<=": "at_most",
    ">": "over",
    ">=": "at_least",
    "in": "one_of",
    "not_in": "none_of",
}
_SHARES = frozenset({"credit_use"})


def rule(segment: Segment, language: str, *, is_last: bool = False) -> str:
    """Return a segment's rule as a phrase."""
    if segment.is_unconditional:
        return say(language, "cadences.rule.everyone") if is_last else say(language, "cadences.rule.all")
    locale = locale_of(language)
    every = format_list([condition(one, language) for one in segment.all_of], locale=locale)
    some = format_list([condition(one, language) for one in segment.any_of], style="or", locale=locale)
    if every and some:
        return say(language, "cadences.rule.both", every=every, some=some)
    return every or some


def condition(one: Condition, language: str) -> str:
    """Return one condition as a phrase."""
    negated = one.op in ("!=", "not_in")
    if one.field in ("country", "tags") and one.op in ("=", "!=", "in", "not_in"):
        key = f"cadences.rule.{one.field}.{'not' if negated else 'is'}"
        return say(language, key, values=_values(one, language))
    op = say(language, f"cadences.op.{OPS[one.op]}")
    return f"{field(one.field, language)} {op} {_values(one, language)}"


def field(name: str, language: str) -> str:
    """Return what a fact is called inside a sentence."""
    return say(language, f"cadences.field.{name}")


def fact(name: str, value: Fact, language: str) -> str:
    """Return a customer's fact as it is shown beside a rule."""
    if value is None:
        return rows.NOT_AVAILABLE
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or rows.NOTHING
    return _value(name, value, language)


def offset(days: int, language: str) -> str:
    """Return a step's day as it stands on the line: ``+3 days``."""
    shown = f"{days:+d}".replace("-", "\u2212") if days else "0"
    return count(language, "cadences.offset", abs(days), days=shown)


def who_acts(step: Step, language: str) -> str:
    """Return by what means and by whom a step is done, the most telling first."""
    if step.channel is Channel.CALL:
        return say(language, "cadences.who.call")
    channel = say(language, f"cadences.channel.{step.channel.value}")
    if step.approve:
        return say(language, "cadences.who.approve", channel=channel)
    if step.tell_sales_days:
        return count(language, "cadences.who.told", step.tell_sales_days, channel=channel)
    if step.channel is Channel.EMAIL:
        return say(language, "cadences.who.itself", channel=channel)
    return say(language, "cadences.who.person", channel=channel)


def _values(one: Condition, language: str) -> str:
    shown: Sequence[str] = [_value(one.field, value, language) for value in one.values]
    return format_list(shown, style="or", locale=locale_of(language))


def _value(name: str, value: Scalar, language: str) -> str:
    if FIELDS[name][0] is Kind.NUMBER:
        number = Decimal(value)
        if name in _SHARES:
            return rows.percent(number, language, 0)
        return rows.number(number, language, 0 if number == number.to_integral_value() else 2)
    word = str(value)
    if name == "country":
        return str(locale_of(language).territories.get(word.upper(), word.upper()))
    if name == "language":
        return str(locale_of(language).languages.get(word, word))
    return word.upper() if name in ("currency", "company") else word
