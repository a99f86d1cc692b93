"""Which column is which, as a tab holds it: the proposal with its evidence, corrections, the preview, the mapping."""

from __future__ import annotations

import asyncio
import io
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow, ImportBatchRow, InvoiceRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services.importing import proposals, uploads
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.cookies import cookie
from ar_cockpit.state.imports.mapping import MappingState
from ar_cockpit.state.imports.screen import ImportsState
from tests.builders import a_customer
from tests.builders_of_workbooks import a_workbook
from tests.state.conftest import StateOf

FOREIGN = (
    "N° pièce;Code client;Date pièce;Échéance;Solde;Montant TTC;Devise\n"
    "A-1;C1;27/02/2026;29/03/2026;1,00;1.250,00;EUR\n"
    "A-2;C1;08/03/2026;07/04/2026;2,00;n/a;EUR\n"
    "A-3;C1;09/03/2026;08/04/2026;3,00;7,50;EUR\n"
)


class Tab:
    """One tab: it uploads files and opens addresses, always in the same session."""

    def __init__(self, state_of: StateOf) -> None:
        self._state_of = state_of
        first: ImportsState = state_of(ImportsState, Role.COLLECTOR, "/imports/")
        first._settle()
        self.token, self.actor = cookie(first.router.headers.cookie, "ar_session"), first.actor

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file and return its key."""
        return uploads.keep(get_settings(), self.actor, [(name, io.BytesIO(content))])

    def imports(self, query: str) -> tuple[ImportsState, Any]:
        """Open an address of the page; return the state and where it leads."""
        state = self._state_of(ImportsState, None, f"/imports/?{query}", token=self.token)
        return state, asyncio.run(ImportsState.load.fn(state))

    def columns(self, key: str) -> MappingState:
        """Open the columns of the first file."""
        state = self._state_of(MappingState, None, f"/imports/?upload={key}&columns=0", token=self.token)
        asyncio.run(MappingState.load_columns.fn(state))
        return state

    def load_for_real(self, key: str) -> None:
        """Import what was uploaded."""
        state, _ = self.imports(f"upload={key}")

        async def all_events() -> None:
            async for _ in ImportsState.import_now.fn(state):
                pass

        asyncio.run(all_events())


@pytest.fixture
def tab(state_of: StateOf) -> Tab:
    """A collector's tab beside a ledger with one customer."""
    opened = Tab(state_of)
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        a_customer(session, company, "C1")
    return opened


def chosen(state: MappingState) -> dict[str, str]:
    """Return the name of the column that each target is read from."""
    labels = {one.value: one.label.partition(" (")[0] for one in state.sources}
    return {one.key: labels.get(one.choice, one.choice) for one in state.targets}


def change(state: MappingState, handler: str, *values: Any) -> Any:
    answer = getattr(MappingState, handler).fn(state, *values)
    return asyncio.run(answer) if asyncio.iscoroutine(answer) else answer


def test_a_file_with_foreign_columns_leads_to_the_question_which_is_which(tab: Tab) -> None:
    _, led_to = tab.imports(f"upload={tab.upload('fbl5n.csv', FOREIGN.encode())}")
    assert "columns=0" in str(led_to)


def test_the_address_of_the_columns_loads_them(tab: Tab) -> None:
    state, led_to = tab.imports(f"upload={tab.upload('fbl5n.csv', FOREIGN.encode())}&columns=0")
    assert (state.view, led_to) == ("columns", MappingState.load_columns)


def test_the_proposal_comes_with_evidence_and_the_rows_as_they_will_be_read(tab: Tab) -> None:
    state = tab.columns(tab.upload("fbl5n.csv", FOREIGN.encode()))
    assert chosen(state) == {
        "invoice_number": "N° pièce",
        "customer_id": "Code client",
        "invoice_date": "Date pièce",
        "due_date": "Échéance",
        "amount": "Montant TTC",
        "currency": "Devise",
    }
    why = {one.key: one.why for one in state.targets}
    assert "all 3 values are dates; day first: 27/02/2026 in line 2" in why["invoice_date"]
    assert "decimal comma: 2 of 3 values have one" in why["amount"]
    assert (state.date_format, state.decimal_mark, state.table, state.content) == (
        "dd/mm/yyyy",
        ",",
        "invoices",
        "full",
    )
    assert [cell.text for cell in state.shown.lines[0].cells][:5] == [
        *("A-1", "C1", "27 Feb 2026", "29 Mar 2026", "1,250.00"),
    ]
    (wrong,) = [cell for line in state.shown.lines for cell in line.cells if cell.reason]
    assert (wrong.text, wrong.reason) == ("n/a", "Not a number")
    assert (state.shown.counted, state.shown.totals) == ("2 of 3 rows can be read", ["1,257.50 EUR"])
    assert next(one.faults for one in state.targets if one.key == "amount") == "1 cell cannot be read"


def test_a_correction_shows_at_once_what_it_changes(tab: Tab) -> None:
    state = tab.columns(tab.upload("fbl5n.csv", FOREIGN.encode()))
    solde = next(one.value for one in state.sources if one.label.startswith("Solde"))
    change(state, "choose", "amount", solde)
    assert (state.shown.counted, state.shown.totals) == ("3 of 3 rows can be read", ["6.00 EUR"])
    change(state, "choose", "customer_id", "")
    assert state.missing.startswith("Still to choose: Customer number")
    change(state, "choose", "currency", "constant")
    change(state, "choose_constant", "currency", "CHF")
    assert state.shown.totals == ["6.00 CHF"]
    change(state, "set_reading", "date_format", "mm/dd/yyyy")
    assert any("There is no month 27" in cell.reason for cell in state.shown.lines[0].cells)
    change(state, "set_reading", "content", "open_items")
    assert state.content == "open_items"
    change(state, "choose_table", "payments")
    assert "payment_id" in {one.key for one in state.targets}


def test_another_language_keeps_what_was_corrected(tab: Tab) -> None:
    state = tab.columns(tab.upload("fbl5n.csv", FOREIGN.encode()))
    change(state, "choose", "due_date", "")
    state.language = "fr"
    change(state, "load_columns")
    assert "due_date" not in chosen(state)
    why = next(one.why for one in state.targets if one.key == "invoice_date")
    assert why == (
        "« Date pièce » en est un nom usuel\u00a0; les 3 valeurs sont toutes des dates\u00a0; "
        "jour d’abord : 27/02/2026 à la ligne 2"
    )


def test_nonsense_from_a_browser_changes_nothing(tab: Tab) -> None:
    state = tab.columns(tab.upload("fbl5n.csv", FOREIGN.encode()))
    before = state._draft
    change(state, "choose", "password", "1")
    change(state, "set_reading", "table", "users")
    change(state, "choose_table", "users")
    change(state, "set_reading", "content", "closed_items")
    change(state, "choose_constant", "amount", "1")
    assert state._draft == before


def test_what_was_said_is_used_kept_and_found_again_by_the_header(tab: Tab) -> None:
    key = tab.upload("fbl5n.csv", FOREIGN.encode())
    state = tab.columns(key)
    change(state, "rename", "Ledger of Nantes")
    change(state, "set_reading", "content", "open_items")
    assert f"upload={key}" in str(change(state, "save_columns"))
    looked, led_to = tab.imports(f"upload={key}")
    assert led_to is None
    assert [(one.summary.taken, one.summary.kept_out) for one in looked.tried] == [("2", "1")]
    tab.load_for_real(key)
    with reading() as session:
        assert {row.number for row in session.exec(select(InvoiceRow))} == {"A-1", "A-3"}
        batch = session.exec(select(ImportBatchRow)).one()
        assert (batch.mapping, 'content = "open_items"' in batch.report["mapping_text"]) == ("Ledger of Nantes", True)
    again = tab.upload("july.csv", FOREIGN.replace("A-", "B-").encode())
    looked, led_to = tab.imports(f"upload={again}")
    assert led_to is None
    assert looked.tried[0].summary.mapping == "read by the mapping Ledger of Nantes"
    known = tab.columns(again)
    assert (known.remark, known.content) == ("Recognised by its header: read as Ledger of Nantes", "open_items")


def test_a_mapping_needs_a_name_and_every_required_column(tab: Tab) -> None:
    state = tab.columns(tab.upload("fbl5n.csv", FOREIGN.encode()))
    change(state, "rename", "../etc")
    change(state, "save_columns")
    assert state.notices[-1].text == "The mapping needs a name of letters and digits."
    change(state, "rename", "fine")
    change(state, "choose", "amount", "")
    change(state, "save_columns")
    assert "does not say which column is 'amount'" in state.notices[-1].text


def test_a_workbook_is_read_from_the_sheet_that_is_chosen(tab: Tab, tmp_path: Path) -> None:
    head = ["Document No.", "Customer No.", "Posting Date", "Amount"]
    sheets = {
        "France": [head, ["F-1", "C1", datetime(2026, 2, 27), 1234.1], ["F-2", "C1", datetime(2026, 3, 1), 2]],  # noqa: DTZ001
        "Italia": [head, ["I-1", "C1", datetime(2026, 2, 27), 5]],  # noqa: DTZ001
    }
    key = tab.upload("items.xlsx", a_workbook(tmp_path / "items.xlsx", sheets).read_bytes())
    state = tab.columns(key)
    assert [one.value for one in state.sheets] == ["France", "Italia"]
    assert [cell.text for cell in state.shown.lines[0].cells] == ["F-1", "C1", "27 Feb 2026", "1,234.10"]
    change(state, "choose_sheet", "Italia")
    change(state, "save_columns")
    looked, _ = tab.imports(f"upload={key}")
    assert [row.cells[0].text for row in looked.tried[0].sample] == ["I-1"]
    change(state, "choose_sheet", "Nowhere")
    assert "no table on a sheet called" in state.notices[-1].text


def test_other_columns_are_kept_when_that_is_asked_for(tab: Tab) -> None:
    key = tab.upload("x.csv", b"Invoice,Customer,Invoice date,Amount,Region\nA-1,C1,2026-02-27,10.00,North\n")
    state = tab.columns(key)
    change(state, "keep_rest", True)
    change(state, "save_columns")
    tab.load_for_real(key)
    with reading() as session:
        assert session.exec(select(InvoiceRow)).one().custom == {"Region": "North"}


def test_two_headers_never_share_a_name(tab: Tab) -> None:
    first = tab.upload("export.csv", FOREIGN.encode())
    change(tab.columns(first), "save_columns")
    tab.load_for_real(first)
    other = tab.columns(tab.upload("export.csv", b"Invoice,Customer,Invoice date,Amount\nA,C1,2026-02-27,1.00\n"))
    assert other.name == "export_2"
    change(other, "rename", "export")
    change(other, "save_columns")
    assert other.notices[-1].text == "Files with other columns are read by the mapping export."


def test_of_sheets_with_the_same_columns_the_one_that_was_chosen_is_taken_again(tab: Tab, tmp_path: Path) -> None:
    head = ["Document No.", "Customer No.", "Posting Date", "Amount"]
    sheets = {one: [head, [f"{one}-1", "C1", "2026-02-27", 1234.1]] for one in ("France", "Italia")}
    content = a_workbook(tmp_path / "items.xlsx", sheets).read_bytes()
    first = tab.upload("items.xlsx", content)
    state = tab.columns(first)
    change(state, "choose_sheet", "Italia")
    change(state, "save_columns")
    tab.load_for_real(first)
    again = tab.upload("items.xlsx", content)
    assert [row.cells[0].text for row in tab.imports(f"upload={again}")[0].tried[0].sample] == ["Italia-1"]
    assert tab.columns(again).sheet == "Italia"


def test_a_damaged_file_says_so_and_offers_no_columns(tab: Tab, tmp_path: Path) -> None:
    whole = a_workbook(tmp_path / "a.xlsx", {"A": [["a", "b"], ["1", "2"]]}).read_bytes()
    key = tab.upload("half.xlsx", whole[: len(whole) // 2])
    looked, led_to = tab.imports(f"upload={key}")
    assert led_to is None
    assert "half.xlsx is damaged or only half there" in looked.refusal
    assert "half.xlsx is damaged" in tab.columns(key).refused


def test_others_are_answered_while_a_big_file_is_read(tab: Tab, state_of: StateOf, monkeypatch: Any) -> None:
    key = tab.upload("fbl5n.csv", FOREIGN.encode())
    begun, answered = threading.Event(), threading.Event()
    real = proposals.sample_of

    def slow(*given: Any) -> Any:
        begun.set()
        assert answered.wait(30), "nobody else was answered while the file was read"
        return real(*given)

    monkeypatch.setattr(proposals, "sample_of", slow)
    reader = state_of(MappingState, None, f"/imports/?upload={key}&columns=0", token=tab.token)
    other = state_of(ImportsState, None, "/imports/", token=tab.token)

    async def both() -> None:
        reading_it = asyncio.create_task(MappingState.load_columns.fn(reader))
        await asyncio.to_thread(begun.wait, 30)
        await ImportsState.load.fn(other)
        answered.set()
        await reading_it

    asyncio.run(both())
    assert other.is_loaded
    assert reader.targets
