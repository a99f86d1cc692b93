"""The rules of credit as data: what makes a customer's standing, and how limits and orders are decided.

They stand in the tables ``[standing]`` and ``[credit]`` of the policy file. A key that is left out keeps its default;
``false`` turns a rule off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from ar_cockpit.domain.policy.reading import Reading, choose

GROUP_MEANS = ("tell", "watch", "hold")
MOST_PERCENT, MOST_SCORE, MOST_COUNT, MOST_DAYS = 1000, 100, 100, 3650
_MOST_AMOUNT = Decimal(10) ** 12
# A table's keys that hold something else than a whole number or false.
_WORDS, _CHOICE = frozenset({"insolvency_tags"}), frozenset({"group"})


@dataclass(frozen=True, slots=True)
class StandingRules:
    """When a customer is watched and when new orders stop; ``None`` is a rule that is off.

    Days and counts are whole numbers. Shares and uses are percents, passed when the fact is above them; scores are
    passed when the fact is below them.
    """

    hold_days_overdue: int | None = 90  # of the oldest undisputed invoice
    watch_days_overdue: int | None = 15
    hold_overdue_share: int | None = None  # of what is open
    watch_overdue_share: int | None = None
    hold_limit_use: int | None = None  # of the limit, by what is open and accepted orders
    watch_limit_use: int | None = 100
    hold_broken_promises: int | None = None  # from so many on
    watch_broken_promises: int | None = 1
    hold_score: int | None = None  # the payer score
    watch_score: int | None = None
    hold_external_score: int | None = None
    watch_external_score: int | None = None
    watch_unanswered: int | None = 2  # reminders without reply, from so many on
    watch_slower_days: int | None = 10  # than a year ago, from so many on
    insolvency_tags: tuple[str, ...] = ("insolvent",)
    group: str = "tell"  # what a group with a member on hold means for the others: tell, watch or hold


@dataclass(frozen=True, slots=True)
class CreditRules:
    """How limits are approved and looked after, and how long an accepted order counts; amounts are major units.

    A request is approved in turn by each role up to the first whose amount reaches it; ``None`` is no bound.
    """

    credit_manager_up_to: Decimal | None = None
    executive_up_to: Decimal | None = None
    review_every_days: int = 365
    near_limit: int = 90  # percent of the limit from which it is told as nearly used
    reservation_days: int = 30


def most_of(key: str) -> int:
    """Return the greatest value of a rule that is a number."""
    if "score" in key:
        return MOST_SCORE
    if key.endswith(("_share", "_use")) or key == "near_limit":
        return MOST_PERCENT
    return MOST_COUNT if key.endswith(("_promises", "_unanswered")) else MOST_DAYS


Rules = TypeVar("Rules", StandingRules, CreditRules)


def read_standing(reading: Reading, document: Mapping[str, Any]) -> StandingRules:
    """Return the rules of the table ``[standing]``, the defaults where it says nothing."""
    return _read(reading, document, "standing", StandingRules())


def read_credit(reading: Reading, document: Mapping[str, Any]) -> CreditRules:
    """Return the rules of the table ``[credit]``, the defaults where it says nothing."""
    return _read(reading, document, "credit", CreditRules())


def problems_of(rules: StandingRules) -> dict[str, str]:
    """Return what cannot be meant, by key: one is held before being watched."""
    found = {}
    for one in fields(rules):
        if not one.name.startswith("hold_"):
            continue
        hold, watch = getattr(rules, one.name), getattr(rules, one.name.replace("hold_", "watch_"))
        is_wrong = hold is not None and watch is not None and (watch < hold if "score" in one.name else watch > hold)
        if is_wrong:
            found[one.name] = "a customer would be on hold before being watched"
    return found


def rule_keys(rules: StandingRules | CreditRules) -> dict[str, str]:
    """Return what stands in the table of ``rules``: each key with its value as written."""
    return {one.name: _written(getattr(rules, one.name)) for one in fields(rules)}


def _read(reading: Reading, document: Mapping[str, Any], name: str, default: Rules) -> Rules:
    table = document.get(name)
    if table is None:
        return default
    path: tuple[str | int, ...] = (name, 0)
    if not isinstance(table, dict):
        reading.add((name,), f"{name!r} is not a table.", f"Write [{name}] and its keys below.")
        return default
    known = [one.name for one in fields(default)]
    reading.known(path, table, known)
    given = {}
    for key in known:
        if key in table:
            given[key] = _value(reading, path, key, table[key], getattr(default, key))
    rules = type(default)(**given)
    if isinstance(rules, StandingRules):
        for key, why in problems_of(rules).items():
            reading.add((*path, key), f"{key!r} comes before its watch: {why}.", "Correct one of the two.")
    return rules


def _value(reading: Reading, path: tuple[str | int, ...], key: str, given: Any, default: Any) -> Any:
    if key in _WORDS:
        if isinstance(given, list) and all(isinstance(one, str) and one.strip() for one in given):
            return tuple(one.strip() for one in given)
        reading.add((*path, key), f"{key!r} is not a list of words.", f'Write {key} = ["…"] or [].')
        return default
    if key in _CHOICE:
        if given in GROUP_MEANS:
            return given
        reading.add((*path, key), f"there is no {key} {given!r}.", choose(str(given), GROUP_MEANS))
        return default
    if key.endswith("_up_to"):
        return _amount(reading, path, key, given)
    return _number(reading, path, key, given, default)


def _number(reading: Reading, path: tuple[str | int, ...], key: str, given: Any, default: Any) -> int | None:
    may_be_off = key in StandingRules.__dataclass_fields__
    if given is False and may_be_off:
        return None
    least, most = (0 if may_be_off and not key.endswith(("_promises", "_unanswered")) else 1), most_of(key)
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        off = ", or false to turn it off" if may_be_off else ""
        mend = f"Write a whole number from {least} to {most}{off}."
        reading.add((*path, key), f"{key!r} is no such number.", mend)
        return default if default is None else int(default)
    return given


def _amount(reading: Reading, path: tuple[str | int, ...], key: str, given: Any) -> Decimal | None:
    if given is False:
        return None
    try:
        amount = Decimal(given) if isinstance(given, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or not 0 <= amount <= _MOST_AMOUNT:
        reading.add((*path, key), f"{key!r} is not an amount.", f'Write {key} = "50000.00", or false for no bound.')
        return None
    return amount


def _written(value: Any) -> str:
    if value is None:
        return "false"
    if isinstance(value, Decimal):
        return f'"{value:f}"'
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_quoted(one) for one in value) + "]"
    return str(value)


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04X}" for sign in escaped) + '"'
