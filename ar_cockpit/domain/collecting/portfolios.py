"""Whose customers are whose: rules over facts of a customer, the first that takes it names the collector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ar_cockpit.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Owned:
    """What a customer is assigned by; ``open_minor`` is owed in ``currency``, the customer's own."""

    customer_id: int
    name: str
    country: str
    segment: str
    open_minor: int
    collector_email: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who gets which customers; what is empty does not matter. Names are compared by their first letters.

    Amounts are of ``currency``: a rule with amounts is not about customers of another one.
    """

    collector_email: str
    country: str = ""
    segment: str = ""
    name_from: str = ""
    name_to: str = ""
    least_minor: int | None = None
    most_minor: int | None = None
    currency: str = ""

    @property
    def has_amount(self) -> bool:
        """Whether what a customer owes matters."""
        return self.least_minor is not None or self.most_minor is not None

    def takes(self, one: Owned) -> bool:
        """Return whether the rule is about this customer."""
        name = one.name.casefold()
        return (
            self.country in ("", one.country.upper())
            and self.segment in ("", one.segment)
            and (not self.name_from or name[: len(self.name_from)] >= self.name_from)
            and (not self.name_to or name[: len(self.name_to)] <= self.name_to)
            and (not self.has_amount or self.currency == one.currency)
            and (self.least_minor is None or one.open_minor >= self.least_minor)
            and (self.most_minor is None or one.open_minor <= self.most_minor)
        )


def checked_rule(rule: Rule) -> Rule:
    """Return ``rule``; raise ``InputError`` with the mend when no customer could ever meet it."""
    if rule.name_from and rule.name_to and rule.name_from > rule.name_to + "\uffff":
        raise InputError(f"No name lies from {rule.name_from} to {rule.name_to}.", "Turn the two around.")
    if rule.least_minor is not None and rule.most_minor is not None and rule.least_minor > rule.most_minor:
        raise InputError("The least amount is above the most.", "Turn the two around.")
    if rule.has_amount and not rule.currency:
        raise InputError("The amounts have no currency.", "Say which one they are in.")
    return rule if rule.has_amount else replace(rule, currency="")


def collector_for(one: Owned, rules: Iterable[Rule]) -> str:
    """Return the collector that the first rule about a customer names; empty when none is."""
    return next((rule.collector_email for rule in rules if rule.takes(one)), "")


def all_covered(email: str, absences: Iterable[tuple[str, str]]) -> set[str]:
    """Return whom somebody stands in for, given who is away and who covers: also for whom those stood in."""
    known, found, waiting = list(absences), set[str](), {email}
    while waiting:
        stands_in = waiting.pop()
        new = {away for away, cover in known if cover == stands_in} - found - {email}
        found |= new
        waiting |= new
    return found
