"""Whose customers are whose by rules, and whose contact a payment is held to have followed."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.domain.collecting.portfolios import Owned, Rule, all_covered, checked_rule, collector_for
from ar_cockpit.domain.collecting.results import Contact, Receipt, collected_after_contact, touched
from ar_cockpit.domain.errors import InputError

ATELYS = Owned(1, "Atelys Mécanique", "fr", "key", 50_000_00, currency="EUR")


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        pytest.param(Rule("a"), True, id="an empty rule is about everybody"),
        pytest.param(Rule("a", country="FR"), True, id="country, in either case"),
        pytest.param(Rule("a", country="DE"), False, id="another country"),
        pytest.param(Rule("a", segment="key"), True, id="segment"),
        pytest.param(Rule("a", name_from="a", name_to="c"), True, id="names by their first letter"),
        pytest.param(Rule("a", name_from="au"), False, id="names from later letters"),
        pytest.param(Rule("a", name_to="at"), True, id="the last letters are included"),
        pytest.param(Rule("a", least_minor=50_000_00, currency="EUR"), True, id="size from, included"),
        pytest.param(Rule("a", most_minor=49_999_99, currency="EUR"), False, id="size up to"),
        pytest.param(Rule("a", least_minor=1, currency="USD"), False, id="amounts of another currency"),
        pytest.param(Rule("a", country="FR", segment="small"), False, id="all that is given must hold"),
    ],
)
def test_what_a_rule_takes(rule: Rule, takes: bool) -> None:
    assert rule.takes(ATELYS) is takes


def test_the_first_rule_that_takes_a_customer_decides() -> None:
    rules = [Rule("de", country="DE"), Rule("big", least_minor=1, currency="EUR"), Rule("rest")]
    assert collector_for(ATELYS, rules) == "big"
    assert collector_for(ATELYS, rules[:1]) == ""


@pytest.mark.parametrize(
    "rule", [Rule("a", name_from="m", name_to="c"), Rule("a", least_minor=2, most_minor=1), Rule("a", least_minor=2)]
)
def test_a_rule_that_nobody_meets_is_refused(rule: Rule) -> None:
    with pytest.raises(InputError):
        checked_rule(rule)


def test_who_covers_stands_in_for_those_whom_the_absent_covered_too() -> None:
    away = [("ines", "marc"), ("marc", "lea"), ("tom", "ada")]
    assert all_covered("lea", away) == {"marc", "ines"}
    assert all_covered("ines", away) == set()
    assert all_covered("a", [("a", "b"), ("b", "a")]) == {"b"}


def day(number: int) -> date:
    return date(2026, 11, number)


def test_money_counts_for_who_contacted_last_within_thirty_days() -> None:
    contacts = [Contact(1, day(3), "ines"), Contact(1, day(10), "marc"), Contact(2, date(2026, 9, 1), "ines")]
    money = [
        Receipt(1, day(2), 5),  # before any contact
        Receipt(1, day(3), 10),  # on the very day
        Receipt(1, day(12), 100),
        Receipt(2, day(12), 1000),  # too long after
        Receipt(3, day(12), 7),  # never contacted
    ]
    assert collected_after_contact(contacts, money) == {"ines": 10, "marc": 100}


def test_a_customer_contacted_twice_is_touched_once() -> None:
    contacts = [Contact(1, day(3), "ines"), Contact(1, day(4), "ines"), Contact(2, day(30), "ines")]
    assert touched(contacts, day(1), day(29)) == {"ines": 1}
