"""What an import changes: told before it is committed, kept after, and taken back while nothing stands in the way."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session, col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import (
    AuditRow,
    CompanyRow,
    CustomerRow,
    DisputeRow,
    HoldRow,
    ImportBatchRow,
    InvoiceRow,
    PaymentRow,
    PromiseInvoiceRow,
    PromiseRow,
    TouchpointRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.clock import now
from ar_cockpit.services.importing.changes import diff, undo
from ar_cockpit.services.importing.changes.blockers import Blocker
from tests.integration.importing.conftest import ON, Bring

CUSTOMERS = ("customer_id,name,company,currency", "C1,Alder,ALFA,EUR", "C2,Birch,ALFA,EUR")
HEAD = "invoice_number,customer_id,invoice_date,due_date,amount,company"
INVOICES = (
    HEAD,
    "A-1,C1,2026-01-10,2026-02-10,1200.00,ALFA",
    "A-2,C1,2026-01-10,2026-02-10,500.00,ALFA",
    "A-3,C2,2026-01-10,2026-02-10,300.00,ALFA",
)
CHANGED = (
    HEAD,
    "A-1,C1,2026-01-10,2026-02-10,1250.00,ALFA",
    "A-2,C1,2026-01-10,2026-03-10,500.00,ALFA",
    "A-3,C2,2026-01-10,2026-03-15,300.00,ALFA",
    "A-4,C2,2026-01-20,2026-02-20,80.00,ALFA",
)
OPERATOR = Actor.local_operator()


@pytest.fixture
def ledger(bring: Bring) -> Bring:
    """Two customers and three invoices, imports 1 and 2."""
    bring("customers", *CUSTOMERS)
    bring("invoices", *INVOICES)
    return bring


def take_back(engine: Engine, batch_id: int, actor: Actor = OPERATOR) -> undo.Undoing:
    with transaction(engine) as session:
        return undo.undo(session, actor, batch_id)


def in_the_way(engine: Engine, batch_id: int) -> list[tuple[str, int]]:
    with transaction(engine) as session:
        return [(one.kind, one.count) for one in undo.consequences(session, OPERATOR, batch_id).blockers]


def only(engine: Engine, row_class: Any, number: str) -> Any:
    with transaction(engine) as session:
        return session.exec(select(row_class).where(row_class.number == number)).one()


# --- the difference --------------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_changes_field_by_field_and_how_often(ledger: Bring, engine: Engine) -> None:
    report = ledger("invoices", *CHANGED, dry_run=True)
    changes = report.document()["changes"]
    assert [(one["field"], one["count"]) for one in changes["fields"]] == [("due_date", 2), ("amount", 1)]
    assert changes["changed"] == 3
    first = changes["rows"][0]
    assert (first["outcome"], first["table"], first["company"], first["key"]) == ("changed", "invoice", "ALFA", "A-1")
    assert first["fields"] == ({"field": "amount", "old": "1200.00", "new": "1250.00", "currency": "EUR"},)
    assert only(engine, InvoiceRow, "A-1").amount_minor == 120_000


def test_a_file_that_changes_nothing_has_no_difference(ledger: Bring) -> None:
    changes = ledger("invoices", *INVOICES).document()["changes"]
    assert (changes["fields"], changes["rows"], changes["changed"]) == ((), (), 0)


def test_the_whole_difference_is_a_file_that_no_spreadsheet_runs(ledger: Bring, engine: Engine) -> None:
    changed = ledger("customers", CUSTOMERS[0], "C1,=1+1,ALFA,EUR", "C9,Cedar,BETA,EUR")
    with transaction(engine) as session:
        rows = list(
            csv.reader(io.StringIO("".join(diff.as_csv(session, OPERATOR, changed.batch_id or 0)).lstrip("\ufeff")))
        )
    assert rows[0] == list(diff.HEAD)
    assert rows[1] == ["changed", "customer", "ALFA", "C1", "name", "Alder", "'=1+1", ""]
    assert ["created", "customer", "BETA", "C9", "name", "", "Cedar", ""] in rows


def test_custom_fields_changed_are_told_by_their_own_names(ledger: Bring) -> None:
    ledger("invoices", HEAD + ",cost_centre", INVOICES[1] + ",north")
    changes = ledger("invoices", HEAD + ",cost_centre", INVOICES[1] + ",south").document()["changes"]
    assert [(one["field"], one["old"], one["new"]) for one in changes["rows"][0]["fields"]] == [
        ("cost_centre", "north", "south")
    ]


def test_a_settlement_date_taken_out_is_told_as_a_payment_removed(ledger: Bring) -> None:
    ledger("invoices", HEAD + ",settled_date", INVOICES[1] + ",2026-02-01")
    report = ledger("invoices", HEAD + ",settled_date", INVOICES[1] + ",")
    assert report.changes.removed == 2
    assert {(one.outcome, one.table) for one in report.changes.rows} == {
        ("removed", "payment"),
        ("removed", "allocation"),
    }


# --- taking back -----------------------------------------------------------------------------------------------


def test_taking_back_restores_old_values_removes_new_rows_and_says_so(ledger: Bring, engine: Engine) -> None:
    batch_id = ledger("invoices", *CHANGED).batch_id or 0
    done = take_back(engine, batch_id)
    assert (done.removed, done.restored, done.state) == ({"invoice": 1}, {"invoice": 3}, "taken_back")
    first = only(engine, InvoiceRow, "A-1")
    assert (first.amount_minor, first.open_minor) == (120_000, 120_000)
    assert only(engine, InvoiceRow, "A-2").due_on == date(2026, 2, 10)
    with transaction(engine) as session:
        assert session.get_one(ImportBatchRow, batch_id).state == "taken_back"
        entry = session.exec(select(AuditRow).where(col(AuditRow.action) == "ledger.import.undo")).one()
        assert (entry.object_key, entry.after["removed"]) == (str(batch_id), {"invoice": 1})
        assert audit.first_broken_entry(session) is None


def test_taking_back_twice_changes_nothing_more(ledger: Bring, engine: Engine) -> None:
    batch_id = ledger("invoices", *CHANGED).batch_id or 0
    take_back(engine, batch_id)
    again = take_back(engine, batch_id)
    assert again.has_happened
    assert again.document()["already_taken_back"]
    with transaction(engine) as session:
        assert len(session.exec(select(AuditRow).where(col(AuditRow.action) == "ledger.import.undo")).all()) == 1


def test_the_same_file_can_be_imported_again_afterwards(ledger: Bring, engine: Engine) -> None:
    take_back(engine, ledger("invoices", *CHANGED).batch_id or 0)
    again = ledger("invoices", *CHANGED)
    assert (again.tally.created["invoices"], again.tally.updated["invoices"]) == (1, 3)


def test_allocations_go_and_open_amounts_follow(ledger: Bring, engine: Engine) -> None:
    ledger("payments", "payment_id,customer_id,payment_date,amount,company", "P-1,C1,2026-02-01,700.00,ALFA")
    batch_id = ledger("allocations", "payment_id,invoice_number,amount", "P-1,A-2,500.00").batch_id or 0
    assert only(engine, InvoiceRow, "A-2").open_minor == 0
    take_back(engine, batch_id)
    assert only(engine, InvoiceRow, "A-2").open_minor == 50_000
    assert only(engine, PaymentRow, "P-1").unapplied_minor == 70_000


def test_what_settlement_dates_and_dispute_flags_made_belongs_to_the_import(ledger: Bring, engine: Engine) -> None:
    flagged = ledger("invoices", HEAD + ",disputed,settled_date", INVOICES[1] + ",1,", INVOICES[2] + ",0,2026-02-01")
    take_back(engine, flagged.batch_id or 0)
    with transaction(engine) as session:
        assert session.exec(select(DisputeRow)).all() == []
        assert session.exec(select(PaymentRow)).all() == []


def test_what_a_person_wrote_on_a_changed_customer_since_is_not_lost(ledger: Bring, engine: Engine) -> None:
    batch_id = ledger("customers", CUSTOMERS[0], "C1,Alder & Sons,ALFA,EUR").batch_id or 0
    with transaction(engine) as session:
        session.exec(select(CustomerRow).where(col(CustomerRow.code) == "C1")).one().credit_limit_minor = 900_000
    assert in_the_way(engine, batch_id) == [("changed_since", 1)]
    with transaction(engine) as session:
        session.exec(select(CustomerRow).where(col(CustomerRow.code) == "C1")).one().credit_limit_minor = None
        session.exec(select(CustomerRow).where(col(CustomerRow.code) == "C1")).one().last_reminded_on = ON
    take_back(engine, batch_id)
    with transaction(engine) as session:
        row = session.exec(select(CustomerRow).where(col(CustomerRow.code) == "C1")).one()
        assert (row.name, row.last_reminded_on) == ("Alder", ON)


# --- what stands in the way ------------------------------------------------------------------------------------


def test_later_imports_stand_in_the_way_by_name(ledger: Bring, engine: Engine) -> None:
    later = ledger("invoices", HEAD, "A-1,C1,2026-01-10,2026-02-28,1200.00,ALFA").batch_id
    with transaction(engine) as session:
        found = undo.consequences(session, OPERATOR, 2)
    assert found.blockers == (Blocker("later_import", 1, f"#{later} invoices.csv"),)
    with pytest.raises(RefusedError, match=r"1 row\(s\) changed by the later import #3 invoices.csv"):
        take_back(engine, 2)
    take_back(engine, later or 0)
    assert take_back(engine, 2).removed == {"invoice": 3}


def test_payments_of_other_imports_stand_in_the_way(ledger: Bring, engine: Engine) -> None:
    ledger("payments", "payment_id,customer_id,payment_date,amount,company", "P-1,C1,2026-02-01,700.00,ALFA")
    ledger("allocations", "payment_id,invoice_number,amount", "P-1,A-1,400.00", "P-1,A-2,300.00")
    assert in_the_way(engine, 2) == [("payments", 2)]
    assert in_the_way(engine, 1) == [("invoices", 3), ("payments", 1)]
    assert in_the_way(engine, 3) == [("payments", 2)]


@pytest.mark.usefixtures("ledger")
def test_what_people_did_on_its_invoices_stands_in_the_way_each_with_its_count(engine: Engine) -> None:
    with transaction(engine) as session:
        _act(session, "A-1")
        _act(session, "A-2")
    assert in_the_way(engine, 2) == [("disputes", 2), ("holds", 2), ("promises", 2)]
    assert ("notes", 2) in in_the_way(engine, 1)


def test_on_changed_invoices_only_what_was_done_since_stands_in_the_way(ledger: Bring, engine: Engine) -> None:
    with transaction(engine) as session:
        _act(session, "A-1")
    batch_id = ledger("invoices", *CHANGED).batch_id or 0
    assert in_the_way(engine, batch_id) == []
    with transaction(engine) as session:
        _act(session, "A-2")
    assert in_the_way(engine, batch_id) == [("disputes", 1), ("holds", 1), ("promises", 1)]


def _act(session: Session, number: str) -> None:
    """Promise, dispute, hold and note, as a collector would."""
    invoice = session.exec(select(InvoiceRow).where(col(InvoiceRow.number) == number)).one()
    own: dict[str, Any] = {"company_id": invoice.company_id, "customer_id": invoice.customer_id}
    promise = PromiseRow(
        **own, amount_minor=100, currency="EUR", made_on=ON, promised_for=ON + timedelta(7), grace_days=3
    )
    session.add(promise)
    session.flush()
    session.add(PromiseInvoiceRow(company_id=invoice.company_id, promise_id=promise.id, invoice_id=invoice.id))
    session.add(DisputeRow(**own, invoice_id=invoice.id, reason="price", opened_on=ON, answer_due_on=ON))
    session.add(HoldRow(**own, invoice_id=invoice.id, reason="wait", set_on=ON, set_by="a@velmora.example"))
    session.add(TouchpointRow(**own, kind="note", happened_on=ON, happened_at=now(), actor_email="a@velmora.example"))


# --- rights, crashes, size -------------------------------------------------------------------------------------


def test_only_who_may_import_into_its_companies_takes_an_import_back(ledger: Bring, engine: Engine) -> None:
    ledger("customers", CUSTOMERS[0], "B1,Beech,BETA,EUR")
    both = ledger("customers", CUSTOMERS[0], "C1,Alder & Sons,ALFA,EUR", "B1,Beech & Co,BETA,EUR").batch_id or 0
    with transaction(engine) as session:
        ids = {row.code: row.id for row in session.exec(select(CompanyRow))}
        session.get_one(ImportBatchRow, both).imported_by = "x@velmora.example"

    def of(role: Role, code: str) -> Actor:
        return Actor(9, "x@velmora.example", "X", (Grant(role, ids[code]),))

    with pytest.raises(NotFoundError):
        take_back(engine, 2, of(Role.COLLECTOR, "BETA"))
    with pytest.raises(ForbiddenError):
        take_back(engine, both, of(Role.COLLECTOR, "ALFA"))
    with pytest.raises(ForbiddenError):
        take_back(engine, 2, of(Role.SALES, "ALFA"))
    with transaction(engine) as session, pytest.raises(ForbiddenError):
        diff.as_csv(session, of(Role.COLLECTOR, "ALFA"), both)
    assert take_back(engine, 2, of(Role.COLLECTOR, "ALFA")).removed == {"invoice": 3}


@pytest.mark.parametrize("crash_at", [30, 38, 45])
def test_a_crash_half_way_leaves_everything_as_it_was(ledger: Bring, engine: Engine, crash_at: int) -> None:
    batch_id = ledger("invoices", *CHANGED).batch_id or 0

    def state() -> list[tuple[Any, ...]]:
        with transaction(engine) as session:
            rows = "SELECT number, amount_minor, open_minor, due_on FROM invoice ORDER BY number"
            return [tuple(row) for row in session.execute(text(rows))]

    before, statements = state(), 0

    def crash(*_: Any) -> None:
        nonlocal statements
        statements += 1
        if statements == crash_at:
            raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", crash)
    with pytest.raises(KeyboardInterrupt):
        take_back(engine, batch_id)
    event.remove(engine, "before_cursor_execute", crash)
    assert state() == before
    assert take_back(engine, batch_id).restored == {"invoice": 3}


def test_taking_back_many_rows_takes_no_more_statements_than_few(ledger: Bring, engine: Engine) -> None:
    def statements(batch_id: int) -> int:
        count = 0

        def counted(*_: Any) -> None:
            nonlocal count
            count += 1

        event.listen(engine, "before_cursor_execute", counted)
        take_back(engine, batch_id)
        event.remove(engine, "before_cursor_execute", counted)
        return count

    few = statements(ledger("invoices", HEAD, "B-1,C1,2026-01-10,2026-02-10,5.00,ALFA").batch_id or 0)
    lines = [f"B-{n},C1,2026-01-10,2026-02-10,5.00,ALFA" for n in range(400)]
    assert statements(ledger("invoices", HEAD, *lines).batch_id or 0) == few


@pytest.mark.usefixtures("ledger")
def test_imports_of_older_versions_kept_no_old_values_and_say_so(engine: Engine) -> None:
    with transaction(engine) as session:
        batch = session.get_one(ImportBatchRow, 2)
        batch.report = {key: value for key, value in batch.report.items() if key != "marks"}
    with pytest.raises(InputError, match="older version"):
        take_back(engine, 2)
