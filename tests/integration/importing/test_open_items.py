"""Open-items exports: what they no longer list is proposed as settled, decided by a person, and never by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import (
    AllocationRow,
    AuditRow,
    CompanyRow,
    DisputeRow,
    InvoiceRow,
    PaymentRow,
    SettlementProposalRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, RefusedError
from ar_cockpit.services.importing.changes.undo import consequences, undo
from ar_cockpit.services.importing.settling.decisions import Decision, accept, decline
from ar_cockpit.services.importing.settling.waiting import Waiting, sums, waiting
from tests.integration.importing.conftest import ON, Bring

OPERATOR = Actor.local_operator()
HEAD = "invoice_number,customer_id,invoice_date,due_date,amount,company"
A1 = "A-1,C1,2026-01-10,2026-02-10,1200.00,ALFA"
A2 = "A-2,C1,2026-01-10,2026-02-10,500.00,ALFA"
A3 = "A-3,C2,2026-01-10,2026-02-10,300.00,ALFA"
CREDIT = "A-9,C2,2026-01-12,2026-01-12,-40.00,ALFA"
B1 = "B-1,B1,2026-01-10,2026-02-10,70.00,BETA"


@pytest.fixture
def ledger(bring: Bring) -> Bring:
    """Two companies with open invoices and a credit note."""
    bring(
        "customers", "customer_id,name,company,currency", "C1,Alder,ALFA,EUR", "C2,Birch,ALFA,EUR", "B1,Beech,BETA,EUR"
    )
    bring("invoices", HEAD, A1, A2, A3, CREDIT, B1)
    return bring


def proposed(engine: Engine, actor: Actor = OPERATOR) -> dict[str, tuple[int, int]]:
    """Return what waits: open and left, by invoice."""
    return {one.number: (one.open_minor, one.left_minor) for one in lines(engine, actor)}


def lines(engine: Engine, actor: Actor = OPERATOR) -> list[Waiting]:
    with transaction(engine) as session:
        return waiting(session, actor)


def take(engine: Engine, *numbers: str, on: date | None = None, actor: Actor = OPERATOR) -> Decision:
    ids = [one.proposal_id for one in lines(engine) if one.number in numbers]
    with transaction(engine) as session:
        return accept(session, actor, ids, on, today=ON)


def leave(engine: Engine, *numbers: str) -> None:
    ids = [one.proposal_id for one in lines(engine) if one.number in numbers]
    with transaction(engine) as session:
        decline(session, OPERATOR, ids)


def invoice(engine: Engine, number: str) -> InvoiceRow:
    with transaction(engine) as session:
        return session.exec(select(InvoiceRow).where(col(InvoiceRow.number) == number)).one()


def test_an_export_proposes_what_it_no_longer_lists_and_closes_nothing(ledger: Bring, engine: Engine) -> None:
    report = ledger("open", HEAD, A1, CREDIT, open_items=True)
    assert report.document()["proposed"] == {"gone": 2, "reduced": 0, "withdrawn": 0, "sum": {"EUR": "800.00"}}
    assert proposed(engine) == {"A-2": (50_000, 0), "A-3": (30_000, 0)}
    with transaction(engine) as session:
        assert all(row.closed_on == OPEN_END for row in session.exec(select(InvoiceRow)))
        assert session.exec(select(PaymentRow)).all() == []
        assert sums(session, OPERATOR).by_currency == {"EUR": 80_000}


def test_an_export_of_one_company_says_nothing_of_another(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A2, A3, CREDIT, open_items=True)
    assert proposed(engine) == {}


def test_an_export_in_two_files_is_one_export(ledger: Bring, engine: Engine) -> None:
    report = ledger("open", HEAD, A1, also=(HEAD, A3, CREDIT), open_items=True)
    assert (report.proposed.gone, report.proposed.withdrawn) == (1, 0)
    assert proposed(engine) == {"A-2": (50_000, 0)}


def test_an_export_of_which_a_part_is_refused_proposes_nothing(ledger: Bring, engine: Engine) -> None:
    nobody = "A-8,C1,2026-01-10,2026-02-10,1.00,NOBODY"
    ledger("open", HEAD, A1, also=(HEAD, A3, nobody), open_items=True)
    assert set(proposed(engine)) == {"A-2", "A-9"}
    with transaction(engine) as session:
        alfa = session.exec(select(CompanyRow).where(col(CompanyRow.code) == "ALFA")).one().id
    of_alfa = Actor(9, "x@velmora.example", "X", (Grant(Role.COLLECTOR, alfa),))
    before = proposed(engine)
    ledger("open", HEAD, A2, also=(HEAD, B1), open_items=True, actor=of_alfa)
    assert proposed(engine) == before


def test_a_full_file_proposes_nothing(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1)
    assert proposed(engine) == {}


def test_a_trial_proposes_and_keeps_nothing(ledger: Bring, engine: Engine) -> None:
    assert ledger("open", HEAD, A1, open_items=True, dry_run=True).proposed.gone == 3
    assert proposed(engine) == {}


def test_less_than_the_ledger_has_open_is_a_part_payment_and_the_amount_stays(ledger: Bring, engine: Engine) -> None:
    less = A1.replace("1200.00", "1000.00")
    report = ledger("open", HEAD, less, A2, A3, CREDIT, open_items=True)
    assert report.proposed.reduced == 1
    assert report.document()["totals"]["in"]["sum"] == {"EUR": "1760.00"}
    assert proposed(engine) == {"A-1": (120_000, 100_000)}
    take(engine, "A-1")
    row = invoice(engine, "A-1")
    assert (row.amount_minor, row.open_minor, row.closed_on) == (120_000, 100_000, OPEN_END)
    assert ledger("open", HEAD, less, A2, A3, CREDIT, open_items=True).proposed.reduced == 0


def test_an_invoice_on_a_row_that_was_set_aside_is_still_open(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A2.replace("2026-01-10", "2026-13-10"), A3, CREDIT, open_items=True)
    assert proposed(engine) == {}


def test_invoices_dated_after_the_export_are_not_missed(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, CREDIT, open_items=True, on=date(2026, 1, 9))
    assert proposed(engine) == {}


def test_new_invoices_are_worth_what_is_listed_and_not_proposed(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A2, A3, CREDIT, "A-5,C1,2026-05-01,2026-06-01,10.00,ALFA", open_items=True)
    assert invoice(engine, "A-5").amount_minor == 1_000
    assert proposed(engine) == {}


def test_a_customer_that_the_export_does_not_list_at_all_is_marked(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, open_items=True)
    assert {one.number: one.is_customer_listed for one in lines(engine)} == {"A-2": True, "A-3": False, "A-9": False}


def test_more_open_than_the_ledger_has_is_a_warning(ledger: Bring) -> None:
    ledger("settled", HEAD + ",settled_date", A1 + ",2026-03-01")
    report = ledger("open", HEAD, A1, A2, A3, CREDIT, open_items=True)
    assert [one["reason"] for one in report.document()["warnings"]] == [
        "More is open in this file than in the ledger (0.00 EUR)"
    ]


def test_accepting_makes_payments_on_the_exports_day_or_the_one_chosen(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A3, open_items=True, on=date(2026, 5, 20))
    done = take(engine, "A-2")
    take(engine, "A-9", on=date(2026, 1, 2))
    assert (done.count, done.sums) == (1, {"EUR": "500.00"})
    assert invoice(engine, "A-2").closed_on == date(2026, 5, 20)
    assert (invoice(engine, "A-9").open_minor, invoice(engine, "A-9").closed_on) == (0, date(2026, 1, 12))
    with transaction(engine) as session:
        payments = session.exec(select(PaymentRow).order_by(col(PaymentRow.id))).all()
        assert [(one.amount_minor, one.unapplied_minor) for one in payments] == [(50_000, 0), (-4_000, 0)]
        entries = session.exec(select(AuditRow).where(col(AuditRow.action) == "ledger.settle")).all()
        assert entries[0].after == {"count": 1, "sums": {"EUR": "500.00"}, "on": None, "export": "open.csv"}
    assert proposed(engine) == {}


def test_accepted_settlements_are_taken_back_like_an_import(ledger: Bring, engine: Engine) -> None:
    ledger("flags", HEAD + ",disputed", A2 + ",1")
    export = ledger("open", HEAD, A1, A3, CREDIT, open_items=True).batch_id or 0
    batch_id = take(engine, "A-2").batch_id or 0
    with transaction(engine) as session:
        assert [one.kind for one in consequences(session, OPERATOR, export).blockers] == ["settled"]
        assert undo(session, OPERATOR, batch_id).removed == {"payment": 1, "allocation": 1}
        assert session.exec(select(DisputeRow)).one().closed_on == OPEN_END
        assert session.exec(select(AllocationRow)).all() == []
    assert invoice(engine, "A-2").open_minor == 50_000
    assert proposed(engine) == {"A-2": (50_000, 0)}
    with transaction(engine) as session:
        undo(session, OPERATOR, export)
    assert proposed(engine) == {}


def test_proposals_are_withdrawn_when_the_invoice_is_back(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A3, CREDIT, open_items=True)
    back = ledger("open", HEAD, A1, A2, A3, CREDIT, open_items=True)
    assert back.proposed.withdrawn == 1
    assert proposed(engine) == {}
    with transaction(engine) as session:
        undo(session, OPERATOR, back.batch_id or 0)
    assert proposed(engine) == {"A-2": (50_000, 0)}


def test_an_export_that_says_the_same_proposes_nothing_twice(ledger: Bring, engine: Engine) -> None:
    first = ledger("open", HEAD, A1, A3, CREDIT, open_items=True, on=date(2026, 5, 1))
    again = ledger("open", HEAD, A1, A3, CREDIT, open_items=True, on=date(2026, 5, 2))
    assert (first.proposed.gone, again.proposed.gone) == (1, 0)
    assert [one.exported_on for one in lines(engine)] == [date(2026, 5, 1)]


def test_what_was_declined_comes_back_only_after_an_export_listed_it(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A3, CREDIT, open_items=True)
    leave(engine, "A-2")
    ledger("open", HEAD, A1, A3, CREDIT, open_items=True)
    assert proposed(engine) == {}
    ledger("open", HEAD, A1, A2, A3, CREDIT, open_items=True)
    ledger("open", HEAD, A1, A3, CREDIT, open_items=True)
    assert proposed(engine) == {"A-2": (50_000, 0)}


def test_what_was_paid_otherwise_meanwhile_is_not_proposed_any_more(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A3, CREDIT, open_items=True)
    ids = [one.proposal_id for one in lines(engine)]
    ledger("settled", HEAD + ",settled_date", A2 + ",2026-03-01")
    assert proposed(engine) == {}
    with transaction(engine) as session, pytest.raises(NotFoundError):
        accept(session, OPERATOR, ids, None, today=ON)


def test_nothing_is_accepted_twice_in_the_future_or_without_a_choice(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A3, CREDIT, open_items=True)
    with pytest.raises(InputError, match="future"):
        take(engine, "A-2", on=date(2027, 1, 1))
    with pytest.raises(InputError, match="No settlement was chosen"):
        take(engine)
    ids = [one.proposal_id for one in lines(engine)]
    take(engine, "A-2")
    with transaction(engine) as session, pytest.raises(NotFoundError):
        accept(session, OPERATOR, ids, None, today=ON)


def test_people_of_one_company_neither_see_nor_decide_anothers(ledger: Bring, engine: Engine) -> None:
    ledger("open", HEAD, A1, A3, CREDIT, B1.replace("70.00", "50.00"), open_items=True)
    with transaction(engine) as session:
        ids = {row.code: row.id for row in session.exec(select(CompanyRow))}
    of_alfa = Actor(9, "x@velmora.example", "X", (Grant(Role.COLLECTOR, ids["ALFA"]),))
    assert set(proposed(engine)) == {"A-2", "B-1"}
    assert set(proposed(engine, of_alfa)) == {"A-2"}
    with pytest.raises(NotFoundError):
        take(engine, "A-2", "B-1", actor=of_alfa)
    with pytest.raises(ForbiddenError):
        proposed(engine, Actor(9, "s@velmora.example", "S", (Grant(Role.SALES),)))
    assert invoice(engine, "A-2").open_minor == 50_000


def test_a_mapping_says_that_its_files_hold_open_items(ledger: Bring, engine: Engine, tmp_path: Path) -> None:
    columns = {name: name for name in HEAD.split(",")}
    told = "\n".join(['content = "open_items"', "[columns]", *(f'{name} = "{name}"' for name in columns)])
    (tmp_path / "erp.toml").write_text(told)
    ledger("open", HEAD, A1, A3, CREDIT, mapping=str(tmp_path / "erp.toml"))
    assert proposed(engine) == {"A-2": (50_000, 0)}
    (tmp_path / "erp.toml").write_text(told.replace("open_items", "some"))
    with pytest.raises(RefusedError, match="content = 'some'"):
        ledger("open", HEAD, A1, mapping=str(tmp_path / "erp.toml"))


def test_taking_back_the_invoices_takes_their_proposals_along(ledger: Bring, engine: Engine) -> None:
    late = ledger("late", HEAD, "A-7,C1,2026-01-10,2026-02-10,9.00,ALFA").batch_id or 0
    ledger("open", HEAD, A1, A2, A3, CREDIT, open_items=True)
    assert set(proposed(engine)) == {"A-7"}
    with transaction(engine) as session:
        undo(session, OPERATOR, late)
        assert session.exec(select(SettlementProposalRow)).all() == []
