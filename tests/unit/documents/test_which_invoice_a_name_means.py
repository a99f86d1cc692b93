"""A file's name means an invoice by rules in a fixed order; where a person would have to guess, it means none."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.documents.matching import Key, Rule, candidates, decide, exact_key, number_key


def decided(name: str, *numbers: str) -> tuple[Rule | None, list[str]]:
    known: dict[str, list[tuple[Key, int]]] = defaultdict(list)
    for place, number in enumerate(numbers):
        for key in (exact_key(number), number_key(number)):
            known[key.text].append((key, place))
    rule, found = decide(candidates(name), known)
    return rule, [numbers[place] for place in found]


@pytest.mark.parametrize(
    ("name", "number", "rule"),
    [
        pytest.param("FA-2026-0412.pdf", "FA-2026-0412", Rule.EXACT, id="the number itself"),
        pytest.param("fa-2026-0412.PDF", "FA-2026-0412", Rule.EXACT, id="in another case"),
        pytest.param("FA_2026_0412.pdf", "FA/2026/0412", Rule.SEPARATORS, id="a slash that a file cannot have"),
        pytest.param("FA20260412.pdf", "FA-2026-0412", Rule.SEPARATORS, id="separators dropped"),
        pytest.param("FA-2026-0412.pdf", "FA20260412", Rule.SEPARATORS, id="separators added"),
        pytest.param("Facture FA-12.pdf", "FA-12", Rule.KNOWN_WORDS, id="a word before"),
        pytest.param("FA-12_signed_copy.pdf", "FA-12", Rule.KNOWN_WORDS, id="words after"),
        pytest.param("FA-12 (1).pdf", "FA-12", Rule.KNOWN_WORDS, id="a browser's second download"),
        pytest.param("FA-12 signée v2.pdf", "FA-12", Rule.KNOWN_WORDS, id="accents and a version"),
        pytest.param("invoice no. 4711.pdf", "4711", Rule.KNOWN_WORDS, id="a bare number after its word"),
        pytest.param("Atelys Mécanique FA-12.pdf", "FA-12", Rule.OTHER_WORDS, id="a name before"),
        pytest.param("FA-12 Atelys facture.pdf", "FA-12", Rule.OTHER_WORDS, id="a name after"),
    ],
)
def test_a_name_means_an_invoice(name: str, number: str, rule: Rule) -> None:
    assert decided(name, number, "OTHER-9") == (rule, [number])


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        pytest.param("FA-13.pdf", ["FA-12"], id="no such number"),
        pytest.param("FA-120.pdf", ["FA-12"], id="a longer number"),
        pytest.param("2026-03-12 FA-12.pdf", ["FA-12"], id="digits that belong to nothing"),
        pytest.param("FA-12 3 pages.pdf", ["FA-12"], id="a digit after"),
        pytest.param("Delivery 4711.pdf", ["4711"], id="a bare number after a word for something else"),
        pytest.param("FA_1_12.pdf", ["FA-11-2"], id="digits parted elsewhere"),
        pytest.param("invoice.pdf", ["INVOICE-1"], id="no number at all"),
        pytest.param(".pdf", ["1"], id="no name at all"),
        pytest.param("---.pdf", ["1"], id="nothing but separators"),
    ],
)
def test_what_would_be_a_guess_means_nothing(name: str, numbers: list[str]) -> None:
    assert decided(name, *numbers) == (None, [])


def test_two_numbers_by_one_rule_are_ambiguous() -> None:
    assert decided("FA12.pdf", "FA-12", "FA/12") == (Rule.SEPARATORS, ["FA-12", "FA/12"])


def test_the_surest_rule_decides_even_where_another_would_find_more() -> None:
    assert decided("FA-12.pdf", "FA-12", "FA/12") == (Rule.EXACT, ["FA-12"])
    assert decided("Invoice FA-12.pdf", "FA-12", "Invoice FA-12") == (Rule.EXACT, ["Invoice FA-12"])


NUMBERS = st.from_regex(r"[A-Z]{1,3}[-/ ]?[0-9]{1,4}([-/][0-9]{1,4})?", fullmatch=True)
# A lone "V2" in a name is the mark of its second version, not a number.
LONE = NUMBERS.filter(lambda number: not re.match(r"V[-/ ]?[0-9]", number))


@given(LONE, st.sampled_from(["{}.pdf", "Invoice {}.pdf", "{} copy.pdf", "scan_{}_signed.pdf", "{} (2).pdf"]))
def test_a_ledgers_only_number_is_found_in_any_dress(number: str, dress: str) -> None:
    name = dress.format(number.replace("/", "_"))
    assert decided(name, number)[1] == [number]


@given(NUMBERS, NUMBERS)
def test_a_name_never_means_a_number_with_other_letters_or_digits(name: str, number: str) -> None:
    _, found = decided(f"{name.replace('/', '_')}.pdf", number)
    bare = [sign for sign in number.casefold() if sign.isalnum()]
    assert not found or [sign for sign in name.casefold() if sign.isalnum()] == bare
