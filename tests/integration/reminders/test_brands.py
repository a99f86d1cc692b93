"""A company's look: saved with its trace, in the next message and its pictures, refused where it would not work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import AuditRow, CustomerRow, InvoiceRow, MessageRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, NotFoundError, RefusedError
from ar_cockpit.services.reminders import brands
from ar_cockpit.services.reminders.brands import BrandError, BrandSettings
from ar_cockpit.services.sending import protocol
from ar_cockpit.services.sending.protocol import Orders
from tests.builders import a_company, an_invoice
from tests.pngs import a_png
from tests.reminding import DAY, OPERATOR, Moody, a_debtor, mail_server, run

AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
IBAN = "FR7630006000011234567890189"
WANTED = BrandSettings(
    accent="#0B6B4F ",
    signature="Accounts receivable",
    legal={"en": "Company no. 123", "de": " "},
    shows_qr=True,
    sender_name="Alfa, Müller & Co",
    sender_address="ar@alfa.example",
    reply_to="inbox@alfa.example",
    iban="fr76 3000 6000 0112 3456 7890 189",
    bic="agrifrpp",
    address="12 rue du Port, Lyon",
    phone="+33 4 72",
)


def saved(session: Session, **changes: object) -> BrandSettings:
    """Give ALFA the wanted look."""
    seen = brands.load(session, OPERATOR, "ALFA")
    brands.save(session, OPERATOR, "ALFA", replace(WANTED, **changes), at=AT, seen=seen)  # type: ignore[arg-type]
    return brands.load(session, OPERATOR, "ALFA")


def test_a_look_is_in_the_next_mail_with_its_pictures_and_follows_what_is_paid(engine: Engine) -> None:
    with transaction(engine) as session:
        invoice = a_debtor(session, "C1")
        customer = session.get_one(CustomerRow, invoice.customer_id)
        logo = brands.add_logo(session, OPERATOR, a_png(), at=AT)
        saved(session, logo=logo)
        an_invoice(session, customer, "C1-2", 1000, invoice.invoice_on, invoice.due_on)
    run(engine)
    with transaction(engine) as session:
        (row,) = session.exec(select(MessageRow))
        assert (row.sender, row.reply_to) == ('"Alfa, Müller & Co" <ar@alfa.example>', "inbox@alfa.example")
        assert len(row.images) < 500
        assert "510.00" in row.images
        paid = session.exec(select(InvoiceRow).where(InvoiceRow.number == "C1-2")).one()
        paid.open_minor, paid.closed_on = 0, DAY
    moody = Moody()
    with mail_server(moody) as mailer:
        protocol.send(engine, OPERATOR, mailer, Orders(DAY))
    read = message_from_bytes(moody.raw[0], policy=policy.default)
    pictures = {
        part["Content-ID"]: part.get_content() for part in read.walk() if part.get_content_type() == "image/png"
    }
    assert pictures["<logo@brand>"] == a_png()
    assert pictures["<qr@brand>"].startswith(b"\x89PNG")
    with transaction(engine) as session:
        (row,) = session.exec(select(MessageRow))
        assert '"amount": "500.00"' in row.images  # rewritten at the last look, the code too


def test_what_is_saved_is_tidied_and_told_in_the_audit(session: Session) -> None:
    a_company(session)
    now = saved(session)
    assert now == replace(WANTED, accent="#0b6b4f", legal={"en": "Company no. 123"}, iban=IBAN, bic="AGRIFRPP")
    (entry,) = session.exec(select(AuditRow).where(AuditRow.action == "brand.save"))
    assert (entry.before["iban"], entry.after["iban"]) == ("", IBAN)
    assert "logo" not in entry.after
    saved(session)  # the same again
    assert len(session.exec(select(AuditRow).where(AuditRow.action == "brand.save")).all()) == 1


def test_everything_that_would_not_work_is_said_at_its_field(session: Session) -> None:
    a_company(session)
    wrong = replace(
        WANTED,
        accent="#ffcc00",
        logo="ab" * 32,
        iban="FR7630006000011234567890188",
        bic="AGRI",
        sender_address="nobody",
        reply_to="a@b.example, c@d.example",
        signature="x" * 401,
        legal={"fr": "x" * 1501},
    )
    with pytest.raises(BrandError) as refused:
        saved(session, **{name: getattr(wrong, name) for name in BrandSettings.__slots__})
    assert {(one.name, one.code) for one in refused.value.problems} == {
        ("accent", "contrast"),
        ("logo", "logo_gone"),
        ("iban", "iban"),
        ("bic", "bic"),
        ("sender_address", "address"),
        ("reply_to", "address"),
        ("signature", "long"),
        ("legal_fr", "long"),
    }
    assert brands.load(session, OPERATOR, "ALFA") == BrandSettings()
    for changes, code in (
        ({"iban": "", "bic": ""}, "qr_iban"),
        ({"accent": "red"}, "colour"),
        ({"sender_address": ""}, "nameless"),
        ({"sender_name": "A\nBcc: eve@x.example"}, "printable"),
    ):
        with pytest.raises(BrandError) as refused:
            saved(session, **changes)
        assert [one.code for one in refused.value.problems] == [code]
    with pytest.raises(BrandError) as refused:
        brands.add_logo(session, OPERATOR, b"<svg/>", at=AT)
    assert [one.code for one in refused.value.problems] == ["logo_kind"]


def test_who_saves_over_somebody_else_s_change_is_told(session: Session) -> None:
    a_company(session)
    seen = brands.load(session, OPERATOR, "ALFA")
    saved(session)
    with pytest.raises(RefusedError, match="in the meantime"):
        brands.save(session, OPERATOR, "ALFA", WANTED, at=AT, seen=seen)


def test_a_draft_is_shown_before_it_is_saved_to_those_who_may(session: Session) -> None:
    a_company(session)
    beta = a_company(session, "BETA")
    logo = brands.add_logo(session, OPERATOR, a_png(), at=AT)
    shown = brands.preview(session, OPERATOR, "ALFA", "en", DAY, replace(WANTED, logo=logo))
    assert shown.is_sample
    assert shown.html.count("data:image/png;base64,") == 2
    assert "cid:" not in shown.html
    for said in ("FR76 3000 6000 0112 3456 7890 189", "Accounts receivable", "Company no. 123", "+33 4 72"):
        assert said in shown.html
    assert brands.load(session, OPERATOR, "ALFA") == BrandSettings()
    theirs = Actor(1, "m@x.example", "M", (Grant(Role.CREDIT_MANAGER, beta.id),))
    with pytest.raises(NotFoundError):
        brands.preview(session, theirs, "ALFA", "en", DAY, WANTED)
    with pytest.raises(ForbiddenError):
        brands.load(session, Actor(2, "c@x.example", "C", (Grant(Role.COLLECTOR),)), "ALFA")
