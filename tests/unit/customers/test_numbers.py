"""A number says by itself whether it can be meant, and what to do if not; like names are recognised."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.customers.likeness import are_alike, fragments
from ar_cockpit.domain.customers.numbers import IBAN, LEI, REGISTRATION, VAT, check, grouped, masked


@pytest.mark.parametrize(
    ("kind", "written", "country", "kept", "code"),
    [
        (REGISTRATION, "732 829 320", "FR", "732829320", "ok"),
        (REGISTRATION, "732 829 320 00074", "FR", "732829320", "siret"),
        (REGISTRATION, "HRB 12345", "DE", "HRB 12345", "unchecked"),
        (VAT, "fr 44 732 829 320", "FR", "FR44732829320", "holds_siren"),
        (VAT, "DE136695976", "FR", "DE136695976", "abroad"),
        (VAT, "EL094259216", "GR", "EL094259216", "ok"),
        (VAT, "GB980780684", "GB", "GB980780684", "ok"),
        (VAT, "CHE-107.787.577 IVA", "CH", "CHE107787577IVA", "ok"),
        (IBAN, "FR14 2004 1010 0505 0001 3M02 606", "", "FR1420041010050500013M02606", "ok"),
        (LEI, "5493001KJTIIGC8Y1R12", "", "5493001KJTIIGC8Y1R12", "ok"),
        (LEI, "  ", "", "", ""),
    ],
)
def test_a_good_number_is_kept_without_its_blanks(kind: str, written: str, country: str, kept: str, code: str) -> None:
    found = check(kind, written, country)
    assert (found.is_good, found.value, found.code) == (True, kept, code)


@pytest.mark.parametrize(
    ("kind", "written", "country", "code"),
    [
        (REGISTRATION, "732 829 321", "FR", "checksum"),
        (REGISTRATION, "7328", "FR", "length"),
        (VAT, "FR45732829320", "FR", "checksum"),
        (VAT, "44732829320", "FR", "no_prefix"),
        (VAT, "44732829321", "FR", "no_prefix_at_all"),
        (VAT, "XX44732829320", "FR", "no_country"),
        (IBAN, "FR14 2004 1010 0505 0001 3M02 607", "", "checksum"),
        (IBAN, "FR14 2004", "", "length"),
        (IBAN, "20041010050500013M02606", "", "format"),
        (LEI, "5493001KJTIIGC8Y1R13", "", "checksum"),
        (LEI, "5493001KJTIIGC8Y1", "", "length"),
        (LEI, "x" * 61, "", "too_long"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(kind: str, written: str, country: str, code: str) -> None:
    found = check(kind, written, country)
    assert (found.is_good, found.code) == (False, code)


def test_a_number_without_its_country_is_told_with_it_and_one_of_another_company_with_both() -> None:
    assert check(VAT, "44732829320", "FR").facts == {"guess": "FR44732829320"}
    other = check(VAT, "FR44732829320", "FR", "552100554")
    assert (other.is_good, other.facts) == (False, {"siren": "732 829 320", "other": "552 100 554"})


def test_a_bank_account_is_shown_in_groups_and_told_by_its_end() -> None:
    assert (grouped("FR1420041010"), masked("FR1420041010"), masked("")) == ("FR14 2004 1010", "…1010", "")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Société Générale SA", "SOCIETE GENERALE", True),
        ("Atelys", "Altelys S.A.S.", True),
        ("Dupont et Fils", "Fils Dupont SARL", True),
        ("Lorvane Transports", "Lorvane", True),
        ("Garage Martin", "Garage Morin", False),
        ("Maison A", "Maison B", False),
        ("Atelys", "", False),
    ],
)
def test_names_are_alike_whatever_their_accents_forms_and_order(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike
    assert are_alike(other, one) is alike


def test_what_is_looked_for_are_beginnings_and_ends_of_words() -> None:
    assert fragments("Société du Lorvane SA") == ["lorv", "vane", "soci", "iété"]
    assert fragments("A B") == ["a b"]
