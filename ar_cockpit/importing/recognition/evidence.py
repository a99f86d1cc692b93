"""Whether a column can be what its name says, and what its cells prove for it or against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ar_cockpit.importing.recognition import names
from ar_cockpit.importing.recognition.profile import Example, Profile

DATES = frozenset({"invoice_date", "due_date", "settled_date", "payment_date", "date"})
AMOUNTS = frozenset({"amount", "credit_limit"})
UNIQUE = frozenset({"invoice_number", "payment_id"})
# What a column of words must consist of, by target.
CODES = {
    "currency": "currency",
    "email": "email",
    "country": "country",
    "language": "language",
    "disputed": "flag",
    "kind": "kind",
    "payment_terms_days": "integer",
    "external_score": "integer",
}
AGAINST = 0.5  # where fewer cells than this are readable, the name misleads


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for (or against) a column; ``kind`` is a sentence of the catalogues, with its values."""

    kind: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_against: bool = False


def kind_of(target: str) -> str:
    """Return what the cells of ``target`` have to be, or an empty string where any text will do."""
    if target in DATES:
        return "date"
    return "amount" if target in AMOUNTS else CODES.get(target, "")


def share(target: str, profile: Profile) -> float:
    """Return the part of a column's filled cells that ``target`` can use."""
    kind = kind_of(target)
    if kind:
        return profile.share(kind)
    if target in UNIQUE and profile.filled:
        return max(profile.distinct / profile.filled, 0.2)
    return 1.0


def evidence_for(target: str, profile: Profile) -> tuple[Evidence, ...]:
    """Return what name and cells of a column say of its being ``target``."""
    fit = names.fit(target, profile.name)
    told = [Evidence("name", {"column": profile.name})] if fit > names.SIMILAR else []
    if not profile.filled:
        return (*told, Evidence("empty", {"of": profile.rows}))
    kind = kind_of(target)
    if kind:
        told.append(_all_or_some(_PLURALS[kind], profile.count(kind), profile.filled, profile))
    if kind == "date":
        told += _order(profile)
    if target in AMOUNTS:
        told += _mark(profile)
    if target in UNIQUE or target == "customer_id":
        told.append(_uniqueness(target, profile))
    if profile.count("whole") == profile.filled and not kind:
        told.append(Evidence("whole", _at(profile.example("whole"))))
    if profile.filled < profile.rows:
        told.append(Evidence("some_empty", {"n": profile.rows - profile.filled, "of": profile.rows}))
    return tuple(told)


_PLURALS = {
    "date": "dates",
    "amount": "amounts",
    "currency": "currencies",
    "email": "emails",
    "country": "countries",
    "language": "languages",
    "flag": "flags",
    "kind": "kinds",
    "integer": "integers",
}


def _all_or_some(plural: str, count: int, filled: int, profile: Profile) -> Evidence:
    values: dict[str, object] = {"n": count, "of": filled, "shown": ", ".join(profile.shown)[:60]}
    if count == filled:
        return Evidence(f"all_{plural}", values)
    return Evidence(f"some_{plural}", values, is_against=count < filled * AGAINST)


def _order(profile: Profile) -> list[Evidence]:
    """Say which of day and month comes first, and where that is proven."""
    day, month = profile.count("day_first"), profile.count("month_first")
    if day and month:
        example = profile.example("month_first" if day >= month else "day_first")
        return [Evidence("order_mixed", {"day": day, "month": month} | _at(example), is_against=True)]
    if day or month:
        kind = "day_first" if day else "month_first"
        return [Evidence(f"order_{kind}", _at(profile.example(kind)))]
    if profile.count("year_last"):
        return [Evidence("order_open", _at(profile.example("year_last")), is_against=True)]
    return [Evidence("order_year_first", _at(profile.example("year_first")))] if profile.count("date") else []


def _mark(profile: Profile) -> list[Evidence]:
    """Say which decimal mark the amounts have, and how many show it."""
    comma, point = profile.count("comma"), profile.count("point")
    told = []
    if comma and point:
        example = profile.example("point" if comma >= point else "comma")
        told.append(Evidence("mark_mixed", {"comma": comma, "point": point} | _at(example), is_against=True))
    elif comma or point:
        kind = "comma" if comma else "point"
        told.append(Evidence(f"mark_{kind}", {"n": comma or point, "of": profile.filled}))
    elif profile.count("either"):
        told.append(Evidence("mark_open", _at(profile.example("either")), is_against=True))
    if profile.count("noise"):
        told.append(
            Evidence("noise", {"n": profile.count("noise"), "of": profile.filled} | _at(profile.example("noise")))
        )
    return told


def _uniqueness(target: str, profile: Profile) -> Evidence:
    values = {"n": profile.distinct, "of": profile.filled}
    if profile.distinct == profile.filled:
        return Evidence("unique", values)
    return Evidence("repeated", values, is_against=target in UNIQUE and profile.distinct < profile.filled * AGAINST)


def _at(example: Example) -> dict[str, object]:
    return {"example": example.value[:40], "line": example.line}
