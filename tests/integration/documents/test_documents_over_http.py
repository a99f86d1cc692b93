"""Documents over HTTP: shown with closed doors, the same answer for unknown and forbidden, uploads bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from starlette.testclient import TestClient

from ar_cockpit import routes
from ar_cockpit.api.app import around_the_screens
from ar_cockpit.db import session as db_session
from ar_cockpit.db.tables import InvoiceRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.services.documents import attach
from ar_cockpit.services.people.sign_in import sign_in
from ar_cockpit.settings import get_settings
from tests.builders import a_letter
from tests.integration.documents.conftest import AT, DAY, Book
from tests.pdfs import a_pdf

ORIGIN = "http://testserver"
PASSWORD = "a long enough password"
ClientOf = Callable[..., TestClient]


@pytest.fixture
def client_of(book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClientOf]:
    """Return a function that opens a browser of somebody with a role; ``None`` is a stranger."""
    monkeypatch.setenv("AR_DATABASE_URL", book.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("AR_DOCUMENT_MAX_MB", "1")
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    (app, headers) = around_the_screens(tmp_path, [ORIGIN])
    digest = PasswordHasher.from_parameters(CHEAPEST).hash(PASSWORD)

    def open_as(role: Role | None, company: str = "", language: str = "en") -> TestClient:
        client = TestClient(headers(app), headers={"Origin": ORIGIN})
        if role:
            with book.open() as session:
                email = f"{role}@velmora.example"
                user = UserRow(email=email, name="Ada", password_hash=digest, created_at=clock.now(), language=language)
                session.add(user)
                session.flush()
                grant = book.companies[company] if company else None
                session.add(RoleGrantRow(user_id=user.id, role=role.value, company_id=grant))
            with book.open() as session:
                client.cookies.set(routes.SESSION_COOKIE, sign_in(session, email, PASSWORD, at=clock.now()))
        return client

    yield open_as
    db_session.engine().dispose()
    db_session.engine.cache_clear()


def post(client: TestClient, book: Book, content: bytes, number: str = "FA-1", **heads: str) -> httpx.Response:
    address = f"{routes.UPLOADS}/documents/{book.invoices[number]}"
    return client.post(address, content=content, headers={"X-File-Name": "my%20invoice.pdf"} | heads)


def test_an_upload_is_shown_with_closed_doors(client_of: ClientOf, book: Book) -> None:
    client = client_of(Role.COLLECTOR)
    answer = post(client, book, a_pdf())
    assert answer.status_code == 201
    shown = client.get(f"{routes.DOCUMENTS}/{answer.json()['document']}")
    assert shown.content == a_pdf()
    heads = shown.headers
    assert heads["content-type"] == "application/pdf"
    assert heads["content-disposition"] == "inline; filename=\"FA-1.pdf\"; filename*=UTF-8''FA-1.pdf"
    assert heads["x-content-type-options"] == "nosniff"
    assert heads["cache-control"] == "private, no-store"
    assert heads["content-security-policy"].startswith("default-src 'none'")
    assert "script-src" not in heads["content-security-policy"]
    saved = client.get(f"{routes.DOCUMENTS}/{answer.json()['document']}?download=1")
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert post(client, book, a_pdf()).status_code == 200


@pytest.mark.parametrize(
    ("content", "heads", "code", "words"),
    [
        pytest.param(b"<html>", {}, "not_pdf", "n’est pas un PDF", id="no PDF"),
        pytest.param(a_pdf()[:-40], {}, "broken", "abîmé", id="cut off"),
        pytest.param(a_pdf(padding=2**20), {}, "size", "dépasse 1 Mo", id="told to be too large"),
    ],
)
def test_a_refusal_says_why_in_the_readers_language(
    client_of: ClientOf, book: Book, content: bytes, heads: dict[str, str], code: str, words: str
) -> None:
    answer = post(client_of(Role.COLLECTOR, language="fr"), book, content, **heads)
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert words in answer.json()["refusal"]


def test_a_store_that_fails_is_told_without_its_details(client_of: ClientOf, book: Book) -> None:
    (book.settings.home).mkdir(exist_ok=True)
    (book.settings.home / "documents").write_text("a file where the folder should be")
    answer = post(client_of(Role.COLLECTOR), book, a_pdf())
    assert (answer.status_code, answer.json()["code"]) == (422, "store")
    assert str(book.settings.home) not in answer.text


def test_a_stream_without_a_length_is_bounded_too(client_of: ClientOf, book: Book) -> None:
    def pieces() -> Iterator[bytes]:
        yield a_pdf()
        for _ in range(20):
            yield b" " * 100_000

    address = f"{routes.UPLOADS}/documents/{book.invoices['FA-1']}"
    answer = client_of(Role.COLLECTOR).post(address, content=pieces())
    assert (answer.status_code, answer.json()["code"]) == (422, "size")


def test_unknown_and_forbidden_look_the_same(client_of: ClientOf, book: Book) -> None:
    foreign = book.attach("FB-1", a_pdf()).document_id
    other = book.attach("FA-3", a_pdf()).document_id
    sales = client_of(Role.SALES)
    answers = [sales.get(f"{routes.DOCUMENTS}/{key}") for key in (foreign, other, 987_654)]
    assert {(one.status_code, one.text) for one in answers} == {(404, "There is nothing here for you.")}
    assert post(sales, book, a_pdf()).status_code == 404
    admin = client_of(Role.ADMIN)
    assert admin.get(f"{routes.DOCUMENTS}/{foreign}").text == answers[0].text
    mine = book.attach("FA-1", a_pdf()).document_id
    assert sales.get(f"{routes.DOCUMENTS}/{mine}").status_code == 200


def test_a_stranger_and_another_sites_page_get_nothing(client_of: ClientOf, book: Book) -> None:
    key = book.attach("FA-1", a_pdf()).document_id
    assert client_of(None).get(f"{routes.DOCUMENTS}/{key}").status_code == 401
    assert post(client_of(None), book, a_pdf("x")).status_code == 401
    assert post(client_of(Role.COLLECTOR), book, a_pdf("x"), Origin="https://evil.example").status_code == 403


def test_a_removed_document_is_gone_for_those_who_only_look(client_of: ClientOf, book: Book) -> None:
    key = book.attach("FA-1", a_pdf()).document_id
    with book.open() as session:
        attach.remove(session, book.actor(Role.COLLECTOR), key, "wrong", at=AT)
    assert client_of(Role.EXECUTIVE).get(f"{routes.DOCUMENTS}/{key}").status_code == 404
    assert client_of(Role.COLLECTOR).get(f"{routes.DOCUMENTS}/{key}").status_code == 200


def test_a_number_with_any_letters_makes_a_harmless_file_name(client_of: ClientOf, book: Book) -> None:
    with book.open() as session:
        session.get_one(InvoiceRow, book.invoices["FA-1"]).number = 'a"b/c\r\nX: é'
    key = book.attach("FA-1", a_pdf()).document_id
    heads = client_of(Role.COLLECTOR).get(f"{routes.DOCUMENTS}/{key}").headers
    assert heads["content-disposition"] == (
        "inline; filename=\"a_b_c_X.pdf\"; filename*=UTF-8''a%22b%2Fc%0D%0AX%3A%20%C3%A9.pdf"
    )


def test_a_statement_and_a_letter_are_for_who_works_with_the_customer(client_of: ClientOf, book: Book) -> None:
    with book.open() as session:
        row = session.get_one(InvoiceRow, book.invoices["FA-1"])
        letter = a_letter(session, row, DAY, AT, language="fr")
        addresses = [f"{routes.STATEMENTS}/{row.customer_id}", f"{routes.LETTERS}/{letter.id}"]
    works, looks = client_of(Role.COLLECTOR), client_of(Role.EXECUTIVE)
    for address in addresses:
        answer = works.get(address)
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert looks.get(address).status_code == 404
        assert client_of(None).get(address).status_code == 401
