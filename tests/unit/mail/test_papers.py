"""Papers say who writes to whom, every invoice with what the law adds, and print the same bytes for the same words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import ar_cockpit
from ar_cockpit.mail.brand import Brand, Logo
from ar_cockpit.mail.papers.notice import Claimed, Notice, NoticeLine, Prose, notice_sheet
from ar_cockpit.mail.papers.parties import Recipient, Seller, address_lines
from ar_cockpit.mail.papers.press import printed, printed_together
from ar_cockpit.mail.papers.statement import OpenLine, Statement, statement_sheet
from ar_cockpit.mail.texts import LANGUAGES
from tests.pngs import a_png

WORDS = Path(ar_cockpit.__file__).parent / "mail" / "papers" / "words"
ON = date(2026, 9, 3)
SELLER = Seller("Velmora", "FR", "14 quai de la Fosse, 44000 Nantes", "+33 1", iban="FR7630006000011234567890189")
BUYER = Recipient("C1", "Hôtel du Lac", "Ann Lee", ("12 rue Haute", "69003 Lyon"), "FR")
LINES = (
    NoticeLine("FA-1", date(2026, 3, 31), date(2026, 4, 30), 1_000_000, 42_388, 4_000),
    NoticeLine("FA-2", date(2026, 6, 1), date(2026, 7, 1), 20_000, 400, 4_000),
)
NOTICE = Notice("en", ON, SELLER, BUYER, "EUR", LINES, Claimed("FR", Decimal("12.40")))


def pages(content: bytes) -> int:
    found = re.search(rb"/Type/Pages/Count (\d+)", content)
    assert found
    return int(found[1])


def said(sheet: dict[str, object]) -> str:
    return str(sheet).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    words = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    assert set(words) == set(tomllib.loads((WORDS / "en.toml").read_text(encoding="utf-8")))
    for law in ("FR", "EU", "GB", ""):
        claimed = Claimed(law, Decimal("12.4")) if law else None
        assert notice_sheet(replace(NOTICE, language=language, claimed=claimed))["language"] == language


def test_a_formal_notice_demands_principal_interest_and_fixed_sum() -> None:
    sheet = notice_sheet(NOTICE)
    told = said(sheet)
    assert sheet["subject"] == "Formal notice to pay €10,707.88"
    assert "the oldest has been due since 30 April 2026" in told
    assert "articles 1344 and following" in told
    assert "L441-10" in told
    assert "at present at 12.4% a year. Up to 3 September 2026 it comes to €427.88" in told
    assert sheet["rows"][0] == ["FA-1", "31 Mar 2026", "30 Apr 2026", "126", "€10,000.00", "€423.88", "€40.00"]
    assert sheet["totals"] == [["Total", "", "", "", "€10,200.00", "€427.88", "€80.00"]]
    assert sheet["sums"][-1] == ("Total due on 3 September 2026", "€10,707.88")
    assert ("IBAN", "FR76 3000 6000 0112 3456 7890 189") in sheet["pay"]
    assert sheet["registered"] == "Registered letter with acknowledgement of receipt"


def test_what_is_not_known_is_reserved_and_not_printed() -> None:
    sheet = notice_sheet(replace(NOTICE, claimed=None))
    assert sheet["subject"] == "Formal notice to pay €10,200.00"
    assert [one["label"] for one in sheet["columns"]] == ["Invoice", "Dated", "Due", "Days late", "Open amount"]
    assert "We reserve the right to claim" in said(sheet)


def test_the_letter_of_another_step_says_that_steps_words() -> None:
    prose = Prose("A word", ["Please look."], ["Thanks."])
    sheet = notice_sheet(replace(NOTICE, claimed=None, is_formal=False, prose=prose))
    assert (sheet["subject"], sheet["registered"]) == ("A word", "")
    assert sheet["before"] == ["Dear Ann Lee,", "Please look."]
    assert sheet["after"] == ["Thanks."]


def test_a_formal_notice_in_the_companys_words_keeps_what_the_law_wants_said() -> None:
    sheet = notice_sheet(replace(NOTICE, prose=Prose("Last call", ["Pay within eight days."], ["Our lawyers wait."])))
    assert (sheet["subject"], sheet["before"][1:]) == ("Last call", ["Pay within eight days."])
    assert sheet["registered"] == "Registered letter with acknowledgement of receipt"
    told = said(sheet)
    for needed in ("articles 1344", "12.4% a year", "€80.00", "Our lawyers wait."):
        assert needed in told


@pytest.mark.parametrize(
    ("seller", "buyer", "window", "recipient", "place"),
    [
        (SELLER, BUYER, "right", "69003 Lyon", "Nantes, le 3 septembre 2026"),
        (
            Seller("Velmora", "DE", "Speicherstraße 9, 60327 Frankfurt am Main"),
            BUYER,
            "left",
            "FRANCE",
            "Frankfurt am Main, le 3 septembre 2026",
        ),
        (Seller("Velmora", "GB", "3 Wharf, Bristol BS1 6XN"), BUYER, "left", "FRANCE", "Bristol, le 3 septembre 2026"),
        (Seller("Velmora", "FR"), BUYER, "right", "69003 Lyon", "3 septembre 2026"),
    ],
)
def test_the_address_stands_behind_the_window(
    seller: Seller, buyer: Recipient, window: str, recipient: str, place: str
) -> None:
    sheet = notice_sheet(replace(NOTICE, language="fr", seller=seller, recipient=buyer))
    assert (sheet["window"], sheet["recipient"][-1], sheet["place_and_date"]) == (window, recipient, place)
    assert sheet["recipient"][:2] == ["Hôtel du Lac", "À l’attention de Ann Lee"]


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("12 rue Haute\n69003 Lyon", ["12 rue Haute", "69003 Lyon"]),
        ("12, rue Haute, 69003 Lyon", ["12, rue Haute", "69003 Lyon"]),
        ("Hall B, 2nd floor\n1 High Street", ["Hall B, 2nd floor", "1 High Street"]),
        ("", []),
    ],
)
def test_an_address_on_one_line_becomes_several(written: str, lines: list[str]) -> None:
    assert address_lines(written) == lines


def test_a_statement_shows_invoices_credit_notes_money_held_and_ages() -> None:
    lines = [
        OpenLine("FA-1", date(2026, 3, 31), date(2026, 4, 30), 1_200_000, 1_000_000, is_disputed=True),
        OpenLine("FA-2", date(2026, 8, 31), date(2026, 9, 30), 20_000, 20_000),
        OpenLine("AV-1", date(2026, 8, 1), date(2026, 8, 1), -5_000, -5_000),
    ]
    sheet = statement_sheet(Statement("en", ON, SELLER, BUYER, "EUR", lines, unapplied_minor=1_000))
    assert [row[0] for row in sheet["rows"]] == [
        "FA-1 (in dispute)",
        "FA-2",
        "Credit note AV-1",
        "Payments not yet matched to an invoice",
    ]
    assert sheet["sums"] == [
        ("Open invoices", "€10,200.00"),
        ("Credit notes and unmatched payments", "-€60.00"),
        ("Balance", "€10,140.00"),
    ]
    assert [pair for pair in sheet["ageing"] if pair[1] != "€0.00"] == [
        ("Not due", "€200.00"),
        ("Over 120 days", "€10,000.00"),
    ]


def test_an_account_with_nothing_open_says_so() -> None:
    sheet = statement_sheet(Statement("en", ON, SELLER, BUYER, "EUR", []))
    assert sheet["before"] == ["Nothing is open on your account. Thank you."]
    assert sheet["rows"] == sheet["sums"] == sheet["pay"] == []


def test_the_same_words_print_the_same_bytes_and_others_do_not() -> None:
    sheet = notice_sheet(NOTICE)
    first = printed(sheet, ON)
    assert first.startswith(b"%PDF-")
    assert printed(notice_sheet(NOTICE), ON) == first
    assert printed(sheet, date(2026, 9, 4)) != first
    assert printed(notice_sheet(replace(NOTICE, language="de")), ON) != first


def test_names_are_text_whatever_they_look_like() -> None:
    hostile = '#read("/etc/passwd") *a* $x$ = "\\ #image("https://x.example/a.png") ⟦ 中 \u0000'
    sheet = notice_sheet(replace(NOTICE, recipient=replace(BUYER, name=hostile, person=hostile, lines=[hostile])))
    assert b"root:" not in printed(sheet, ON)


def test_many_letters_print_into_one_file_each_with_its_own_pages() -> None:
    sheet = notice_sheet(replace(NOTICE, lines=LINES * 40))
    alone, together = printed(sheet, ON), printed_together([sheet, sheet], ON)
    assert pages(together) == 2 * pages(alone) > 2


def test_one_invoice_is_demanded_in_the_singular() -> None:
    for language in LANGUAGES:
        one = notice_sheet(replace(NOTICE, language=language, lines=LINES[:1]))["before"][1]
        assert one != notice_sheet(replace(NOTICE, language=language))["before"][1]
    assert (
        "the invoice listed below has not been paid; it has been due since"
        in notice_sheet(replace(NOTICE, lines=LINES[:1]))["before"][1]
    )


def test_a_letter_and_a_statement_look_like_the_company() -> None:
    logo = Logo("ab" * 32, "image/png", 40, 20)
    brand = Brand("#0b6b4f", logo, "Accounts receivable\nVelmora", {"en": "Company no. 123", "fr": "RCS Nantes"})
    seller = replace(SELLER, person="Ann Lee", brand=brand)
    letter = notice_sheet(replace(NOTICE, seller=seller))
    statement = statement_sheet(Statement("fr", ON, seller, BUYER, "EUR", []))
    assert (letter["accent"], letter["logo"]) == (statement["accent"], statement["logo"]) == ("#0b6b4f", "ab" * 32)
    assert letter["signature"] == ["Ann Lee", "Accounts receivable", "Velmora"]
    assert (letter["legal"], statement["legal"]) == (["Company no. 123"], ["RCS Nantes"])
    pictures = {"ab" * 32: a_png()}
    with_logo, without = printed(letter, ON, pictures), printed(letter, ON)
    assert len({with_logo, without, printed(letter | {"accent": "", "legal": []}, ON)}) == 3
    assert printed_together([letter, statement], ON, pictures).startswith(b"%PDF-")


def test_a_sheet_that_was_kept_before_looks_were_given_prints_as_ever() -> None:
    kept = {key: value for key, value in notice_sheet(NOTICE).items() if key not in {"accent", "logo", "legal"}}
    assert printed(kept, ON) == printed(notice_sheet(NOTICE), ON)
