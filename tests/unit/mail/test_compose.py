"""Messages: in the reader's language, with the invoices, the total, how to pay and whom to call."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy

import pytest

from ar_cockpit.domain.policy.model import TEMPLATES
from ar_cockpit.mail.compose import InterestClaim, Letter, Line, Sender, compose
from ar_cockpit.mail.message import OutgoingMail, build, wire_address, wire_bytes
from ar_cockpit.mail.texts import LANGUAGES, language_for
from ar_cockpit.services.clock import now

SENDER = Sender(
    "Velmora France", "12 rue du Port, Lyon", "FR7630006000011234567890189", "AGRIFRPP", "Inès Caradec", "+33 4 72"
)
LINES = (
    Line("A-1", date(2026, 1, 29), date(2026, 2, 28), 123456789, "PO-77"),
    Line("A-2", date(2026, 2, 8), date(2026, 3, 10), 50000),
)
LETTER = Letter("reminder", "fr", SENDER, "K1", "Maison Alder", "Claire Vautrin", "EUR", LINES)


def test_a_french_reminder_says_everything_in_french() -> None:
    made = compose(LETTER)
    assert made.subject == "2 factures, 1\u00a0235\u00a0067,89\u00a0€ : un rappel de Velmora France"
    for said in ("Bonjour Claire Vautrin,", "28 févr. 2026", "1\u00a0234\u00a0567,89\u00a0€", "500,00\u00a0€"):
        assert said in made.text
        assert said in made.html
    for said in ("IBAN FR76 3000 6000 0112 3456 7890 189", "K1 / A-1, A-2", "Inès Caradec", "+33 4 72", "PO-77"):
        assert said in made.html
    assert "IBAN FR76 3000 6000 0112 3456 7890 189" in made.text
    assert "\u202f" not in made.text + made.html + made.subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("count", [1, 2])
def test_every_text_is_whole_in_every_language(template: str, language: str, count: int) -> None:
    made = compose(replace(LETTER, template=template, language=language, lines=LINES[:count]))
    assert made.subject
    assert "{" not in made.subject + made.text + re.sub(r"<style.*?</style>", "", made.html, flags=re.DOTALL)
    assert all(line.number in made.text and line.number in made.html for line in LINES[:count])


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_language_repeats_another_s_words(template: str) -> None:
    bodies = {compose(replace(LETTER, template=template, language=language)).body for language in LANGUAGES}
    assert len(bodies) == len(LANGUAGES)


def test_credit_notes_and_unapplied_cash_are_named_and_not_subtracted() -> None:
    made = compose(replace(LETTER, language="en", credit_notes=[("CN-9", 25000)], unapplied_minor=10050))
    assert "credit note CN-9 (€250.00) and payments not yet matched to an invoice (€100.50)" in made.text
    assert "€1,235,067.89" in made.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_law_adds_is_named_and_not_added(language: str) -> None:
    claim = InterestClaim(Decimal("12.15"), 27683, 12000, date(2026, 11, 20))
    plain, made = (compose(replace(LETTER, language=language, interest=one)) for one in (None, claim))
    added = "\n".join(set(made.text.splitlines()) - set(plain.text.splitlines()))
    for said in ("276", "120", "20", "2026", "12,15" if language != "en" else "12.15"):
        assert said in added
    assert set(plain.text.splitlines()) < set(made.text.splitlines())
    fixed_only = compose(replace(LETTER, language=language, interest=replace(claim, interest_minor=0))).text
    assert "276" not in fixed_only
    assert "120" in fixed_only


def test_a_claim_of_nothing_is_not_mentioned() -> None:
    nothing = InterestClaim(Decimal("12.15"), 0, 0, date(2026, 11, 20))
    assert compose(replace(LETTER, interest=nothing)) == compose(LETTER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_after_a_call_says_so_and_a_person_may_reword_it(language: str) -> None:
    letter = replace(LETTER, language=language, spoke_on=date(2026, 3, 12), spoke_with="Paul\nDuval")
    made = compose(letter)
    assert "Paul Duval" in made.body
    assert "12" in made.body
    assert "Paul Duval" in made.text
    assert "Paul Duval" in made.html
    assert "Duval" not in compose(letter, body="Own words").text
    assert "Duval" not in compose(replace(letter, spoke_with="")).text


def test_names_from_outside_are_text_and_never_markup_or_a_second_header() -> None:
    sender = replace(SENDER, company="A & B <script>")
    made = compose(replace(LETTER, sender=sender, contact_name="<b>Eve</b>"), subject="Hello\r\nBcc: eve@x.example")
    assert "<script>" not in made.html
    assert "&lt;b&gt;Eve&lt;/b&gt;" in made.html
    assert made.subject == "Hello Bcc: eve@x.example"


def test_a_reworded_body_is_text_and_never_a_template() -> None:
    made = compose(LETTER, body="Premier {{ total }}\n\n<i>deux</i>")
    assert "Premier {{ total }}" in made.text
    assert "&lt;i&gt;deux&lt;/i&gt;" in made.html


def test_styles_stand_on_the_elements_and_nothing_is_fetched() -> None:
    html = compose(LETTER).html
    assert re.findall(r"(?:src|href|url)\s*[=(]|@import|<link|<script", html) == []
    assert html.count('style="') > 20


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(("fr-FR",), "fr"), (("DE",), "de"), (("pt", "it"), "it"), (("pt", ""), "en"), ((), "en"), (("nl_BE",), "nl")],
)
def test_languages_without_texts_fall_back_to_the_company_s_then_english(wanted: tuple[str, ...], found: str) -> None:
    assert language_for(wanted) == found


def mail(**more: object) -> OutgoingMail:
    made = compose(LETTER)
    given: dict[str, object] = {
        "message_id": "<1@velmora.example>",
        "sender": "Velmora France <ar@velmora.example>",
        "reply_to": "inbox@velmora.example",
        "recipient": "compta@alder.example",
        "recipient_name": "Claire Vautrin",
        "subject": made.subject,
        "text": made.text,
        "html": made.html,
    }
    return OutgoingMail(**(given | more))  # type: ignore[arg-type]  # a builder's defaults


def test_a_mail_carries_the_headers_of_an_automatic_one() -> None:
    raw = wire_bytes(build(mail(thread=["<0@velmora.example>", "<00@velmora.example>"], is_notice=True), now()))
    read = message_from_bytes(raw, policy=policy.default)
    assert read["Message-ID"] == "<1@velmora.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Reply-To"] == "inbox@velmora.example"
    assert read["In-Reply-To"] == "<00@velmora.example>"
    assert read["References"] == "<0@velmora.example> <00@velmora.example>"
    assert read["List-Unsubscribe"] == "<mailto:inbox@velmora.example?subject=no%20notices>"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert max(raw) < 128
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_reminder_offers_no_unsubscription() -> None:
    assert build(mail(), now())["List-Unsubscribe"] is None


def test_an_address_that_no_server_knows_is_refused_before_it_is_sent() -> None:
    assert wire_address("compta@bücher.example") == "compta@xn--bcher-kva.example"
    for address in ("jürgen@x.example", "nobody", "@x.example", ""):
        with pytest.raises(ValueError, match=r"\S"):
            wire_address(address)
