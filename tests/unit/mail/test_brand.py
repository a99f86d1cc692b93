"""A company's look in its mails: logo and code by reference, small print, signature, a colour that white is read on."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy

import pytest
import segno

from ar_cockpit.mail import brand as brands
from ar_cockpit.mail.brand import Brand, InlineImage, Logo, contrast_with_white, darker, from_json, qr_png, to_json
from ar_cockpit.mail.compose import Letter, Line, Sender, compose
from ar_cockpit.mail.layout import Look, html_frame
from ar_cockpit.mail.message import OutgoingMail, Picture, build, wire_bytes
from ar_cockpit.services.clock import now

SENDER = Sender("Velmora Société", "12 rue du Port, Lyon", "FR7630006000011234567890189", "AGRIFRPP", "Inès Caradec")
LINES = (
    Line("A-1", date(2026, 1, 29), date(2026, 2, 28), 123450),
    Line("A-2", date(2026, 2, 8), date(2026, 3, 10), 50000),
)
LOOK = Brand(
    accent="#0b6b4f",
    logo=Logo("ab" * 32, "image/png", 800, 200),
    signature="Accounts receivable\nMon–Fri 9–17 h",
    legal={"en": "Company no. 123", "fr": "SAS au capital de 1 000 €\nRCS Nantes 123"},
    shows_qr=True,
)
LETTER = Letter("reminder", "fr", SENDER, "K1", "Maison Alder", "Claire", "EUR", LINES, brand=LOOK)


def test_a_mail_shows_the_logo_the_colour_the_signature_and_the_small_print() -> None:
    made = compose(LETTER)
    assert 'src="cid:logo@brand"' in made.html
    assert 'width="200"' in made.html  # 800 by 200 fits into 200 by 64
    assert "#0b6b4f" in made.html
    for said in ("Accounts receivable", "Mon–Fri 9–17 h", "SAS au capital", "RCS Nantes 123"):
        assert said in made.text
        assert said in made.html
    assert "Company no. 123" in compose(replace(LETTER, language="de")).text  # rather another language than nothing


def test_a_message_keeps_pictures_by_reference() -> None:
    made = compose(LETTER)
    assert [one.cid for one in made.images] == ["logo@brand", "qr@brand"]
    kept = to_json(made.images)
    assert len(kept) < 500
    assert from_json(kept) == made.images
    assert (to_json(()), from_json("")) == ("", ())


def test_the_code_asks_for_the_total_with_the_reference_in_letters_that_banks_take() -> None:
    asked = compose(LETTER).images[1].transfer
    assert asked == brands.Transfer("Velmora Societe", SENDER.iban, "AGRIFRPP", "1734.50", "K1 / A-1, A-2")
    drawn = qr_png(asked)
    told = f"BCD\n002\n1\nSCT\nAGRIFRPP\nVelmora Societe\n{SENDER.iban}\nEUR1734.5\n\n\nK1 / A-1, A-2\n"
    expected = segno.make_qr(told.rstrip("\n"), error="m", boost_error=False)
    assert modules(drawn, 4) == [list(row) for row in expected.matrix]


def modules(png: bytes, scale: int) -> list[list[int]]:
    """Return the dark squares of a code's picture, its quiet zone taken off: 1 is dark."""
    width = int.from_bytes(png[16:20], "big")
    start = png.index(b"IDAT")
    data = zlib.decompress(png[start + 4 : start + 4 + int.from_bytes(png[start - 4 : start], "big")])
    stride = 1 + (width + 7) // 8
    rows = [
        f"{int.from_bytes(data[at + 1 : at + stride], 'big'):0{(stride - 1) * 8}b}"
        for at in range(0, len(data), stride)
    ]
    side = width // scale
    squares = [[1 - int(rows[y * scale][x * scale]) for x in range(side)] for y in range(side)]
    return [row[4:-4] for row in squares[4:-4]]


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param(replace(LETTER, currency="GBP"), id="not in euros"),
        pytest.param(replace(LETTER, sender=replace(SENDER, iban="")), id="no account"),
        pytest.param(replace(LETTER, template="thank_you"), id="nothing to pay"),
        pytest.param(replace(LETTER, brand=replace(LOOK, shows_qr=False)), id="not wanted"),
        pytest.param(replace(LETTER, lines=[replace(LINES[0], open_minor=100_000_000_000)]), id="more than a transfer"),
    ],
)
def test_no_code_is_shown_that_no_bank_would_take(letter: Letter) -> None:
    made = compose(letter)
    assert "qr@brand" not in made.html
    assert [one.cid for one in made.images] == ["logo@brand"]


def test_without_a_logo_the_name_stands_in_white_on_the_colour() -> None:
    html = compose(replace(LETTER, brand=replace(LOOK, logo=None))).html
    assert "cid:logo" not in html
    assert re.search(r"color:#ffffff[^>]*>Velmora Société<", html)


def test_contrast_is_that_of_wcag_and_a_darker_shade_is_proposed() -> None:
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)  # the lightest grey that passes
    assert contrast_with_white(brands.USUAL_ACCENT) >= brands.LEAST_CONTRAST
    assert darker("#767676") == "#767676"
    assert contrast_with_white(darker("#ffcc00")) >= brands.LEAST_CONTRAST
    with pytest.raises(ValueError, match="red"):
        contrast_with_white("red")


def test_a_frame_is_made_once_for_each_look() -> None:
    assert html_frame(Look("fr", "#0b6b4f", 200)) is html_frame(Look("fr", "#0b6b4f", 200))
    assert html_frame(Look("fr", "#0b6b4f", 200)) is not html_frame(Look("de", "#0b6b4f", 200))


def test_a_mail_carries_its_pictures_beside_the_html_part() -> None:
    made = compose(LETTER)
    pictures = [Picture("logo@brand", "image/png", b"logo"), Picture("qr@brand", "image/png", b"code")]
    mail = OutgoingMail(
        "<1@v.example>", "V <a@v.example>", "", "b@x.example", "", "S", made.text, made.html, pictures=pictures
    )
    read = message_from_bytes(wire_bytes(build(mail, now())), policy=policy.default)
    text, related = read.iter_parts()
    assert (text.get_content_type(), related.get_content_type()) == ("text/plain", "multipart/related")
    html, *shown = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert [(one["Content-ID"], one.get_content(), one.get_content_disposition()) for one in shown] == [
        ("<logo@brand>", b"logo", "inline"),
        ("<qr@brand>", b"code", "inline"),
    ]
    assert InlineImage("logo@brand").transfer is None
