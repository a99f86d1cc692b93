"""Whatever happens between the nights, outages, policy edits and rollbacks included, runs keep their promises.

The days include the night on which clocks go forward (29 March 2026), a month's end and Easter Monday.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.reminders import outbox
from ar_cockpit.db.session import make_engine
from ar_cockpit.db.tables import CustomerRow, DisputeRow, InvoiceRow, MessageItemRow, MessageRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.policy.model import Tone
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import holds
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reminders import approvals, policy, run, versions
from ar_cockpit.services.reminders.working_days import is_public_holiday
from ar_cockpit.services.sending.recheck import recheck
from tests.builders import a_company, a_customer, a_payment, an_allocation, an_invoice
from tests.reminding import a_contact

OPERATOR = Actor.local_operator()
PARIS = ZoneInfo("Europe/Paris")
START = date(2026, 3, 23)
FIRM = Tone.FIRM.firmness
KEYS = ("courtesy", "one", "two", "call", "firm", "formal")


TONES = {
    "mild": ("friendly", "friendly", "friendly", "friendly", "neutral", "firm"),
    "hard": ("friendly", "neutral", "firm", "friendly", "firm", "formal_notice"),
}


def a_cadence(key: str, offsets: tuple[int, ...], spacing: int) -> str:
    lines = [f'[[cadence]]\nkey = "{key}"\nspacing_days = {spacing}\nspacing_until = 45']
    lines.append('send_on = ["mon", "tue", "wed", "thu", "fri"]')
    for name, offset, tone in zip(KEYS, offsets, TONES[key], strict=True):
        template = "courtesy" if name == "courtesy" else "reminder"
        channel = "call" if name == "call" else "email"
        lines.append(f'[[cadence.step]]\nkey = "{name}"\noffset = {offset}\nchannel = "{channel}"')
        lines.append(f'template = "{template}"\ntone = "{tone}"')
        lines += ["approve = true"] if name == "formal" and spacing % 2 else []
    return "\n".join(lines)


def a_policy(mild: tuple[int, ...], hard: tuple[int, ...], spacing: int) -> str:
    segments = '[[segment]]\nkey = "hard"\ncadence = "hard"\nall = [["oldest_days_overdue", ">", 40]]\n'
    segments += '[[segment]]\nkey = "mild"\ncadence = "mild"\n'
    return f"version = 1\n{segments}{a_cadence('mild', mild, spacing)}\n{a_cadence('hard', hard, spacing // 2)}\n"


POLICIES = (
    a_policy((-7, 3, 10, 17, 24, 31), (-5, 1, 4, 8, 12, 20), 7),
    a_policy((-3, 5, 6, 20, 40, 60), (-9, 2, 3, 30, 31, 32), 10),
    a_policy((-10, 1, 2, 3, 4, 5), (-1, 10, 20, 30, 40, 50), 0),
)


class Days(RuleBasedStateMachine):
    """Two customers whose days pass, with all that people do in between."""

    engine: ClassVar[Engine]

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine, expire_on_commit=False)
        self.day = START
        self.number = 0
        self.reminded: dict[int, date] = {}
        self.left: dict[int, tuple[date, bool]] = {}  # by customer: when a mail last left, and whether it asked
        self.mail_is_down = False
        self.held: set[int] = set()
        self.let_go_of: set[tuple[int, str]] = set()

    @initialize(toml=st.sampled_from(POLICIES))
    def begin(self, toml: str) -> None:
        company = a_company(self.session)
        self.customers: list[CustomerRow] = []
        for code, country in (("C1", "FR"), ("C2", "DE")):
            customer = a_customer(self.session, company, code, country=country, sales_email="sales@x.example")
            a_contact(self.session, customer, f"{code.lower()}@x.example")
            self.customers.append(customer)
        self.edit(toml)

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @property
    def at(self) -> datetime:
        """Half past six in the morning, whatever the clocks did."""
        return datetime.combine(self.day, time(6, 30), PARIS)

    def open_invoices(self) -> list[InvoiceRow]:
        question = select(InvoiceRow).where(col(InvoiceRow.closed_on) == OPEN_END).order_by(col(InvoiceRow.id))
        return list(self.session.exec(question))

    def some_invoice(self, pick: int) -> InvoiceRow | None:
        some = self.open_invoices()
        return some[pick % len(some)] if some else None

    @rule(who=st.integers(0, 1), late=st.integers(-20, 70), minor=st.sampled_from([4_000, 90_000]))
    def bill(self, who: int, late: int, minor: int) -> None:
        self.number += 1
        due_on = self.day - timedelta(days=late)
        billed = min(due_on, self.day) - timedelta(days=30)
        an_invoice(self.session, self.customers[who], f"I{self.number}", minor, billed, due_on)

    @rule(pick=st.integers(0, 9))
    def pay(self, pick: int) -> None:
        if invoice := self.some_invoice(pick):
            customer = self.session.get_one(CustomerRow, invoice.customer_id)
            payment = a_payment(
                self.session, customer, f"P-{invoice.number}", invoice.open_minor, self.day, unapplied_minor=0
            )
            an_allocation(self.session, payment, invoice, invoice.open_minor)
            invoice.open_minor, invoice.closed_on = 0, self.day
            self.session.flush()

    @rule(pick=st.integers(0, 9))
    def dispute_or_settle(self, pick: int) -> None:
        if invoice := self.some_invoice(pick):
            is_open = (col(DisputeRow.invoice_id) == invoice.id, col(DisputeRow.closed_on) == OPEN_END)
            if found := self.session.exec(select(DisputeRow).where(*is_open)).first():
                found.closed_on = self.day
            else:
                own = {"company_id": invoice.company_id, "customer_id": invoice.customer_id, "invoice_id": invoice.id}
                self.session.add(DisputeRow(**own, reason="price", opened_on=self.day, answer_due_on=self.day))
            self.session.flush()

    @rule(pick=st.integers(0, 9), days=st.integers(1, 20))
    def pause(self, pick: int, days: int) -> None:
        if invoice := self.some_invoice(pick):
            until = self.day + timedelta(days=days)
            firm, when = FirmStep("firm", (invoice.id,)), Moment(self.day, self.at)
            try:
                holds.pause_step(self.session, OPERATOR, invoice.customer_id, firm, "fair", until, when)
            except RefusedError as error:
                assert "already" in error.sentence  # noqa: PT017 (of all refusals only this one is expected)

    @rule(toml=st.sampled_from(POLICIES))
    def edit(self, toml: str) -> None:
        policy.load(self.session, OPERATOR, toml, at=self.at)

    @rule(number=st.integers(1, 4))
    def roll_back(self, number: int) -> None:
        """Bring an earlier version back, as long as there is one that is not in force already."""
        standing = policy.in_force(self.session).number
        try:
            versions.restore(self.session, OPERATOR, min(number, standing), in_force=standing, at=self.at)
        except RefusedError as error:
            assert "in force already" in error.sentence  # noqa: PT017 (of all refusals only this one is expected)

    @rule(pick=st.integers(0, 3))
    def let_go(self, pick: int) -> None:
        """Let one of the steps go that wait for a person's word."""
        if waiting := approvals.waiting(self.session, OPERATOR, self.day):
            keys = waiting[pick % len(waiting)].keys
            approvals.approve(self.session, OPERATOR, keys, "", Moment(self.day, self.at))
            self.let_go_of.update(keys)

    @rule(who=st.integers(0, 1))
    def hold_or_release(self, who: int) -> None:
        when, code = Moment(self.day, self.at), self.customers[who].code
        line = reach.customer_coded(self.session, OPERATOR, Permission.WORK_CUSTOMERS, code)
        if line.customer_id in self.held:
            self.held.remove(line.customer_id)
            holds.release_hold(self.session, OPERATOR, line, when)
        else:
            self.held.add(line.customer_id)
            holds.set_hold(self.session, OPERATOR, line, "asked for time", when)

    @rule(who=st.integers(0, 1), segment=st.sampled_from(["", "mild", "hard"]))
    def move(self, who: int, segment: str) -> None:
        self.customers[who].segment_key = segment
        self.session.flush()

    @rule(nights=st.sampled_from([1, 1, 1, 1, 2, 3, 9]))
    def pass_nights(self, nights: int) -> None:
        """Let nights pass, then run; more than one is an outage."""
        self.day += timedelta(days=nights)
        owed = {one.id: one for one in self.open_invoices() if one.invoice_on <= self.day}
        oldest: dict[int, int] = {}
        for one in owed.values():
            late = max(0, (self.day - one.due_on).days)
            oldest[one.customer_id] = max(oldest.get(one.customer_id, 0), late)
        plan = run.plan(self.session, OPERATOR, self.day)
        run.run(self.session, OPERATOR, self.day, at=self.at)
        again = run.run(self.session, OPERATOR, self.day, at=self.at)
        assert (again.messages, again.tasks, again.told) == (0, 0, 0)
        approving = {
            (key, step.key): step.approve
            for key, cadence in policy.in_force(self.session).policy.cadences.items()
            for step in cadence.steps
        }
        for touch in plan.day.touches:
            assert touch.customer_id not in self.held
            for item in touch.items:
                needs_word = approving[plan.choices[touch.customer_id].cadence.key, item.step.key]
                assert not needs_word or (item.invoice_id, item.step.key) in self.let_go_of
            addressee, choice = plan.addressees[touch.customer_id], plan.choices[touch.customer_id]
            assert self.day.weekday() < 5
            assert not is_public_holiday(addressee.country, self.day)
            assert {item.invoice_id for item in touch.items} <= owed.keys()
            before = self.reminded.get(touch.customer_id)
            if not touch.step.is_quiet:
                is_late = oldest[touch.customer_id] >= choice.cadence.spacing_until
                assert before is None or is_late or (self.day - before).days >= choice.cadence.spacing_days
                self.reminded[touch.customer_id] = self.day
        self._look_at_stops()
        if not self.mail_is_down:
            self._send()

    @rule(is_down=st.booleans())
    def break_or_mend_the_mail(self, is_down: bool) -> None:
        self.mail_is_down = is_down

    def _send(self) -> None:
        """Send what waits by the protocol's own steps, and hold what leaves against what left before."""
        claimed = outbox.claim(self.session, "me", 100)
        going, _ = recheck(self.session, claimed, self.day)
        assert outbox.fence(self.session, "me", [one.row_id for one in going]) == {one.row_id for one in going}
        assert len({one.customer_id for one in going}) == len(going), "one mail a day, whatever waited"
        cadences = policy.in_force(self.session).policy.cadences
        for one in going:
            cadence, customer = cadences[one.cadence], self.customers[one.customer_id - self.customers[0].id]
            owed = [(self.day - each.due_on).days for each in self.open_invoices() if each.customer_id == customer.id]
            before, asked = self.left.get(one.customer_id, (None, False))
            if before and asked and not one.is_notice and max(owed) < cadence.spacing_until:
                assert (self.day - before).days >= cadence.spacing_days
            if not one.is_notice or not asked:
                self.left[one.customer_id] = (self.day, not one.is_notice)
        outbox.settle_sent(self.session, "me", [one.row_id for one in going])

    def _look_at_stops(self) -> None:
        """Hold what was recorded today against the disputes open today, and firm steps against their tellings."""
        today = col(MessageItemRow.business_on) == self.day
        items = self.session.exec(select(MessageItemRow).where(today)).all()
        disputed = set(self.session.exec(select(DisputeRow.invoice_id).where(col(DisputeRow.closed_on) > self.day)))
        assert not disputed & {item.invoice_id for item in items}
        tellings = self.session.exec(select(TouchpointRow).where(TouchpointRow.kind == "sales_told")).all()
        told = {
            (invoice_id, one.facts["step"]): one.happened_on
            for one in tellings
            for invoice_id in one.facts["invoice_ids"]
        }
        for item in items:
            if item.step in {"firm", "formal"} and (item.invoice_id, item.step) in told:
                assert (self.day - told[item.invoice_id, item.step]).days >= 2 or item.firmness < FIRM

    @invariant()
    def no_step_twice_and_escalation_only_climbs(self) -> None:
        found: dict[int, list[MessageItemRow]] = {}
        rows = self.session.exec(
            select(MessageItemRow).order_by(col(MessageItemRow.business_on), col(MessageItemRow.id))
        )
        for item in rows:
            found.setdefault(item.invoice_id, []).append(item)
        for items in found.values():
            assert len({item.step for item in items}) == len(items)
            offsets = [item.step_offset for item in items]
            assert offsets == sorted(offsets)
            tones = [item.firmness for item in items if item.step != "call"]
            assert tones == sorted(tones), "nobody is asked more mildly than before"

    @invariant()
    def one_message_a_customer_and_day(self) -> None:
        days = self.session.exec(select(MessageRow.customer_id, MessageRow.business_on)).all()
        assert len(set(days)) == len(days)


def test_whatever_happens_between_the_nights(sqlite_url: str) -> None:
    Days.engine = make_engine(sqlite_url)
    try:
        run_state_machine_as_test(
            Days,
            settings=settings(
                max_examples=25,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            ),
        )
    finally:
        Days.engine.dispose()
