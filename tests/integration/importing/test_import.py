"""A file in the ledger: what is created, changed, left, set aside, and that the totals always agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    DisputeRow,
    ImportBatchRow,
    InvoiceRow,
    PaymentRow,
    QuarantinedRow,
)
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.errors import ForbiddenError, InputError
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import get_settings

ON = date(2026, 6, 1)
CUSTOMERS = "customer_id,name,company,currency\nC1,Alder,ALFA,EUR\nC2,Birch,ALFA,EUR\n"
INVOICES = "invoice_number,customer_id,invoice_date,amount,company\nA-1,C1,2026-01-10,100.00,ALFA\n"
PAYMENTS = "payment_id,customer_id,payment_date,amount,company\nP-1,C1,2026-02-01,60.00,ALFA\n"

Import = Callable[..., FileReport]


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Import:
    """Write a file, import it and return its report."""

    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def loaded(name: str, content: str | bytes, *, actor: Actor | None = None, **request: Any) -> FileReport:
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        asked = Request(**({"on": ON} | request))
        return import_paths(Importer(open_session, actor or Actor.local_operator(), asked, get_settings()), [path])[0]

    return loaded


@pytest.fixture
def ledger(load: Import) -> Import:
    """A ledger with two customers; returns the importer."""
    load("customers", CUSTOMERS)
    return load


def reasons(report: FileReport) -> list[tuple[int, str, str]]:
    """Return what was set aside: line, column and reason."""
    return [(one["line"], one["column"], one["reason"]) for one in report.document()["quarantined"]]


def counts(report: FileReport, table: str) -> tuple[int, int, int]:
    """Return how many of ``table`` were created, updated and left."""
    document = report.document()
    return tuple(document[outcome][table] for outcome in ("created", "updated", "unchanged"))


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Return every fact of the ledger."""
    tables = (CompanyRow, CustomerRow, ContactRow, InvoiceRow, PaymentRow, AllocationRow, DisputeRow)
    found = {
        str(table.__tablename__): list(
            map(tuple, session.execute(text(f"SELECT * FROM {table.__tablename__} ORDER BY id")))
        )
        for table in tables
    }
    session.rollback()
    return found


def rows(session: Session, table: type[SQLModel]) -> list[Any]:
    """Return the rows of ``table``, oldest first."""
    found = list(session.exec(select(table).order_by(table.id)))  # type: ignore[attr-defined]  # every table has an id
    session.expunge_all()
    session.rollback()  # SQLite has one writer: the next import
    return found


def test_an_import_makes_company_customer_contact_and_invoice(load: Import, session: Session) -> None:
    load("customers", "customer_id,name,company,email,contact_name,language\nC1,Alder,ALFA,ap@alder.example,Ann,fr\n")
    report = load("invoices", INVOICES)
    assert counts(report, "invoices") == (1, 0, 0)
    assert [row.code for row in rows(session, CompanyRow)] == ["ALFA"]
    assert [(row.name, row.email, row.language) for row in rows(session, ContactRow)] == [
        ("Ann", "ap@alder.example", "fr")
    ]
    invoice = rows(session, InvoiceRow)[0]
    assert (invoice.amount_minor, invoice.open_minor, invoice.due_on, invoice.closed_on) == (
        10000,
        10000,
        date(2026, 2, 9),
        OPEN_END,
    )


def test_twice_the_same_file_changes_nothing(ledger: Import, session: Session) -> None:
    files = {
        "customers": CUSTOMERS,
        "invoices": "invoice_number,customer_id,invoice_date,amount,company,disputed,settled_date,region\n"
        "A-1,C1,2026-01-10,100.00,ALFA,1,2026-02-10,North\nA-2,C2,2026-01-10,50.00,ALFA,1,,\n",
        "payments": PAYMENTS,
        "allocations": "payment_id,invoice_number,amount\nP-1,A-2,20.00\n",
    }
    for name, content in files.items():
        ledger(name, content)
    before = everything(session)
    for name, content in files.items():
        report = ledger(name, content)
        assert report.is_whole
        assert not report.tally.created.total() + report.tally.updated.total()
        assert report.tally.unchanged[name] == len(content.splitlines()) - 1
    assert everything(session) == before
    assert rows(session, ImportBatchRow)[-1].state == "unchanged"


def test_changed_rows_are_updated_and_unmentioned_columns_stay(ledger: Import, session: Session) -> None:
    ledger(
        "invoices",
        "invoice_number,customer_id,invoice_date,due_date,amount,po_number\nA-1,C1,2026-01-10,2026-04-01,100.00,PO9\n",
    )
    report = ledger(
        "invoices", "invoice_number,customer_id,invoice_date,amount,region\nA-1,C1,2026-01-10,120.00,North\n"
    )
    assert counts(report, "invoices") == (0, 1, 0)
    invoice = rows(session, InvoiceRow)[0]
    assert (invoice.amount_minor, invoice.po_number, invoice.due_on) == (12000, "PO9", date(2026, 4, 1))
    assert invoice.custom == {"region": "North"}


def test_an_empty_due_date_is_told_by_the_customers_terms(load: Import, session: Session) -> None:
    load("customers", "customer_id,name,payment_terms_days\nC1,Alder,60\n")
    load("invoices", "invoice_number,customer_id,invoice_date,due_date,amount\nA-1,C1,2026-01-01,,1.00\n")
    assert rows(session, InvoiceRow)[0].due_on == date(2026, 3, 2)


def test_rows_without_a_customer_are_set_aside(ledger: Import) -> None:
    report = ledger("invoices", INVOICES + "A-2,C9,2026-01-10,5.00,ALFA\nA-3,C1,2026-01-10,5.00,BETA\n")
    assert reasons(report) == [
        (3, "customer_id", "No such customer in ALFA: load customers first"),
        (4, "customer_id", "No such customer in BETA: load customers first"),
    ]
    assert report.document()["totals"] == {
        "in": {"count": 3, "sum": {"EUR": "110.00"}},
        "imported": {"count": 1, "sum": {"EUR": "100.00"}},
        "quarantined": {"count": 2, "sum": {"EUR": "10.00"}},
    }


def test_a_customer_code_of_one_company_needs_no_company(ledger: Import, session: Session) -> None:
    ledger("invoices", "invoice_number,customer_id,invoice_date,amount\nA-1,C1,2026-01-10,1.00\n")
    assert [row.code for row in rows(session, CompanyRow)] == ["ALFA"]
    assert len(rows(session, InvoiceRow)) == 1


def test_a_customer_code_of_several_companies_needs_the_company(ledger: Import) -> None:
    ledger("customers", "customer_id,name,company\nC1,Alder,BETA\n")
    content = "invoice_number,customer_id,invoice_date,amount\nA-1,C1,2026-01-10,1.00\n"
    assert reasons(ledger("invoices", content))[0][2].startswith("This customer exists in several companies")
    assert counts(ledger("invoices", content, company="BETA"), "invoices") == (1, 0, 0)


def test_a_second_row_with_a_known_key(ledger: Import) -> None:
    report = ledger("invoices", INVOICES + "A-1,C1,2026-01-10,100.00,ALFA\nA-1,C1,2026-01-10,101.00,ALFA\n")
    assert counts(report, "invoices") == (1, 0, 1)
    assert reasons(report) == [(4, "invoice_number", "Already on line 2 with other contents")]
    assert report.document()["totals"]["imported"] == {"count": 2, "sum": {"EUR": "200.00"}}


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("10.123", "EUR", "More decimals than EUR has (2)"),
        ("10.5", "JPY", "More decimals than JPY has (0)"),
        ("NaN", "EUR", "Not a number"),
        ("Infinity", "EUR", "Not a number"),
        ("1000000000001", "EUR", "More than 1 000 000 000 000"),
    ],
)
def test_unusable_amounts_are_set_aside(ledger: Import, amount: str, currency: str, reason: str) -> None:
    report = ledger(
        "invoices",
        f"invoice_number,customer_id,invoice_date,amount,currency\nA-0,C1,2026-01-10,1.00,EUR\nA-1,C1,2026-01-10,{amount},{currency}\n",
    )
    assert reasons(report) == [(3, "amount", reason)]


def test_three_decimals_are_right_for_a_currency_that_has_them(ledger: Import, session: Session) -> None:
    ledger("invoices", "invoice_number,customer_id,invoice_date,amount,currency\nA-1,C1,2026-01-10,10.123,TND\n")
    assert rows(session, InvoiceRow)[0].amount_minor == 10123


def test_unreadable_amounts_count_but_add_nothing(ledger: Import) -> None:
    report = ledger("invoices", INVOICES + "A-2,C1,2026-01-10,n/a,ALFA\n")
    assert report.document()["totals"]["in"] == {"count": 2, "sum": {"EUR": "100.00"}}
    assert report.document()["totals"]["quarantined"] == {"count": 1, "sum": {}}


SETTLED = "invoice_number,customer_id,invoice_date,amount,company,settled_date\nA-1,C1,2026-01-10,100.00,ALFA,{}\n"


def test_a_settlement_date_makes_a_payment_and_its_allocation(ledger: Import, session: Session) -> None:
    report = ledger("invoices", SETTLED.format("2026-02-20"))
    assert (counts(report, "payments"), counts(report, "allocations")) == ((1, 0, 0), (1, 0, 0))
    invoice, payment = rows(session, InvoiceRow)[0], rows(session, PaymentRow)[0]
    assert (invoice.open_minor, invoice.closed_on) == (0, date(2026, 2, 20))
    assert (payment.number, payment.amount_minor, payment.unapplied_minor) == ("settled:A-1", 10000, 0)


def test_a_corrected_settlement_date_moves_the_same_payment(ledger: Import, session: Session) -> None:
    ledger("invoices", SETTLED.format("2026-02-20"))
    report = ledger("invoices", SETTLED.format("2026-02-25"))
    assert (counts(report, "payments"), counts(report, "allocations")) == ((0, 1, 0), (0, 1, 0))
    assert [row.allocated_on for row in rows(session, AllocationRow)] == [date(2026, 2, 25)]
    assert rows(session, InvoiceRow)[0].closed_on == date(2026, 2, 25)
    assert ledger("invoices", SETTLED.format("2026-02-25")).tally.updated.total() == 0


def test_a_settlement_date_taken_out_opens_the_invoice_again(ledger: Import, session: Session) -> None:
    ledger("invoices", SETTLED.format("2026-02-20"))
    ledger("invoices", SETTLED.format(""))
    assert (rows(session, PaymentRow), rows(session, AllocationRow)) == ([], [])
    assert (rows(session, InvoiceRow)[0].open_minor, rows(session, InvoiceRow)[0].closed_on) == (10000, OPEN_END)


def test_a_settlement_date_pays_what_other_payments_left(ledger: Import, session: Session) -> None:
    ledger("invoices", SETTLED.format(""))
    ledger("payments", PAYMENTS)
    ledger("allocations", "payment_id,invoice_number,amount\nP-1,A-1,60.00\n")
    ledger("invoices", SETTLED.format("2026-03-01"))
    assert [(row.number, row.amount_minor) for row in rows(session, PaymentRow)] == [
        ("P-1", 6000),
        ("settled:A-1", 4000),
    ]
    assert rows(session, InvoiceRow)[0].closed_on == date(2026, 3, 1)


def test_a_settled_credit_note_makes_a_negative_payment(ledger: Import, session: Session) -> None:
    ledger("invoices", SETTLED.format("2026-02-20").replace("100.00", "-100.00"))
    assert [(row.amount_minor, row.unapplied_minor) for row in rows(session, PaymentRow)] == [(-10000, 0)]
    assert rows(session, InvoiceRow)[0].open_minor == 0


def allocated(ledger: Import, lines: str, payment: str = "900.00") -> FileReport:
    """Import an invoice of 1000, a credit note of 100, a payment, and these allocations."""
    ledger(
        "invoices",
        "invoice_number,customer_id,invoice_date,amount\nA-1,C1,2026-01-10,1000.00\nA-2,C1,2026-01-10,1000.00\nK-1,C1,2026-01-12,-100.00\n",
    )
    ledger("payments", f"payment_id,customer_id,payment_date,amount\nP-1,C1,2026-02-01,{payment}\n")
    return ledger("allocations", "payment_id,invoice_number,amount,date\n" + lines)


def test_one_payment_nets_an_invoice_and_a_credit_note_in_any_order(ledger: Import, session: Session) -> None:
    report = allocated(ledger, "P-1,A-1,1000.00,\nP-1,K-1,-100.00,\n")
    assert report.is_whole
    assert [row.open_minor for row in rows(session, InvoiceRow)] == [0, 100000, 0]
    assert rows(session, PaymentRow)[0].unapplied_minor == 0


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("P-1,A-1,900.01,\n", "More than is left of the payment (900.00 EUR)"),
        ("P-1,A-1,500.00,\nP-1,A-2,400.01,\n", "More than is left of the payment (400.00 EUR)"),
        ("P-1,A-1,1000.01,\n", "More than is left of the invoice (1000.00 EUR)"),
        ("P-1,K-1,-100.01,\n", "More than is left of the invoice (-100.00 EUR)"),
        ("P-1,K-1,100.00,\n", "Allocations to a credit note are negative"),
        ("P-9,A-1,1.00,\n", "No such payment: load payments first"),
        ("P-1,A-9,1.00,\n", "No such invoice in the payment's company: load invoices first"),
        ("P-1,A-1,1.001,\nP-1,A-1,1.00,\n", "More decimals than EUR has (2)"),
    ],
)
def test_allocations_beyond_what_is_left_are_set_aside(ledger: Import, lines: str, reason: str) -> None:
    report = allocated(ledger, lines)
    assert [told for _, _, told in reasons(report)] == [reason]
    totals = report.document()["totals"]
    assert totals["in"]["count"] == totals["imported"]["count"] + totals["quarantined"]["count"]


def test_an_allocation_carries_its_own_date_or_the_payments(ledger: Import, session: Session) -> None:
    allocated(ledger, "P-1,A-1,100.00,2026-03-05\nP-1,A-2,100.00,\n")
    assert [row.allocated_on for row in rows(session, AllocationRow)] == [date(2026, 3, 5), date(2026, 2, 1)]


def test_a_corrected_payment_date_takes_its_allocations_along(ledger: Import, session: Session) -> None:
    allocated(ledger, "P-1,A-1,100.00,\n")
    ledger("payments", "payment_id,customer_id,payment_date,amount\nP-1,C1,2026-02-11,900.00\n")
    assert [row.allocated_on for row in rows(session, AllocationRow)] == [date(2026, 2, 11)]
    report = ledger("allocations", "payment_id,invoice_number,amount,date\nP-1,A-1,100.00,\n")
    assert counts(report, "allocations") == (0, 0, 1)


def test_a_corrected_allocation_takes_the_place_of_the_former(ledger: Import, session: Session) -> None:
    allocated(ledger, "P-1,A-1,900.00,\n")
    report = ledger("allocations", "payment_id,invoice_number,amount\nP-1,A-1,800.00\n")
    assert counts(report, "allocations") == (0, 1, 0)
    assert rows(session, PaymentRow)[0].unapplied_minor == 10000


def test_an_amount_below_what_is_allocated_is_set_aside(ledger: Import) -> None:
    allocated(ledger, "P-1,A-1,900.00,\n")
    report = ledger("invoices", "invoice_number,customer_id,invoice_date,amount\nA-1,C1,2026-01-10,800.00\n")
    assert reasons(report) == [(2, "amount", "Payments of 900.00 EUR are applied to it")]
    report = ledger("payments", "payment_id,customer_id,payment_date,amount\nP-1,C1,2026-02-01,800.00\n")
    assert reasons(report) == [(2, "amount", "900.00 EUR of it are allocated")]


def test_a_dispute_flag_opens_and_ends_a_dispute_whose_date_is_not_known(ledger: Import, session: Session) -> None:
    content = "invoice_number,customer_id,invoice_date,amount,disputed\nA-1,C1,2026-01-10,1.00,{}\n"
    ledger("invoices", content.format("1"))
    dispute = rows(session, DisputeRow)[0]
    assert (dispute.opened_on, dispute.opened_on_is_known, dispute.closed_on) == (date(2026, 1, 10), False, OPEN_END)
    ledger("invoices", content.format("0"))
    assert rows(session, DisputeRow)[0].closed_on == ON
    ledger("invoices", content.format("1"))
    assert [row.closed_on for row in rows(session, DisputeRow)] == [OPEN_END]


def test_a_disputed_and_settled_invoice_has_a_dispute_that_ended_with_it(ledger: Import, session: Session) -> None:
    ledger(
        "invoices",
        "invoice_number,customer_id,invoice_date,amount,disputed,settled_date\nA-1,C1,2026-01-10,1.00,1,2026-02-03\n",
    )
    assert rows(session, DisputeRow)[0].closed_on == date(2026, 2, 3)


def test_a_dry_run_tells_the_same_and_changes_nothing(ledger: Import, session: Session) -> None:
    tried = ledger("invoices", INVOICES + "A-2,C9,2026-01-10,5.00,ALFA\n", dry_run=True)
    assert rows(session, InvoiceRow) == []
    assert len(rows(session, ImportBatchRow)) == 1
    done = ledger("invoices", INVOICES + "A-2,C9,2026-01-10,5.00,ALFA\n")
    assert tried.document() == done.document()


def test_rows_set_aside_are_kept_with_their_cells(ledger: Import, session: Session) -> None:
    ledger("invoices", INVOICES + 'A-2,"C9",2026-01-10,"5,00",ALFA\n')
    kept = rows(session, QuarantinedRow)
    assert [(row.line, row.column, row.raw, row.severity) for row in kept] == [
        (3, "amount", 'A-2,C9,2026-01-10,"5,00",ALFA', "quarantined")
    ]
    assert rows(session, ImportBatchRow)[-1].state == "loaded_in_part"


def test_importing_needs_the_right_in_the_company(ledger: Import, session: Session) -> None:
    beta = CompanyRow(code="BETA", name="Beta", currency="EUR", timezone="Europe/Paris")
    session.add(beta)
    session.commit()
    sales = Actor(1, "s@x.example", "S", (Grant(Role.SALES),))
    collector_of_beta = Actor(2, "c@x.example", "C", (Grant(Role.COLLECTOR, beta.id),))
    with pytest.raises(ForbiddenError):
        ledger("invoices", INVOICES, actor=sales)
    with pytest.raises(InputError, match="may not import into the company ALFA"):
        ledger("invoices", INVOICES, actor=collector_of_beta)
    with pytest.raises(InputError, match="may not import into the company GAMMA"):
        ledger("customers", "customer_id,name,company\nC1,X,GAMMA\n", actor=collector_of_beta)
    assert rows(session, InvoiceRow) == []


def test_a_mapping_used_once_is_found_again_by_the_header(ledger: Import, tmp_path: Path) -> None:
    mapping = tmp_path / "export.toml"
    mapping.write_text(
        'name = "export"\nheader = ["No", "Who", "When", "Sum"]\n[columns]\ninvoice_number = "No"\n'
        'customer_id = "Who"\ninvoice_date = "When"\namount = "Sum"\n'
    )
    ledger("first", "No,Who,When,Sum\nA-1,C1,2026-01-10,1.00\n", mapping=str(mapping))
    mapping.unlink()
    report = ledger("second", "Who,No,When,Sum\nC1,A-2,2026-01-10,1.00\n")
    assert (report.mapping, counts(report, "invoices")) == ("export", (1, 0, 0))
    assert ledger("third", "No,Who,When,Sum\nA-3,C1,2026-01-10,1.00\n", mapping="export").mapping == "export"


def test_the_ibm_ledger_arrives_whole(load: Import, shared_data: Path, session: Session) -> None:
    content = (shared_data / "ibm_accounts_receivable.csv").read_bytes()
    report = load("ibm", content)
    assert report.is_whole
    assert report.document()["created"] == {"customers": 100, "invoices": 2466, "payments": 2466, "allocations": 2466}
    assert report.document()["totals"]["imported"] == {"count": 2466, "sum": {"USD": "147703.18"}}
    invoices = rows(session, InvoiceRow)
    assert {key for row in invoices for key in row.custom} == {"country_code", "delivery"}
    assert sum(row.custom["delivery"] == "electronic" for row in invoices) == 1207
    assert all(row.open_minor == 0 and row.closed_on != OPEN_END for row in invoices)
    assert load("ibm", content).document()["unchanged"]["invoices"] == 2466


def test_the_open_items_extract_arrives_whole_with_its_oddities_told(load: Import, shared_data: Path) -> None:
    report = load("b2b", (shared_data / "b2b_open_items.csv").read_bytes())
    assert report.document()["created"] == {"customers": 694, "invoices": 9681, "payments": 0, "allocations": 0}
    assert report.tally.set_aside == []
    told = [one.reason for one in report.tally.warnings]
    assert sum(reason.startswith("Rounded to") for reason in told) == 631
    assert sum("before the invoice date" in reason for reason in told) == 27
