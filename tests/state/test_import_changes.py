"""The difference, the dialog that takes an import back, and the settlements, as a tab holds them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow, HoldRow, InvoiceRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services.importing import uploads
from ar_cockpit.settings import get_settings
from ar_cockpit.state.imports.screen import ImportsState
from ar_cockpit.state.imports.settling import SettlingState
from ar_cockpit.state.imports.undoing import UndoState
from tests.builders import a_customer
from tests.state.conftest import StateOf

HEAD = "invoice_number,customer_id,invoice_date,due_date,amount,company\n"
FIRST = HEAD + "A-1,C1,2026-01-10,2026-02-10,1200.00,FR\n" + "A-2,C1,2026-01-10,2026-02-10,300.00,FR\n"
SECOND = HEAD + "A-1,C1,2026-01-10,2026-02-10,1250.00,FR\n" + "A-2,C1,2026-01-10,2026-03-10,300.00,FR\n"
OPEN = HEAD + "A-1,C1,2026-01-10,2026-02-10,1200.00,FR\n"


class Desk:
    """One person's tab: opens addresses, looks at files and imports them."""

    def __init__(self, state_of: StateOf) -> None:
        self._state_of = state_of
        first = state_of(ImportsState, Role.COLLECTOR, "/imports/")
        self.token = first._cookie("ar_session")
        with transaction() as session:
            a_customer(session, session.exec(select(CompanyRow).where(col(CompanyRow.code) == "FR")).one(), "C1")

    def at(self, kind: Any, query: str = "") -> Any:
        """Return a state of the tab at an address."""
        state = self._state_of(kind, None, f"/imports/?{query}", token=self.token)
        state._settle()
        return state

    def look(self, content: str, query: str = "") -> ImportsState:
        """Upload a file and look at it."""
        state = self.at(ImportsState)
        token = uploads.keep(get_settings(), state.actor, [("june.csv", io.BytesIO(content.encode()))])
        looked: ImportsState = self.at(ImportsState, f"upload={token}&{query}")
        asyncio.run(ImportsState.load.fn(looked))
        return looked

    def bring(self, content: str, query: str = "") -> None:
        """Import a file."""
        drain(ImportsState.import_now.fn, self.look(content, query))


def drain(handler: Callable[..., Any], *arguments: Any) -> None:
    """Let a handler run to its end."""

    async def all_events() -> None:
        async for _ in handler(*arguments):
            pass

    asyncio.run(all_events())


@pytest.fixture
def desk(state_of: StateOf) -> Desk:
    """A collector's desk with one import."""
    made = Desk(state_of)
    made.bring(FIRST)
    return made


def open_amounts() -> dict[str, int]:
    with reading() as session:
        return {row.number: row.open_minor for row in session.exec(select(InvoiceRow))}


def test_a_look_tells_the_difference_at_a_glance(desk: Desk) -> None:
    (one,) = desk.look(SECOND).tried
    assert sorted(one.changes.sentences) == [
        "1 amount changes €1,200.00 → €1,250.00",
        "1 due date moves 10 Feb 2026 → 10 Mar 2026",
    ]
    assert [(line.what, line.column, line.old, line.new) for line in one.changes.lines] == [
        ("Invoice A-1", "amount", "€1,200.00", "€1,250.00"),
        ("Invoice A-2", "due_date", "10 Feb 2026", "10 Mar 2026"),
    ]
    assert one.changes.href.startswith("/download/imports/changes.csv?upload=")
    assert desk.look(FIRST).tried[0].changes.sentences == []


def test_the_dialog_tells_what_will_happen_and_does_it(desk: Desk) -> None:
    desk.bring(SECOND)
    dialog = desk.at(UndoState, "batch=2")
    asyncio.run(UndoState.ask.fn(dialog))
    assert (dialog.is_open, dialog.can_undo, dialog.title) == (True, True, "Take back june.csv?")
    assert dialog.does[0] == "Old values again: 2 invoices"
    drain(UndoState.take_back.fn, dialog)
    assert (dialog.is_open, open_amounts()["A-1"]) == (False, 120_000)
    result = desk.at(ImportsState, "batch=2")
    asyncio.run(ImportsState.load.fn(result))
    assert (result.is_taken_back, result.badge, result.changes.sentences) == (True, "Taken back", [])


def test_the_dialog_lists_what_stands_in_the_way(desk: Desk) -> None:
    with transaction() as session:
        row = session.exec(select(InvoiceRow).where(col(InvoiceRow.number) == "A-1")).one()
        own = {"company_id": row.company_id, "customer_id": row.customer_id, "invoice_id": row.id}
        session.add(HoldRow(**own, reason="wait", set_on=row.invoice_on, set_by="a@velmora.example"))
    dialog = desk.at(UndoState, "batch=1")
    asyncio.run(UndoState.ask.fn(dialog))
    assert (dialog.can_undo, dialog.blockers) == (False, ["1 stop on reminders"])
    drain(UndoState.take_back.fn, dialog)
    assert "1 hold(s)" in dialog.notices[-1].text
    assert set(open_amounts()) == {"A-1", "A-2"}


def test_nonsense_in_the_address_takes_nothing_back(desk: Desk) -> None:
    for batch in ("", "x", "99", "9" * 30):
        dialog = desk.at(UndoState, f"batch={batch}")
        drain(UndoState.take_back.fn, dialog)
        assert dialog.notices[-1].text == "There is no such import."


def test_an_open_items_export_leads_to_settlements_that_a_person_accepts_and_undoes(desk: Desk) -> None:
    assert desk.look(OPEN).tried[0].proposed == ""
    (one,) = desk.look(OPEN, "content=open_items").tried
    assert one.proposed.startswith("1 invoice, €300.00, is proposed as settled")
    desk.bring(OPEN, "content=open_items")
    assert open_amounts() == {"A-1": 120_000, "A-2": 30_000}
    waiting = desk.at(SettlingState)
    asyncio.run(SettlingState.look.fn(waiting))
    assert waiting.banner.startswith("1 invoice, €300.00, is missing")
    asyncio.run(SettlingState.load.fn(waiting))
    asyncio.run(SettlingState.toggle_all.fn(waiting))
    assert waiting.chosen_words == "1 chosen, €300.00"
    asyncio.run(SettlingState.ask.fn(waiting, "accept"))
    asyncio.run(SettlingState.decide.fn(waiting))
    assert open_amounts() == {"A-1": 120_000, "A-2": 0}
    assert waiting.notices[-1].can_undo
    asyncio.run(SettlingState.take_back.fn(waiting, "3"))
    assert open_amounts()["A-2"] == 30_000


def test_settlements_are_declined_only_when_chosen(desk: Desk) -> None:
    desk.bring(OPEN, "content=open_items")
    waiting = desk.at(SettlingState)
    asyncio.run(SettlingState.load.fn(waiting))
    asyncio.run(SettlingState.ask.fn(waiting, "decline"))
    assert waiting.asking == ""
    (line,) = waiting.lines
    asyncio.run(SettlingState.toggle.fn(waiting, line.key))
    asyncio.run(SettlingState.ask.fn(waiting, "decline"))
    asyncio.run(SettlingState.decide.fn(waiting))
    asyncio.run(SettlingState.load.fn(waiting))
    assert (waiting.lines, waiting.chosen, open_amounts()["A-2"]) == ([], [], 30_000)


def test_a_day_that_is_none_settles_nothing(desk: Desk) -> None:
    desk.bring(OPEN, "content=open_items")
    waiting = desk.at(SettlingState)
    asyncio.run(SettlingState.load.fn(waiting))
    asyncio.run(SettlingState.toggle_all.fn(waiting))
    waiting.day, waiting.asking = "yesterday", "accept"
    asyncio.run(SettlingState.decide.fn(waiting))
    assert waiting.notices[-1].text == "'yesterday' is not a day."
    assert open_amounts()["A-2"] == 30_000
