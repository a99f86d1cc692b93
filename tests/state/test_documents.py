"""The dialog of an invoice's document as a tab holds it: versions in words, removal with a reason, and undo."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from reflex.state import OnLoadInternalState
from sqlmodel import select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services import clock
from ar_cockpit.services.documents.attach import UPLOAD, Origin, take_in
from ar_cockpit.services.documents.storage import receiving, store
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display.documents import size
from ar_cockpit.state.documents.screen import DocumentsState
from ar_cockpit.state.lists.invoices import InvoicesState
from tests.pdfs import a_pdf
from tests.state.cockpit_ledger import COLLECTOR, fill
from tests.state.conftest import StateOf

RELOADED = OnLoadInternalState.on_load_internal


@pytest.fixture
def tab_database_url(database_url: str) -> str:
    """These screens run on both databases."""
    return database_url


def tab(state_of: StateOf, role: Role = Role.COLLECTOR) -> DocumentsState:
    state: DocumentsState = state_of(DocumentsState, role, "/invoices/")
    fill()
    return state


def attach(number: str, content: bytes) -> int:
    """Attach in the collector's name, as the server does before the screen hears of it."""
    settings = get_settings()
    with receiving(settings) as incoming:
        incoming.write(io.BytesIO(content).read())
        actor = Actor(None, COLLECTOR, "Ada", Actor.local_operator().grants)
        origin = Origin("scan <b>.pdf", UPLOAD, clock.now())
        return take_in(transaction, actor, store(settings), int(key_of(number)), incoming, origin).document_id


def key_of(number: str) -> str:
    with transaction() as session:
        return str(session.exec(select(InvoiceRow.id).where(InvoiceRow.number == number)).one())


def run(handler: Any, state: DocumentsState, *given: Any) -> Any:
    answer = handler.fn(state, *given)
    return asyncio.run(answer) if asyncio.iscoroutine(answer) else answer


def test_an_invoice_without_a_document_says_what_may_be_done(state_of: StateOf) -> None:
    state = tab(state_of)
    run(DocumentsState.show, state, key_of("A-1"))
    assert (state.number, state.versions, state.may_change, state.most_mb) == ("A-1", [], True, 25)
    run(DocumentsState.close, state)
    assert (state.invoice, state.number) == ("", "")


def test_versions_are_told_in_words_newest_first(state_of: StateOf) -> None:
    state = tab(state_of)
    attach("A-1", a_pdf("first"))
    second = attach("A-1", a_pdf("second", padding=2_000_000))
    run(DocumentsState.show, state, key_of("A-1"))
    new, old = state.versions
    assert (new.word, old.word) == ("Shown", "Older version")
    assert (new.name, new.href, new.download_href) == (
        "scan <b>.pdf",
        f"/documents/{second}",
        f"/documents/{second}?download=1",
    )
    assert new.about.endswith(" · Ada collector · uploaded · 2.0 MB")


def test_what_was_attached_is_told_with_undo(state_of: StateOf) -> None:
    state = tab(state_of)
    run(DocumentsState.show, state, key_of("A-1"))
    document = attach("A-1", a_pdf())
    assert run(DocumentsState.attached, state, document, True) is RELOADED
    assert state.invoice == ""
    (notice,) = state.notices
    assert (notice.text, notice.can_undo) == ("The PDF of A-1 is attached.", True)
    assert run(DocumentsState.withdraw, state, document) is RELOADED
    run(DocumentsState.show, state, key_of("A-1"))
    assert [one.kind for one in state.versions] == ["removed"]
    assert state.versions[0].reason.endswith(": attached by mistake")


def test_the_same_file_again_is_told_and_changes_nothing(state_of: StateOf) -> None:
    state = tab(state_of)
    document = attach("A-1", a_pdf())
    run(DocumentsState.show, state, key_of("A-1"))
    assert run(DocumentsState.attached, state, document, False) is None
    assert [notice.text for notice in state.notices] == ["A-1 has this very PDF already."]


def test_a_removal_asks_why_and_can_be_taken_back(state_of: StateOf) -> None:
    state = tab(state_of)
    document = attach("A-1", a_pdf())
    run(DocumentsState.show, state, key_of("A-1"))
    run(DocumentsState.ask_removal, state, str(document))
    assert run(DocumentsState.remove, state, {"reason": " "}) is None
    assert state.removal_error == "The reason is missing. Say it in a few words."
    assert run(DocumentsState.remove, state, {"reason": "wrong customer"}) is RELOADED
    assert state.removing == ""
    (line,) = state.versions
    assert (line.kind, line.may_remove, line.may_bring_back) == ("removed", False, True)
    assert line.reason.startswith("Removed by Ada collector on ")
    assert line.reason.endswith(": wrong customer")
    assert state.notices[-1].can_undo
    run(DocumentsState.bring_back, state, str(document))
    assert state.versions[0].kind == "current"


def test_who_only_looks_sees_no_removed_version_and_changes_nothing(state_of: StateOf) -> None:
    state = tab(state_of, Role.EXECUTIVE)
    document = attach("A-1", a_pdf())
    run(DocumentsState.show, state, key_of("A-1"))
    assert (state.may_change, state.versions[0].may_remove) == (False, False)
    run(DocumentsState.withdraw, state, document)
    assert state.notices[-1].kind == "bad"
    run(DocumentsState.show, state, key_of("A-1"))
    assert state.versions[0].kind == "current"


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "99999999999999", "987654"])
def test_an_invoice_that_is_not_there_opens_nothing(state_of: StateOf, key: str) -> None:
    state = tab(state_of)
    run(DocumentsState.show, state, key)
    assert state.invoice == ""
    assert state.notices[-1].text == "There is no such invoice."


def test_sales_open_only_what_is_theirs(state_of: StateOf) -> None:
    state = tab(state_of, Role.SALES)
    run(DocumentsState.show, state, key_of("B-1"))
    assert state.invoice == ""
    run(DocumentsState.show, state, key_of("A-1"))
    assert (state.number, state.may_change) == ("A-1", False)


def test_the_list_leads_to_the_document(state_of: StateOf) -> None:
    state: InvoicesState = state_of(InvoicesState, Role.EXECUTIVE, "/invoices/")
    fill()
    document = attach("A-1", a_pdf())
    asyncio.run(InvoicesState.load.fn(state))
    assert {item.number: item.document_href for item in state.items} == {
        "A-1": f"/documents/{document}",
        "B-1": "",
        "C-1": "",
    }


def test_sizes_read_as_people_say_them() -> None:
    assert [size(bytes_, "en") for bytes_ in (1, 84_000, 1_234_567)] == ["1 kB", "84 kB", "1.2 MB"]
    assert size(1_234_567, "fr") == "1,2 Mo"
