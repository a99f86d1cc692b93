"""The Imports page as a tab holds it: a look before, the result, rows set aside, and who may see what."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.responses import StreamingResponse
from sqlmodel import select

from ar_cockpit.api.imports import changes_to_come
from ar_cockpit.db.copies import tried_on
from ar_cockpit.db.session import make_engine, reading, transaction
from ar_cockpit.db.tables import CompanyRow, ImportBatchRow, InvoiceRow, SettlementProposalRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services.importing import history as import_history
from ar_cockpit.services.importing import looks, uploaded, uploads
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.cookies import cookie
from ar_cockpit.state.imports.screen import ImportsState
from tests.builders import a_customer
from tests.state.conftest import StateOf, place

GOOD = "invoice_number;customer_id;invoice_date;amount;company\nA-1;C1;08/06/2026;1.250,00;FR\n"
BAD = GOOD + "A-2;C9;18/06/2026;9,00;FR\nA-3;C1;31/11/2026;9,00;FR\n=A-4;C1;18/06/2026;-n/a;FR\nA-5;C1\n"


def upload_of(state: ImportsState, *files: str, into: str = "") -> str:
    """Upload files as the person of ``state`` and return the address that looks at them."""
    state._settle()
    parts: list[tuple[str, Any]] = [(f"../{n}/june.csv", io.BytesIO(one.encode())) for n, one in enumerate(files)]
    token = uploads.keep(get_settings(), state.actor, parts)
    return f"/imports/?upload={token}&into={into}"


def a_ledger() -> None:
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        a_customer(session, company, "C1")


@pytest.fixture
def look(state_of: StateOf) -> Any:
    """Return a function that uploads files and opens the look at them."""

    def looked(*files: str) -> ImportsState:
        first: ImportsState = state_of(ImportsState, Role.COLLECTOR, "/imports/")
        a_ledger()
        address = upload_of(first, *files)
        state: ImportsState = state_of(
            ImportsState, None, address, token=cookie(first.router.headers.cookie, "ar_session")
        )
        asyncio.run(ImportsState.load.fn(state))
        return state

    return looked


def test_a_look_waits_for_no_writer_and_lets_everybody_write(look: Any) -> None:
    state = look(GOOD)
    (get_settings().home / "uploads" / state.params["upload"] / "look.json").unlink()
    began, is_held, is_over = time.monotonic(), threading.Event(), threading.Event()

    def hold() -> None:
        with transaction():
            is_held.set()
            is_over.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(10)
    asyncio.run(ImportsState.load.fn(state))
    is_over.set()
    holder.join()
    assert time.monotonic() - began < 15
    assert (state.can_import, state.refusal) == (True, "")
    assert list(get_settings().home.glob("trial-*")) == [], "the copy is gone"
    with reading() as session:
        assert session.exec(select(InvoiceRow)).all() == []


def kept_look(state: ImportsState) -> tuple[Path, int]:
    """Return the file a look is kept in, and when it was written."""
    path = get_settings().home / "uploads" / state.params["upload"] / "look.json"
    return path, path.stat().st_mtime_ns


def test_a_look_is_taken_once_until_the_ledger_or_what_is_asked_changes(look: Any) -> None:
    state = look(BAD)
    first = state.tried
    _, written = kept_look(state)
    asyncio.run(ImportsState.load.fn(state))
    assert (kept_look(state)[1], state.tried) == (written, first), "drawn alike from what is kept"
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        a_customer(session, company, "C9")
    asyncio.run(ImportsState.load.fn(state))
    again = kept_look(state)[1]
    assert (state.tried[0].summary.taken, again > written) == ("2", True)
    place(state, f"/imports/?upload={state.params['upload']}&content=open_items", state._held.token)
    asyncio.run(ImportsState.load.fn(state))
    assert kept_look(state)[1] > again


def whole_difference(state: ImportsState) -> tuple[Path, str]:
    """Return where the whole difference is kept, and what it says."""
    file = uploaded.difference(state.actor, *state._asked())
    assert file is not None
    with file:
        return Path(file.name), file.read().decode("utf-8-sig")


def test_the_whole_difference_is_written_once_and_anew_when_the_ledger_changes(look: Any) -> None:
    state = look(BAD)
    first, text = whole_difference(state)
    written = first.stat().st_mtime_ns
    assert "created,invoice,FR,A-1,amount,,1250.00,EUR" in text.splitlines()
    assert whole_difference(state)[0].stat().st_mtime_ns == written
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        a_customer(session, company, "C9")
    assert ("A-2" in whole_difference(state)[1], first.exists()) == (True, False)


def test_a_difference_is_waited_for_without_a_thread_and_read_whole_whoever_deletes_it(look: Any) -> None:
    state = look(BAD)
    upload = uploads.find(get_settings(), state.actor, state.params["upload"])

    async def downloaded() -> bytes:
        with looks.alone(upload):
            assert uploaded.difference(state.actor, *state._asked()) is None
            coming = asyncio.create_task(changes_to_come(state.actor, upload=state.params["upload"]))
            await asyncio.sleep(0.5)
            assert not coming.done()
        answer = await coming
        uploads.discard(get_settings(), state.actor, upload.token)
        assert isinstance(answer, StreamingResponse)
        return b"".join([bytes(part) async for part in answer.body_iterator])  # type: ignore[arg-type]

    assert b"created,invoice,FR,A-1,amount,,1250.00,EUR" in asyncio.run(downloaded())


def test_files_thrown_away_while_they_are_tried_are_gone_and_no_failure(
    look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = look(GOOD)
    kept_look(state)[0].unlink()

    def thrown_away(actor: Actor, kept: Any, *_: Any, **__: Any) -> list[Any]:
        uploads.discard(get_settings(), actor, kept.token)
        return []

    monkeypatch.setattr(uploaded, "_tried", thrown_away)
    with pytest.raises(NotFoundError):
        uploaded.difference(state.actor, *state._asked())
    again = upload_of(state, GOOD).partition("upload=")[2].partition("&")[0]
    assert uploaded.looked(state.actor, again, state._asked()[1]) == []


@pytest.mark.parametrize("name", ["$decimal", "$date"])
def test_a_column_named_as_what_a_look_keeps_is_kept_as_it_is_written(look: Any, name: str) -> None:
    head, row = GOOD.strip().split("\n")
    state = look(f"{head};{name}\n{row};abc\n")
    written = kept_look(state)[1]
    asyncio.run(ImportsState.load.fn(state))
    assert (kept_look(state)[1], state.can_import) == (written, True)


def test_an_upload_goes_when_it_is_a_day_old_however_often_it_is_looked_at(look: Any) -> None:
    state = look(GOOD)
    folder = kept_look(state)[0].parent
    a_day_ago = time.time() - 25 * 3600
    os.utime(folder / "facts.json", (a_day_ago, a_day_ago))
    fresh = upload_of(state, GOOD).partition("upload=")[2].partition("&")[0]
    assert (folder.exists(), (folder.parent / fresh).is_dir()) == (False, True)


def test_a_look_taken_elsewhere_is_waited_for_and_not_taken_twice(look: Any) -> None:
    state = look(GOOD)
    kept, _ = kept_look(state)
    text = kept.read_text()
    kept.unlink()
    upload = uploads.find(get_settings(), state.actor, state.params["upload"])

    async def reloaded() -> None:
        with looks.alone(upload):
            loading = asyncio.create_task(ImportsState.load.fn(state))
            await asyncio.sleep(0.5)
            assert not loading.done()
            kept.write_text(text.replace("june.csv", "of the other.csv"))
        await loading

    asyncio.run(reloaded())
    assert [one.summary.name for one in state.tried] == ["of the other.csv"]


def test_a_copy_whose_maker_was_killed_is_cleared_away_by_the_next(look: Any) -> None:
    state = look(GOOD)
    names = ("dead", "stillborn", "starting", "begun", "alive")
    folders = [get_settings().home / f"trial-{name}" for name in names]
    _, stillborn, starting, begun, alive = folders
    long_ago = time.time() - 120
    for folder in folders:
        folder.mkdir()
        if folder not in (stillborn, starting):
            (folder / "alive").touch()
        if folder not in (starting, begun):
            os.utime(folder, (long_ago, long_ago))
    with (alive / "alive").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        kept_look(state)[0].unlink()
        asyncio.run(ImportsState.load.fn(state))
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]
    assert state.can_import


def test_a_ledger_without_room_for_its_copy_is_not_tried_in_the_midst_of_everybodys_writing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with path.open("wb") as file:
        file.truncate(4 * 2**40)  # sparse: it says four terabytes and takes none
    ledger = make_engine(f"sqlite:///{path}")
    with pytest.raises(RefusedError, match="no room for a copy"), tried_on(ledger, tmp_path):
        pytest.fail("never opened")
    ledger.dispose()


def test_a_list_of_open_items_is_of_the_day_it_was_exported_on(state_of: StateOf, look: Any) -> None:
    first = look(GOOD)
    load_for_real(first)
    state = look_again(
        state_of, first, "invoice_number;customer_id;invoice_date;amount;company\nB-1;C1;08/06/2026;5,00;FR\n"
    )
    place(
        state,
        f"{state.router.url.path}?{state.router.url.query}&content=open_items&exported_on=2026-06-30",
        state._held.token,
    )
    asyncio.run(ImportsState.load.fn(state))
    assert (state.exported_on, state.tried[0].proposed != "") == ("2026-06-30", True)
    load_for_real(state)
    with reading() as session:
        assert [row.exported_on for row in session.exec(select(SettlementProposalRow))] == [date(2026, 6, 30)]
    assert (
        uploaded.export_day("2999-01-01", date(2026, 7, 1))
        == uploaded.export_day("x", date(2026, 7, 1))
        == date(2026, 7, 1)
    )


def look_again(state_of: StateOf, first: ImportsState, content: str) -> ImportsState:
    """Upload another file in the same session and open the look at it."""
    address = upload_of(first, content)
    state: ImportsState = state_of(ImportsState, None, address, token=cookie(first.router.headers.cookie, "ar_session"))
    asyncio.run(ImportsState.load.fn(state))
    return state


def load_for_real(state: ImportsState) -> None:
    async def all_events() -> None:
        async for _ in ImportsState.import_now.fn(state):
            pass

    asyncio.run(all_events())


def opened(state_of: StateOf, state: ImportsState, query: str) -> ImportsState:
    """Open another address in the same session."""
    found: ImportsState = state_of(
        ImportsState, None, f"/imports/?{query}", token=cookie(state.router.headers.cookie, "ar_session")
    )
    asyncio.run(ImportsState.load.fn(found))
    return found


def test_a_look_tells_counts_totals_and_first_rows_and_changes_nothing(look: Any) -> None:
    state = look(BAD)
    (one,) = state.tried
    assert (one.summary.name, one.summary.read, one.summary.taken, one.summary.kept_out) == ("june.csv", "5", "1", "4")
    assert [(total.came, total.kept_out, total.taken) for total in one.summary.totals] == [
        ("€1,268.00", "€18.00", "€1,250.00")
    ]
    assert [cell.text for cell in one.sample[0].cells][:6] == ["A-1", "C1", "FR", "8 Jun 2026", "", "1,250.00"]
    assert [told.reason for told in one.told][:2] == ["No such customer in FR", "Nov 2026 has 30 days"]
    assert state.can_import
    with reading() as session:
        assert session.exec(select(InvoiceRow)).all() == []


def test_an_import_leads_to_its_result(look: Any, state_of: StateOf) -> None:
    state = look(BAD)
    load_for_real(state)
    result = opened(state_of, state, "batch=1&line=4")
    assert (result.view, result.badge_kind, result.summary.parts) == ("one", "watch", "1 new")
    assert [(told.line, told.column, told.mend) for told in result.told][:2] == [
        ("3", "customer_id", "Load customers first"),
        ("4", "invoice_date", "Correct the date"),
    ]
    assert (result.chosen.title, [cell.value for cell in result.chosen.cells if cell.is_wrong]) == (
        "Line 4",
        ["31/11/2026"],
    )
    assert next((about.label, about.count) for about in result.about) == ("All", "4")
    only = opened(state_of, state, "batch=1&about=amount")
    assert [told.line for told in only.told] == ["5"]
    listed = opened(state_of, state, "")
    assert [(past.name, past.read, past.kept_out, past.kind) for past in listed.past] == [
        ("june.csv", "5", "4", "watch")
    ]


def test_rows_set_aside_come_back_corrected_and_read_as_before(look: Any, state_of: StateOf) -> None:
    state = look(BAD)
    load_for_real(state)
    with reading() as session:
        lines = list(import_history.rows_to_correct(session, Actor.local_operator(), 1))
    assert lines[0].startswith("\ufeffinvoice_number;customer_id;invoice_date;amount;company;ar_line")
    assert all(not line.startswith(("=", "+", "-", "@")) for line in lines)
    assert "'=A-4;C1;18/06/2026;'-n/a;FR;5;amount;Not a number" in lines[3]
    corrected = "".join(lines).replace("C9", "C1").replace("31/11/2026", "06/05/2026").replace("'-n/a", "'-7,00")
    token = upload_of(state, corrected).partition("?")[2]
    again = opened(state_of, state, token)
    load_for_real(again)
    with reading() as session:
        found = {row.number: row for row in session.exec(select(InvoiceRow))}
    assert set(found) == {"A-1", "A-2", "A-3", "=A-4"}
    assert found["A-3"].invoice_on.isoformat() == "2026-05-06"
    assert (found["=A-4"].amount_minor, found["=A-4"].custom) == (-700, {})


def test_files_that_cannot_be_imported_say_why(look: Any) -> None:
    state = look("colour;taste\nred;dry\n")
    assert not state.can_import
    assert "no table of a ledger" in state.refusal


def test_a_bad_file_beside_a_good_one_keeps_its_reason(look: Any) -> None:
    state = look("colour;taste\n", GOOD)
    assert [bool(one.summary.error) for one in state.tried] == [False, True]
    assert state.can_import


def test_uploads_are_their_owners_alone(look: Any, state_of: StateOf) -> None:
    state = look(GOOD)
    other: ImportsState = state_of(
        ImportsState, None, "/imports/", token=cookie(state.router.headers.cookie, "ar_session")
    )
    other._settle()
    stranger = Actor(99, "other@velmora.example", "Other", (Grant(Role.COLLECTOR),))
    token = state.params["upload"]
    with pytest.raises(NotFoundError):
        uploads.find(get_settings(), stranger, token)
    for nonsense in ("../../etc", "", "x" * 30):
        with pytest.raises(NotFoundError):
            uploads.find(get_settings(), stranger, nonsense)


def test_uploads_are_bounded_and_a_refused_one_leaves_nothing(own_database: None) -> None:
    assert own_database is None

    class Endless(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            return b"x" * (64 << 20)

    with pytest.raises(InputError, match="larger than 200 MB"):
        uploads.keep(get_settings(), Actor.local_operator(), [("a.csv", Endless())])  # type: ignore[list-item]
    with pytest.raises(InputError, match="at least one"):
        uploads.keep(get_settings(), Actor.local_operator(), [])
    assert list((get_settings().home / "uploads").iterdir()) == []


def test_imports_into_a_company_are_seen_by_those_of_the_company_only(look: Any) -> None:
    state = look(GOOD)
    load_for_real(state)
    with reading() as session:
        companies = {row.code: row.id for row in session.exec(select(CompanyRow))}
        of_fr, of_uk = (
            Actor(50, "x@velmora.example", "X", (Grant(Role.COLLECTOR, companies[code]),)) for code in ("FR", "UK")
        )
        assert import_history.past_imports(session, of_fr)[1] == 1
        assert import_history.past_imports(session, of_uk)[1] == 0
        with pytest.raises(NotFoundError):
            import_history.past_import(session, of_uk, 1)
        assert len(session.exec(select(ImportBatchRow)).all()) == 1


def test_the_reasons_are_told_in_french(look: Any, state_of: StateOf) -> None:
    state = look(BAD)
    load_for_real(state)
    result: ImportsState = state_of(
        ImportsState, None, "/imports/?batch=1", token=cookie(state.router.headers.cookie, "ar_session")
    )
    result._settle()
    result.language = "fr"
    asyncio.run(ImportsState._show(result, 1))
    assert [told.reason for told in result.told] == [
        "Pas de tel client dans FR",
        "nov. 2026 a 30 jours",
        "Pas un nombre",
        "2 cellules là où l’en-tête en a 5",
    ]
