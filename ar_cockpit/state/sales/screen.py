"""The sales screen: find a customer, see its standing, check an order, pause or ask."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import decimal_string, exponent
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import holds, questions, undo
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.state.collector.rows import InvoiceLine, invoice_line, task_key
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.display.phones import dialled
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.sales import rows as sales_rows
from ar_cockpit.state.sales.asking import Asked, Seen, look, note_seen
from ar_cockpit.state.sales.rows import Answer, Card, Coming, KeptOrder, Listed, Said, Why

PAUSE_DAYS = 10
LONGEST_TERMS = 365
_SEE = Permission.VIEW_STANDING


class SalesState(SessionState):
    """The list, the card and what is done with it."""

    customers: list[Listed] = []
    listed_words: str = ""
    words: str = ""
    scope: str = "mine"
    may_see_all: bool = False
    is_loaded: bool = False
    has_card: bool = False
    missing: str = ""
    pane: str = "list"
    current: str = ""
    list_href: str = ""
    card: Card = Card()
    whys: list[Why] = []
    order: str = ""
    order_error: str = ""
    terms: str = ""
    answer: Answer = Answer()
    kept: list[KeptOrder] = []
    thread: list[Said] = []
    invoices: list[InvoiceLine] = []
    invoice_words: str = ""
    invoice_total: str = ""
    csv_href: str = ""
    coming: list[Coming] = []
    paused: str = ""
    is_pausing: bool = False
    pause_day: str = ""
    pause_label: str = ""
    keeper: str = ""
    keeper_initials: str = ""
    keeper_phone: str = ""
    keeper_href: str = ""
    is_asking: bool = False
    question: str = ""
    said: Said = Said()
    _customer_id: int = 0
    _firm: list[FirmStep | None] = []
    _pausing: int = -1

    @rx.event
    @allowed(_SEE)
    async def load(self) -> None:
        """Fill the screen from its address."""
        asked = self._read_asked()
        seen = await asyncio.to_thread(look, asked)
        record = seen.record
        self._draw_list(seen)
        wanted = self.params.get(routes.CUSTOMER_PARAM, "")
        self.pane = "record" if wanted else "list"
        self.list_href = self._address(customer="", order="", terms="")
        if record is None:
            self.has_card, self._customer_id, self.current = False, 0, ""
            self.missing = self._say("sales.missing") if wanted else ""
        else:
            self._draw_card(record, seen)
            if self.as_of == self.today:
                await asyncio.to_thread(note_seen, asked.actor, record, self._when_today())
        self.is_loaded = True

    @rx.event
    @allowed(_SEE)
    def search(self, words: str) -> Any:
        """Look for a customer by name, code or invoice number."""
        return rx.redirect(self._address(q=words.strip()[:80], customer="", order="", terms=""))

    @rx.event
    @allowed(_SEE)
    def check(self, form: dict[str, Any]) -> Any:
        """Answer an order; the address carries it."""
        self.order_error = ""
        typed = str(form.get("order", ""))
        try:
            amount = read_amount(typed, self.language)
        except InputError as error:
            self.order, self.order_error, self.answer = typed, self._refusal(error), Answer()
            return None
        terms = str(form.get("terms", "")).strip()
        if terms and not (terms.isdecimal() and int(terms) <= LONGEST_TERMS):
            self.order, self.order_error, self.answer = typed, self._say("credit.order.terms"), Answer()
            return None
        return self._go(self._address(customer=self.current, order=format(amount, "f"), terms=terms))

    @rx.event
    @allowed(_SEE)
    def check_instead(self) -> Any:
        """Check the amount that may be taken without asking."""
        return self._go(self._address(customer=self.current, order=self.answer.acceptable_plain))

    @rx.event
    @allowed(Permission.PAUSE_STEP)
    def start_pausing(self, place: int) -> None:
        """Open the form that pauses the coming step at ``place`` of the list, or shut it (−1)."""
        self.is_pausing = 0 <= place < len(self._firm) and self._firm[place] is not None
        self._pausing = place if self.is_pausing else -1

    @rx.event
    @allowed(Permission.PAUSE_STEP)
    def pause(self, form: dict[str, Any]) -> Any:
        """Pause the chosen firm step of its invoices, saying why."""
        firm = self._firm[self._pausing] if self.is_pausing else None
        if firm is None:
            return SalesState.load
        until = date.fromisoformat(self.pause_day)
        with transaction() as session:
            reason = str(form.get("reason", ""))
            done = holds.pause_step(session, self.actor, self._customer_id, firm, reason, until, self._when())
        self.is_pausing = False
        day = rows.weekday(until, self.language)
        return self._told("sales.paused", done, customer=self.card.name, day=day)

    @rx.event
    @allowed(Permission.PAUSE_STEP)
    def resume(self) -> Any:
        """Let the customer's reminders go on."""
        with transaction() as session:
            done = holds.resume_reminders(session, self.actor, self._customer_id, self._when())
        return self._told("sales.resumed", done, customer=self.card.name)

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def start_asking(self, is_open: bool) -> None:
        """Open or shut the form that asks the collector, with the order that is being checked."""
        self.is_asking = is_open
        amount = f"{self.order} {self.card.currency}"
        self.question = self._say("sales.question.order", amount=amount) if self.order and self.answer.kind else ""

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def ask(self, form: dict[str, Any]) -> Any:
        """Put a question before the collector."""
        with transaction() as session:
            text = str(form.get("question", ""))
            done = questions.ask(session, self.actor, self._customer_id, text, self._when())
        self.is_asking = False
        return self._told("sales.asked", done, name=self.keeper)

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    def take_back(self, touchpoint_id: int) -> Any:
        """Undo a pause, a resumption or a question."""
        with transaction() as session:
            undo.undo(session, self.actor, touchpoint_id, at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        return SalesState.load

    def _read_asked(self) -> Asked:
        params = self.params
        self.words = params.get("q", "")
        scope = self.actor.scope(_SEE)
        self.may_see_all = scope.company_ids != frozenset()
        owns = self.actor.may(_SEE) and scope.own_only_ids != frozenset()
        usual = "mine" if owns or not self.may_see_all else "all"
        self.scope = params.get("who", usual) if self.may_see_all else "mine"
        mine = self.scope == "mine"
        customer, order, terms = (params.get(name, "") for name in (routes.CUSTOMER_PARAM, "order", "terms"))
        return Asked(self.actor, self.as_of_date, self.company, self.words, mine, customer, order, terms)

    def _draw_list(self, seen: Seen) -> None:
        found, changes = seen.listed, seen.changes
        self.customers = [
            sales_rows.listed(
                one,
                key,
                self._address(customer=key, order="", terms=""),
                self.language,
                changes.get(one.customer.customer_id),
            )
            for one in found.customers
            if (key := task_key(one.customer.company_code, one.customer.code))
        ]
        self.listed_words = self._count("sales.customers", found.total, shown=len(found.customers))

    def _draw_card(self, found: CustomerRecord, seen: Seen) -> None:
        line, facts = found.customer, found.standing.facts
        key = task_key(line.company_code, line.code)
        if self._customer_id != line.customer_id:
            self.is_pausing, self.is_asking, self.order_error = False, False, ""
        self._customer_id, self.current, self.has_card, self.missing = line.customer_id, key, True, ""
        keeper = found.people.get(line.collector_email)
        self.keeper = keeper.name if keeper else line.collector_email
        self.keeper_initials = rows.initials(self.keeper) if self.keeper else ""
        self.keeper_phone = keeper.phone if keeper else ""
        self.keeper_href = f"tel:{dialled(self.keeper_phone)}"
        order_minor = self._answer_order(seen)
        self.card = sales_rows.card(found, key, order_minor, self.params, self.language)
        self.kept = [sales_rows.kept_order(one, self.language) for one in seen.kept]
        self.thread = sales_rows.thread(found, self.language)
        self.whys = sales_rows.whys(found.standing, self.language)
        self.invoices = [invoice_line(one, facts.currency, self.language) for one in found.invoices]
        self.invoice_words = self._count("timeline.invoices", len(self.invoices))
        self.invoice_total = rows.money_cents(
            facts.open_minor + found.standing.credit_notes_minor, facts.currency, self.language
        )
        self.csv_href = sales_rows.csv_address(found, self.as_of, self.language)
        self._draw_coming(found)
        self.said = sales_rows.said_last(found, self.language)

    def _draw_coming(self, found: CustomerRecord) -> None:
        pause = next((hold for hold in found.holds if hold.kind == holds.SALES_PAUSE), None)
        self._firm = [step.told_of for step in found.coming]
        self.coming = [
            sales_rows.coming(place, step, self.as_of_date, self.language) for place, step in enumerate(found.coming)
        ]
        until = self.as_of_date + timedelta(days=PAUSE_DAYS)
        self.pause_day, self.pause_label = until.isoformat(), rows.weekday(until, self.language)
        self.paused = ""
        if pause is not None:
            day = rows.weekday(pause.until_on, self.language)
            self.paused = self._say("sales.paused_until", day=day, reason=pause.reason)

    def _answer_order(self, seen: Seen) -> int:
        """Draw the answer to the order in the address and return its amount; a bad one is said beside the field."""
        self.order, self.order_error, self.answer = self.params.get("order", ""), "", Answer()
        self.terms = self.params.get("terms", "")
        if seen.refusal is not None:
            self.order_error = self._refusal(seen.refusal)
        checked = seen.checked
        if checked is None:
            return 0
        minor, currency = checked.amount_minor, checked.currency
        is_whole = minor % 10 ** exponent(currency) == 0
        self.order = (rows.amount if is_whole else rows.amount_cents)(minor, currency, self.language)
        plain = decimal_string(checked.answer.acceptable_minor, currency)
        keeper = self.keeper or self._say("sales.finance")
        self.answer = sales_rows.answer(checked, keeper, plain, self.language)
        return minor

    def _told(self, sentence: str, touchpoint_id: int, **values: object) -> Any:
        self._notify("ok", self._say(sentence, **values), undo=SalesState.take_back(touchpoint_id))
        return SalesState.load

    def _go(self, address: str) -> Any:
        return rx.redirect(address) if address != self._address() else SalesState.load
