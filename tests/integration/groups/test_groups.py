"""Groups of customers on both databases: told by the import, summed in one currency, within the actor's rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.figures.listing import customer_question
from ar_cockpit.domain.reports.definition import Definition
from ar_cockpit.services import credit, groups
from ar_cockpit.services.figures import consolidated_cockpit, executive
from ar_cockpit.services.groups import GroupStanding
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.lists import records
from ar_cockpit.services.rates.book import rates_folder
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.settings import get_settings
from tests import commands
from tests.builders import a_company, a_customer, an_invoice
from tests.published import rates_file

OPERATOR = Actor.local_operator()
TODAY = date(2027, 3, 31)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rates of this test's own: 0.80 pounds for a euro."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    rates_file(rates_folder(), TODAY, 10, GBP="0.80", USD="1.25")
    yield
    get_settings.cache_clear()


@pytest.fixture
def imported(engine: Engine, tmp_path: Path) -> Iterator[object]:
    """Return a function that imports a file of customers and returns its report."""

    @contextmanager
    def opened() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    def load(*lines: str) -> FileReport:
        path = tmp_path / "customers.csv"
        path.write_text("\n".join(["customer_id,name,parent_customer_id,company", *lines]) + "\n")
        (report,) = import_paths(Importer(opened, OPERATOR, Request(TODAY), get_settings()), [path])
        return report

    return load  # type: ignore[return-value]


def heads(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        rows = session.exec(select(col(CustomerRow.code), col(CustomerRow.group_code)))
        return dict(rows.all())


def test_a_parent_may_stand_below_its_children(engine: Engine, imported: object) -> None:
    report = imported("B,B,A,ALFA", "C,C,B,ALFA", "A,A,,ALFA", "D,D,,ALFA")  # type: ignore[operator]
    assert heads(engine) == {"A": "A", "B": "A", "C": "A", "D": ""}
    assert report.tally.warnings == []


def test_a_later_file_brings_the_parent_or_takes_it_away(engine: Engine, imported: object) -> None:
    report = imported("B,B,A,ALFA")  # type: ignore[operator]
    assert [(one.line, one.column, one.value, one.reason) for one in report.tally.warnings] == [
        (2, "parent_customer_id", "A", "No customer A: the customer counts in no group through it")
    ]
    assert heads(engine) == {"B": ""}
    assert imported("A,A,,ALFA").tally.warnings == []  # type: ignore[operator]
    assert heads(engine) == {"A": "A", "B": "A"}
    imported("B,B,,ALFA")  # type: ignore[operator]
    assert heads(engine) == {"A": "", "B": ""}


def test_parents_that_go_round_are_cut_and_told(engine: Engine, imported: object) -> None:
    report = imported("C,C,B,ALFA", "B,B,C,ALFA", "D,D,C,ALFA")  # type: ignore[operator]
    assert heads(engine) == {"B": "B", "C": "B", "D": "B"}
    assert [(one.line, one.reason) for one in report.tally.warnings] == [
        (3, "Parents go round: B → C → B; B counts as the head"),
        (2, "Parents go round: B → C → B; B counts as the head"),
    ]
    assert imported("C,C,B,ALFA", "B,B,C,ALFA", "D,D,C,ALFA").tally.updated == {}  # type: ignore[operator]


def test_a_parent_in_another_company_is_told_and_makes_no_group(engine: Engine, imported: object) -> None:
    report = imported("A,A,,BETA", "B,B,A,ALFA")  # type: ignore[operator]
    assert [one.reason for one in report.tally.warnings] == [
        "A is a customer of BETA: the customer counts in no group through it"
    ]
    assert set(heads(engine).values()) == {""}


def family(session: Session, **second: object) -> tuple[CompanyRow, CustomerRow]:
    """Store a head that owes euros and a member that owes pounds and dollars."""
    company = a_company(session)
    head = a_customer(session, company, "HEAD", name="Groupe Orlanne", credit_limit_minor=100_000)
    member = a_customer(session, company, "UK", parent_code="HEAD", currency="GBP", credit_limit_minor=80_000, **second)
    groups.assign_groups(session, company.id)
    an_invoice(session, head, "E", 10_001, date(2027, 1, 1), date(2027, 2, 1))
    an_invoice(session, member, "G", 4_001, date(2026, 10, 1), date(2026, 11, 1))
    an_invoice(session, member, "U", 1_000, date(2027, 3, 1), date(2027, 4, 1), currency="USD")
    return company, head


def group(session: Session, code: str = "HEAD", actor: Actor = OPERATOR) -> GroupStanding:
    judged = credit.standing_coded(session, actor, code, as_of=TODAY)
    found = groups.group_of(session, actor, judged.customer, judged.facts.currency, TODAY)
    assert found is not None
    return found


def test_a_group_adds_up_in_the_customers_currency(session: Session) -> None:
    family(session)
    found = group(session)
    # 100.01 EUR + 40.01 GBP / 0.80 + 10.00 USD / 1.25
    assert (found.currency, found.open_minor, found.overdue_minor) == ("EUR", 15_802, 15_002)
    assert (found.limit_minor, found.available_minor) == (200_000, 184_198)
    assert (found.code, found.name, found.level) == ("HEAD", "Groupe Orlanne", Level.HOLD)
    assert (found.rates.rate_date, found.missing) == (TODAY, ())
    of_member = group(session, "UK")
    assert (of_member.currency, of_member.open_minor, of_member.name) == ("GBP", 12_642, "Groupe Orlanne")


def test_a_debtor_without_a_limit_leaves_the_group_without_one(session: Session) -> None:
    company, head = family(session)
    third = a_customer(session, company, "THIRD", parent_code="HEAD")
    groups.assign_groups(session, company.id)
    assert group(session).limit_minor == 200_000
    an_invoice(session, third, "T", 1_000, date(2027, 1, 1), date(2027, 4, 1))
    session.flush()
    assert (group(session).limit_minor, group(session).available_minor, head.group_code) == (None, None, "HEAD")


def test_without_a_rate_the_groups_figure_says_so_and_the_customers_own_stays(session: Session) -> None:
    company, _ = family(session)
    third = a_customer(session, company, "THIRD", parent_code="HEAD", currency="TND")
    groups.assign_groups(session, company.id)
    an_invoice(session, third, "T", 1_000, date(2027, 3, 1), date(2027, 4, 1))
    found = group(session)
    assert (found.open_minor, found.overdue_minor) == (None, 15_002)
    assert [one.sentence for one in found.missing] == ["TND has no rate on 2027-03-31."]
    assert credit.standing_coded(session, OPERATOR, "HEAD", as_of=TODAY).facts.open_minor == 10_001


def test_sales_sees_the_groups_customers_that_are_its_own(session: Session) -> None:
    company, head = family(session, sales_email="other@alfa.example")
    head.sales_email = "tom@alfa.example"
    session.flush()
    actor = Actor(7, "tom@alfa.example", "Tom", (Grant(Role.SALES, company.id),))
    found = group(session, actor=actor)
    assert ([member.code for member in found.members], found.open_minor) == (["HEAD"], 10_001)


def test_a_customer_outside_of_groups_has_none(session: Session) -> None:
    a_customer(session, a_company(session), "ALONE")
    judged = credit.standing_coded(session, OPERATOR, "ALONE", as_of=TODAY)
    assert groups.group_of(session, OPERATOR, judged.customer, "EUR", TODAY) is None


def test_customers_are_listed_by_group_and_a_group_by_its_members(session: Session) -> None:
    company, _ = family(session)
    alone = a_customer(session, company, "ALONE", name="Alone")
    an_invoice(session, alone, "A", 15_900, date(2027, 1, 1), date(2027, 2, 1))
    page = records.groups(session, OPERATOR, customer_question({"by": "group"}, TODAY, "EUR", consolidated=True))
    assert [(line.code, line.is_group, line.members) for line in page.lines] == [("ALONE", False, 1), ("HEAD", True, 2)]
    assert page.lines[1].open_by_currency == {"EUR": 10_001, "GBP": 4_001, "USD": 1_000}
    assert (page.totals.count, page.converted.first, page.converted.second) == (2, 31_702, 30_902)
    by_open = customer_question({"by": "group", "sort": "open"}, TODAY, "EUR", consolidated=True)
    assert [line.code for line in records.groups(session, OPERATOR, by_open).lines] == ["HEAD", "ALONE"]
    members = customer_question({"group": "HEAD"}, TODAY, "EUR", consolidated=True)
    assert {line.code for line in records.customers(session, OPERATOR, members).lines} == {"HEAD", "UK"}
    euros = records.groups(session, OPERATOR, customer_question({"by": "group"}, TODAY, "EUR"))
    assert [(line.code, line.open_by_currency) for line in euros.lines] == [
        ("ALONE", {"EUR": 15_900}),
        ("HEAD", {"EUR": 10_001}),
    ]


def test_standing_tells_the_group_beside_the_customer(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    (folder / "customers.csv").write_text("customer_id,name,parent_customer_id\nA,Alpha,\nB,Beta,A\nC,Gamma,\n")
    (folder / "invoices.csv").write_text(
        "invoice_number,customer_id,invoice_date,due_date,amount,currency\n"
        "1,A,2027-01-01,2027-02-01,100.00,EUR\n2,B,2027-01-01,2027-05-01,50.00,GBP\n"
    )
    run = partial(commands.run, cwd=tmp_path, AR_HOME=tmp_path / "home", AR_DATABASE_URL=sqlite_url)
    assert run("import", str(folder)).returncode == 0
    told = json.loads(run("standing", "A", "--as-of", "2027-03-31", "--json").stdout)
    assert (told["open"], told["group"]["open"], told["group"]["overdue"]) == ("100.00", "162.50", "100.00")
    assert (told["group"]["code"], told["group"]["customers"], told["group"]["errors"]) == ("A", ["A", "B"], [])
    assert json.loads(run("standing", "C", "--as-of", "2027-03-31", "--json").stdout)["group"] is None


def test_a_group_is_one_debtor_where_receivables_are_concentrated(session: Session) -> None:
    company, _ = family(session)
    alone = a_customer(session, company, "ALONE")
    an_invoice(session, alone, "A", 15_000, date(2027, 1, 1), date(2027, 2, 1))
    session.flush()
    shown = consolidated_cockpit.cockpit(session, OPERATOR, as_of=TODAY, into="EUR")
    told = shown.breakdown.concentration
    # 158.02 of the group, by its two members 100.01 and 58.01, beside 150.00 of one that is alone
    assert (shown.breakdown.customers, told.debtors, told.shares[1]) == (3, 2, pytest.approx(15_802 / 30_802, abs=1e-9))
    in_euros = executive.cockpit(session, OPERATOR, as_of=TODAY, currency="EUR").breakdown
    assert (in_euros.customers, in_euros.concentration.debtors) == (2, 2)


def test_the_aged_balance_adds_a_group_up_beside_those_that_are_alone(session: Session) -> None:
    company, head = family(session)
    member = a_customer(session, company, "LYON", parent_code="HEAD")
    alone = a_customer(session, company, "ALONE", name="Alone")
    groups.assign_groups(session, company.id)
    an_invoice(session, member, "L", 2_000, date(2027, 3, 1), date(2027, 4, 1))
    an_invoice(session, alone, "A", 500, date(2027, 3, 1), date(2027, 4, 1))
    session.flush()
    columns = ("customer_group", "open", "age_not_due", "age_31-60", "currency")
    aged = Definition("balances", columns, group="customer_group", sort="open")
    found = table(session, OPERATOR, aged, Asked(TODAY, "", "EUR"))
    told = {row["customer_group"]: (row["open"], row["age_not_due"], row["age_31-60"]) for row in found.rows}
    assert told == {"Groupe Orlanne": (12_001, 2_000, 10_001), "Alone": (500, 500, 0)}
    assert head.group_code == "HEAD"


def test_a_customer_in_credit_is_counted_among_those_with_documents(session: Session) -> None:
    company, _ = family(session)
    alone = a_customer(session, company, "ALONE")
    an_invoice(session, alone, "A", -15_000, date(2027, 1, 1), date(2027, 2, 1))
    session.flush()
    shown = executive.cockpit(session, OPERATOR, as_of=TODAY, currency="EUR").breakdown
    counted = {sum(line.customers for line in lines) for lines in shown.lines.values()}
    assert (counted, shown.customers, shown.concentration.debtors) == ({2}, 2, 1)
