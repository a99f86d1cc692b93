"""`ar-cockpit kpi` on both databases: the contract's keys and figures, rights, companies and currencies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session

from ar_cockpit.cli.figures import document
from ar_cockpit.db.session import make_engine
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError, SeveralCurrenciesError
from ar_cockpit.domain.figures.ageing import AgeBasis
from ar_cockpit.services.figures import reporting
from tests import commands
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.commands import Done

Command = Callable[..., Done]
OPERATOR = Actor.local_operator()
MARCH = date(2026, 3, 31)


def an_actor(role: Role, company: CompanyRow | None = None) -> Actor:
    return Actor(1, "someone@alfa.example", "Someone", (Grant(role, company.id if company else None),))


def worked_example(session: Session) -> CompanyRow:
    """Store seven documents whose figures were worked by hand."""
    company = a_company(session)
    first, second = a_customer(session, company, "C1"), a_customer(session, company, "C2")
    january, march = date(2026, 2, 20), date(2026, 3, 25)
    an_invoice(session, first, "A-01", 100000, date(2026, 1, 10), date(2026, 2, 9), paid=[(january, 100000)])
    partly = an_invoice(session, second, "A-02", 240000, date(2026, 1, 20), date(2026, 3, 21))
    an_invoice(session, first, "A-03", 150000, date(2026, 2, 5), date(2026, 3, 7), paid=[(date(2026, 4, 2), 150000)])
    an_invoice(session, second, "A-04", 80000, date(2026, 2, 25), date(2026, 4, 26))
    an_invoice(session, first, "A-05", 310000, date(2026, 3, 12), date(2026, 4, 11))
    an_invoice(session, first, "A-06", -25000, date(2026, 3, 15), date(2026, 3, 15))
    an_invoice(session, second, "A-07", 60000, date(2025, 11, 3), date(2025, 12, 3))
    payment = a_payment(session, second, "P-2", 100000, march, unapplied_minor=10000)
    an_allocation(session, payment, partly, 90000)
    partly.open_minor = 150000
    session.flush()
    return company


def test_a_month_end_by_value(session: Session) -> None:
    worked_example(session)
    assert document(reporting.kpi(session, OPERATOR, as_of=MARCH)) == {
        "as_of": "2026-03-31",
        "currency": "EUR",
        "receivables": "7250.00",
        "unapplied_cash": "100.00",
        "overdue": "3350.00",
        "overdue_share": 0.4621,
        "not_due": "3900.00",
        "dso": 76.3158,
        "dso_countback": 78.1471,
        "best_possible_dso": 41.0526,
        "add": 35.2632,
        "cei": 36.1905,
        "turnover": 8.8344,
        "average_days_late": 11.0,
        "credit_sales": "8550.00",
        "ageing": {
            "not_due": "3900.00",
            "1-30": "2750.00",
            "31-60": "0.00",
            "61-90": "0.00",
            "91-120": "600.00",
            "over_120": "0.00",
        },
    }


def test_inside_a_month_by_value(session: Session) -> None:
    worked_example(session)
    found = document(reporting.kpi(session, OPERATOR, as_of=date(2026, 4, 15)))
    assert found["ageing"] == {
        "not_due": "800.00",
        "1-30": "4600.00",
        "31-60": "-250.00",
        "61-90": "0.00",
        "91-120": "0.00",
        "over_120": "600.00",
    }
    del found["ageing"]
    assert list(found.values()) == [
        "2026-04-15",
        "EUR",
        "5750.00",
        "100.00",
        "4950.00",
        0.8609,
        "800.00",
        68.543,
        79.4706,
        9.5364,
        59.0066,
        40.7186,
        8.3318,
        20.0,
        "7550.00",
    ]


def test_ageing_by_invoice_date_on_request(session: Session) -> None:
    worked_example(session)
    found = document(reporting.kpi(session, OPERATOR, as_of=MARCH, basis=AgeBasis.INVOICE))
    assert list(found["ageing"].values()) == ["0.00", "2850.00", "2300.00", "1500.00", "0.00", "600.00"]
    assert found["overdue"] == "3350.00"


def test_money_applied_later_was_unapplied_before(session: Session) -> None:
    company = a_company(session)
    customer = a_customer(session, company)
    invoice = an_invoice(session, customer, "N1", 5000, date(2026, 1, 1), date(2026, 1, 31))
    payment = a_payment(session, customer, "P1", 7000, date(2026, 1, 10), unapplied_minor=2000)
    an_allocation(session, payment, invoice, 5000, date(2026, 2, 10))
    for day, unapplied in ((date(2026, 1, 9), 0), (date(2026, 1, 31), 7000), (date(2026, 2, 10), 2000)):
        assert reporting.kpi(session, OPERATOR, as_of=day).unapplied_cash == unapplied


def test_an_empty_ledger_has_sums_and_no_ratios(session: Session) -> None:
    found = document(reporting.kpi(session, OPERATOR, as_of=MARCH))
    assert (found["currency"], found["receivables"], found["dso"], found["overdue_share"]) == (
        "EUR",
        "0.00",
        None,
        None,
    )


def test_several_currencies_are_refused_by_name_and_never_added(session: Session) -> None:
    company = worked_example(session)
    customer = a_customer(session, company, "C3", currency="JPY")
    an_invoice(session, customer, "J-1", 900, date(2026, 3, 1), date(2026, 3, 31))
    with pytest.raises(SeveralCurrenciesError, match="EUR, JPY"):
        reporting.kpi(session, OPERATOR, as_of=MARCH)
    assert document(reporting.kpi(session, OPERATOR, as_of=MARCH, currency="JPY"))["receivables"] == "900"
    assert document(reporting.kpi(session, OPERATOR, as_of=MARCH, currency="EUR"))["receivables"] == "7250.00"
    with pytest.raises(InputError, match="not a currency"):
        reporting.kpi(session, OPERATOR, as_of=MARCH, currency="EURO")


def test_figures_reach_only_the_companies_of_the_actor(session: Session) -> None:
    company = worked_example(session)
    other = a_company(session, "BETA")
    an_invoice(session, a_customer(session, other), "B-1", 100, date(2026, 3, 1), date(2026, 3, 31))
    theirs = an_actor(Role.EXECUTIVE, other)
    assert reporting.kpi(session, theirs, as_of=MARCH).figures.totals.receivables == 100
    assert reporting.kpi(session, OPERATOR, as_of=MARCH).figures.totals.receivables == 725100
    assert reporting.kpi(session, OPERATOR, as_of=MARCH, company="ALFA").companies[0].company_id == company.id
    with pytest.raises(NotFoundError, match="no company ALFA"):
        reporting.kpi(session, theirs, as_of=MARCH, company="ALFA")


@pytest.mark.parametrize("role", [Role.SALES, Role.ADMIN])
def test_roles_without_figures_are_refused(session: Session, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        reporting.kpi(session, an_actor(role), as_of=MARCH)


def test_companies_side_by_side_sum_to_the_whole(session: Session) -> None:
    worked_example(session)
    other = a_company(session, "BETA")
    an_invoice(session, a_customer(session, other), "B-1", 100, date(2026, 3, 1), date(2026, 3, 31))
    about = reporting.slice_of(session, reporting.visible_companies(session, OPERATOR), "", MARCH)
    facts = reporting.facts(session, about, [MARCH])
    apart = [facts.kpis(MARCH, one) for one in about.company_ids]
    assert sorted(one.totals.receivables for one in apart) == [100, 725000]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> Command:
    """The command on a ledger in two currencies, as its own process."""
    engine = make_engine(sqlite_url)
    with Session(engine) as session, session.begin():
        company = worked_example(session)
        customer = a_customer(session, company, "C3", currency="GBP")
        an_invoice(session, customer, "G-1", 900, date(2026, 3, 1), date(2026, 3, 31))
    engine.dispose()
    return partial(commands.run, cwd=tmp_path, AR_DATABASE_URL=sqlite_url, AR_HOME=tmp_path / "home")


def test_the_command_answers_or_refuses_in_one_line(run: Command) -> None:
    found = run("kpi", "--currency", "EUR", "--as-of", "2026-03-31", "--json")
    assert (found.returncode, json.loads(found.stdout)["dso"]) == (0, 76.3158)
    told = run("kpi", "--currency", "EUR", "--as-of", "2026-03-31")
    assert "7,250.00" in told.stdout
    for arguments, word in (
        (["--as-of", "2026-03-31"], "EUR, GBP"),
        (["--as-of", "31/03/2026"], "not a date"),
        (["--company", "NOWHERE"], "NOWHERE"),
        (["--as", "nobody@alfa.example", "--currency", "EUR"], "nobody@alfa.example"),
    ):
        refused = run("kpi", "--json", *arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert word in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1
