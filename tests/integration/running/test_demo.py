"""The demo: the same for the same seed and day, plausible, in line with its own allocations, never beside real data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, InvoiceRow, PaymentRow, PromiseRow, UserRow
from ar_cockpit.demo.ledger import Size, customer_files
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.collecting.listing import PLANS, PROMISES, PROPOSALS, list_question
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.demo import load as demo
from ar_cockpit.services.demo.accounts import people
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.lists import agreements as lists
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders.run import plan

AS_OF = date(2026, 11, 23)  # a Monday
OPERATOR = Actor.local_operator()
SMALL = Size(customers=40, invoices=900, seed=7)


@pytest.fixture
def loaded(engine: Engine) -> Iterator[Session]:
    """A session on a small demo."""
    with transaction(engine) as session:
        demo.load(session, OPERATOR, as_of=AS_OF, size=SMALL)
    with Session(engine) as session:
        yield session


def test_the_demo_has_the_size_asked_for(engine: Engine) -> None:
    with transaction(engine) as session:
        counts = demo.load(session, OPERATOR, as_of=AS_OF, size=SMALL)
    assert (counts["customers"], counts["invoices"]) == (40, 900)


def test_the_same_seed_and_day_give_the_same_ledger() -> None:
    cadences = policy.check(policy.default_toml()).cadences
    once, twice, other = (list(customer_files(Size(12, 200, seed), AS_OF, cadences)) for seed in (1, 1, 2))
    assert once == twice
    assert once != other


def test_open_amounts_and_settlement_dates_are_those_of_the_allocations(loaded: Session) -> None:
    def derived() -> list[tuple[object, ...]]:
        return [
            *map(tuple, loaded.execute(select(InvoiceRow.id, InvoiceRow.open_minor, InvoiceRow.closed_on))),
            *map(tuple, loaded.execute(select(PaymentRow.id, PaymentRow.unapplied_minor))),
        ]

    before = sorted(derived(), key=repr)
    refresh_open(loaded)
    assert sorted(derived(), key=repr) == before


def test_nothing_happens_after_the_day(loaded: Session) -> None:
    for table, column in (
        ("invoice", "invoice_on"),
        ("payment", "paid_on"),
        ("allocation", "allocated_on"),
        ("message", "business_on"),
        ("touchpoint", "happened_on"),
    ):
        latest = loaded.execute(text(f"SELECT max({column}) FROM {table}")).scalar_one()
        assert str(latest) <= str(AS_OF), table


def test_one_person_of_each_role_is_offered_at_the_sign_in(loaded: Session) -> None:
    assert {person.role for person in people(loaded)} == set(Role)


def test_new_rows_get_keys_beyond_the_demos(loaded: Session) -> None:
    last = loaded.exec(select(InvoiceRow).order_by(InvoiceRow.id.desc()).limit(1)).one()  # type: ignore[attr-defined]
    copy = InvoiceRow(**last.model_dump(exclude={"id", "number"}), number="after")
    loaded.add(copy)
    loaded.flush()
    assert copy.id == last.id + 1


def test_replies_answer_the_mails_they_followed(loaded: Session) -> None:
    asked = (
        "SELECT m.customer_id = t.customer_id, m.channel, m.business_on <= t.happened_on FROM touchpoint t"
        " LEFT JOIN message m ON m.id = t.message_row_id WHERE t.kind = 'reply'"
    )
    assert {tuple(row) for row in loaded.execute(text(asked))} == {(True, "email", True)}


def test_the_demo_is_refused_where_there_is_a_ledger(loaded: Session) -> None:
    with pytest.raises(RefusedError, match="holds the demo ledger already"):
        demo.load(loaded, OPERATOR, as_of=AS_OF)
    loaded.add(CompanyRow(code="REAL", name="Real", currency="EUR", timezone="Europe/Paris"))
    with pytest.raises(RefusedError, match="never runs beside one"):
        demo.load(loaded, OPERATOR, as_of=AS_OF)


def test_an_absurd_size_is_refused(session: Session) -> None:
    with pytest.raises(InputError):
        demo.load(session, OPERATOR, as_of=AS_OF, size=Size(customers=0))
    assert session.exec(select(UserRow)).all() == []


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session on the demo as `up` loads it."""
    path = tmp_path_factory.mktemp("demo") / "ledger.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    with transaction(engine) as session:
        demo.load(session, OPERATOR, as_of=AS_OF)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_plans_promises_of_several_dates_and_proposals_are_there_to_look_at(whole: Session) -> None:
    plans, waiting, promises = (
        Counter(
            row.state for row in lists.every(whole, OPERATOR, list_question(listing, {"show": "all"}, AS_OF, currency))
        )
        for listing, currency in ((PLANS, ""), (PROPOSALS, ""), (PROMISES, "EUR"))
    )
    assert (plans["active"], plans["broken"], plans["proposed"]) == (2, 1, 1)
    assert (waiting["waiting"], waiting["refused"]) == (3, 1)
    assert promises["open"]
    assert whole.exec(select(PromiseRow.id).where(PromiseRow.series_id != None, PromiseRow.plan_id == None)).first()  # noqa: E711
    in_two_days = plan(whole, OPERATOR, AS_OF).messages
    assert [touch.step.template for touch in in_two_days].count("instalment") >= 1


@pytest.mark.parametrize("company", ["VELFR", "VELDE", "VELUK"])
def test_the_figures_are_plausible(whole: Session, company: str) -> None:
    told = reporting.kpi(whole, OPERATOR, as_of=AS_OF, company=company).figures
    assert told.dso is not None
    assert told.dso_countback is not None
    assert 38 <= told.dso <= 65
    assert 38 <= told.dso_countback <= 65
    assert 0.2 <= told.totals.overdue / told.totals.receivables <= 0.4


def test_the_day_has_messages_calls_and_reasons_to_wait(whole: Session) -> None:
    day = plan(whole, OPERATOR, AS_OF)
    assert 20 <= len(day.messages) <= 120
    assert day.tasks
    waiting = {one.reason.value for one in day.held}
    assert {"disputed", "promised", "spacing", "needs_approval", "not_due_yet"} <= waiting
