"""Whose customers are whose: rules over facts of a customer, the first that takes it names the collector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ar_cockpit.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Owned:
    """What a customer is assigned by; ``open_minor`` is owed in the customer's own currency."""

    customer_id: int
    name: str
    country: str
    segment: str
    open_minor: int
    collector_email: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who gets which customers; what is empty does not matter. Names are compared by their first letters."""

    collector_email: str
    country: str = ""
    segment: str = ""
    name_from: str = ""
    name_to: str = ""
    least_minor: int | None = None
    most_minor: int | None = None

    def takes(self, one: Owned) -> bool:
        """Return whether the rule is about this customer."""
        name = one.name.casefold()
        return (
            self.country in ("", one.country.upper())
            and self.segment in ("", one.segment)
            and (not self.name_from or name[: len(self.name_from)] >= self.name_from)
            and (not self.name_to or name[: len(self.name_to)] <= self.name_to)
            and (self.least_minor is None or one.open_minor >= self.least_minor)
            and (self.most_minor is None or one.open_minor <= self.most_minor)
        )


def checked_rule(rule: Rule) -> Rule:
    """Return ``rule``; raise ``InputError`` with the mend when no customer could ever meet it."""
    if rule.name_from and rule.name_to and rule.name_from > rule.name_to + "\uffff":
        raise InputError(f"No name lies from {rule.name_from} to {rule.name_to}.", "Turn the two around.")
    if rule.least_minor is not None and rule.most_minor is not None and rule.least_minor > rule.most_minor:
        raise InputError("The least amount is above the most.", "Turn the two around.")
    return rule


def collector_for(one: Owned, rules: Iterable[Rule]) -> str:
    """Return the collector that the first rule about a customer names; empty when none is."""
    return next((rule.collector_email for rule in rules if rule.takes(one)), "")
