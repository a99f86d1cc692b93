"""The demo's mailbox shows what the catcher kept, to who may see messages, and runs nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import httpx
import pytest
from playwright.sync_api import expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from ar_cockpit.mail.caught import keep
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from tests.e2e.conftest import PageAs, Server
from tests.e2e.ledger import EMAILS
from tests.pdfs import a_pdf

NOT_FOUND, SEE_OTHER = 404, 303


@pytest.fixture
def reminder(server: Server) -> str:
    """The key of a caught reminder with a letter and an inline picture."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "credit@velmora.example", "ap@atelys.example", "Invoice <b>FA-1</b>"
    mail.set_content("Please pay FA-1.")
    mail.add_alternative("<h1>Please pay FA-1</h1><img src='cid:logo' alt='logo'>", subtype="html")
    letter = mail.get_payload()[1]
    letter.add_related(b"GIF89a", "image", "gif", cid="<logo>")
    mail.add_attachment(a_pdf(), "application", "pdf", filename="FA-1.pdf")
    folder = server.home / "mails"
    folder.mkdir(exist_ok=True)
    return keep(folder, mail.as_bytes(), ["ap@atelys.example"]).stem


@contextmanager
def client_as(server: Server, role: Role) -> Iterator[httpx.Client]:
    form = {"email": EMAILS[role], "password": DEMO_PASSWORD}
    with httpx.Client(base_url=server.origin) as client:
        client.post(routes.POST_SIGN_IN, data=form, headers={"Origin": server.origin})
        yield client


def test_a_collector_reads_a_caught_mail(page_as: PageAs, reminder: str) -> None:
    page = page_as(Role.COLLECTOR, routes.MAILBOX)
    page.get_by_role("link", name="Invoice <b>FA-1</b>").first.click()
    expect(page).to_have_url(f"{routes.MAILBOX}/{reminder}")
    expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text("Please pay FA-1")
    expect(page.get_by_text("ap@atelys.example")).to_be_visible()


def test_a_letter_is_closed_in_and_its_pictures_are_its_own(server: Server, reminder: str) -> None:
    with client_as(server, Role.COLLECTOR) as client:
        letter = client.get(f"{routes.MAILBOX}/{reminder}/html")
    assert "sandbox" in letter.headers["content-security-policy"]
    assert "script-src" not in letter.headers["content-security-policy"]
    assert "data:image/gif;base64,R0lGODlh" in letter.text


def test_its_pdfs_are_opened_from_it(server: Server, reminder: str) -> None:
    with client_as(server, Role.COLLECTOR) as client:
        assert f'href="{routes.MAILBOX}/{reminder}/papers/0"' in client.get(f"{routes.MAILBOX}/{reminder}").text
        paper = client.get(f"{routes.MAILBOX}/{reminder}/papers/0")
        assert client.get(f"{routes.MAILBOX}/{reminder}/papers/1").status_code == NOT_FOUND
    assert paper.content == a_pdf()
    assert paper.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("key", ["0", "..%2f..%2far_cockpit.db", "1" * 19 + "-deadbeef"])
def test_a_key_is_never_a_path(server: Server, key: str) -> None:
    with client_as(server, Role.COLLECTOR) as client:
        assert client.get(f"{routes.MAILBOX}/{key}").status_code == NOT_FOUND


def test_it_is_not_for_strangers_nor_for_sales(server: Server, reminder: str) -> None:
    with httpx.Client(base_url=server.origin) as stranger:
        assert stranger.get(f"{routes.MAILBOX}/{reminder}").status_code == SEE_OTHER
    with client_as(server, Role.SALES) as client:
        assert client.get(routes.MAILBOX).status_code == NOT_FOUND


@pytest.mark.parametrize(
    ("system_is_dark", "chosen", "ground"),
    [
        pytest.param(False, None, "rgb(247, 247, 249)", id="a light system"),
        pytest.param(True, None, "rgb(17, 17, 19)", id="a dark system"),
        pytest.param(False, "dark", "rgb(17, 17, 19)", id="dark chosen on the screens"),
        pytest.param(True, "light", "rgb(247, 247, 249)", id="light chosen on the screens"),
    ],
)
def test_the_mailbox_has_the_readers_theme(
    page_as: PageAs, reminder: str, system_is_dark: bool, chosen: str | None, ground: str
) -> None:
    page = page_as(Role.COLLECTOR, f"{routes.MAILBOX}/{reminder}", dark=system_is_dark)
    if chosen:
        page.evaluate("theme => localStorage.setItem('theme', theme)", chosen)
        page.reload()
    expect(page.locator("body")).to_have_css("background-color", ground)
