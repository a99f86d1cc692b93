"""A FEC on the Imports page: the look before, its control balance, the result with its defects, and the download."""

from __future__ import annotations

import asyncio
import io
from typing import Any, cast

import pytest

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Role
from ar_cockpit.services.importing import history as import_history
from ar_cockpit.services.importing import uploads
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.cookies import cookie
from ar_cockpit.state.imports.screen import WARNINGS, ImportsState
from tests.fec_books import SIREN, fec
from tests.state.conftest import StateOf

ENTRIES = """
VT 1 0301 411000 C1 F1 1250 0
VT 1 0301 706000 - F1 0 1250
VT 2 0302 411000 C1 F2 60 60
VT 2 0302 706000 - F2 0 60
BQ 3 0401 512000 - V 50 0
BQ 3 0401 411000 C1 V 0 40
"""


@pytest.fixture
def look(state_of: StateOf) -> ImportsState:
    """Upload a FEC with two defects as a collector of all companies, and look at it."""
    first = cast("ImportsState", state_of(ImportsState, Role.COLLECTOR, "/imports/"))
    first._settle()
    name = f"{SIREN}FEC20241231.txt"
    token = uploads.keep(get_settings(), first.actor, [(name, io.BytesIO(fec(ENTRIES).encode()))])
    address = f"/imports/?upload={token}&into=FR"
    return opened(state_of, address, first)


def opened(state_of: StateOf, address: str, before: ImportsState) -> ImportsState:
    state = cast(
        "ImportsState", state_of(ImportsState, None, address, token=cookie(before.router.headers.cookie, "ar_session"))
    )
    asyncio.run(ImportsState.load.fn(state))
    return state


def test_the_look_shows_the_balance_of_the_accounts_beside_what_would_be_imported(look: ImportsState) -> None:
    (one,) = look.tried
    assert (one.summary.table, one.summary.read, one.summary.kept_out) == ("Accounting entries (FEC)", "6", "1")
    (control,) = one.summary.control
    assert control.accounts == "Balance of 411, 413, 416 in the file"
    assert (control.file, control.set_aside, control.imported, control.agrees) == (
        "€1,210.00",
        "€0.00",
        "€1,210.00",
        True,
    )
    assert [cell.text for cell in one.sample[0].cells] == ["F1", "C1", "FR", "1 Mar 2024", "1,250.00", "Invoice"]
    assert [told.reason for told in one.told] == [
        "Both debit and credit",
        "The entry does not balance (debit 50.00, credit 40.00); its documents are not allocated",
    ]
    assert look.can_import


def test_the_result_keeps_the_control_and_the_lines_set_aside(look: ImportsState, state_of: StateOf) -> None:
    async def all_events() -> None:
        async for _ in ImportsState.import_now.fn(look):
            pass

    asyncio.run(all_events())
    with reading() as session:
        (one, *_), _total = import_history.past_imports(session, look.actor)
        rows = list(import_history.rows_to_correct(session, look.actor, one.batch_id))
    assert "Both Debit and Credit" in rows[1]
    state = opened(state_of, f"/imports/?batch={one.batch_id}", look)
    assert [line.imported for line in state.summary.control] == ["€1,210.00"]
    assert "1 customers, 1 invoices, 1 payments" in state.summary.parts
    assert [told.reason for told in state.told] == ["Both debit and credit"]
    warned: Any = opened(state_of, f"/imports/?batch={one.batch_id}&about={WARNINGS}", look)
    assert [told.line for told in warned.told] == ["6"]
    assert [line.table for line in opened(state_of, "/imports/", look).past] == ["Accounting entries (FEC)"]
