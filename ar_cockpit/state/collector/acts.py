"""What a collector records with a customer: calls, promises, disputes, snoozes, notes; each with its undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import reflex as rx
from sqlmodel import Session

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeOutcome, DisputeReason
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services import clock, reach
from ar_cockpit.services.collecting import acts, commitments, undo
from ar_cockpit.state.collector import forms
from ar_cockpit.state.collector.moving import on_screen
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.days import read_day, read_day_if_any
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice

ACTS = {"e": "mail", "c": "call", "p": "promise", "i": "plan", "d": "dispute", "s": "snooze", "n": "note"}
ACTS |= {"f": "finance"}
PROMISE_DAYS = 7
_WORK = Permission.WORK_CUSTOMERS


class CollectorActs(CollectorState):
    """The forms at the right, and what is done with one press."""

    act: str = "mail"
    form_key: str = ""
    form_for: str = ""  # the customer that the forms are laid out for: the record is drawn before they are
    outcome: str = CallOutcome.REACHED.value
    dispute_invoice: str = ""
    dispute_reason: str = DisputeReason.PRICE.value
    disputable: list[Choice] = []
    close_outcome: str = DisputeOutcome.UNJUSTIFIED.value
    promise_amount: str = ""
    promise_day: str = ""
    promise_error: str = ""
    snooze_days: list[Choice] = []
    closing: str = ""
    closing_number: str = ""
    shows_keys: bool = False

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    def prepare(self) -> None:
        """Lay out the forms for the customer that is open; another customer starts with empty ones."""
        asked = self.params.get("act", "")
        self.act = asked if asked in ACTS.values() else "mail"
        self.form_for = self.current
        wanted = f"{self.current}:{self.as_of}:{self.language}"
        if wanted != self.form_key:
            self.form_key, self.outcome = wanted, CallOutcome.REACHED.value
            self.promise_error, self.dispute_reason = "", DisputeReason.PRICE.value
        self.promise_amount = self._selected_amount()
        self.promise_day = (self.as_of_date + timedelta(days=PROMISE_DAYS)).isoformat()
        self.disputable = [Choice(line.key, line.number) for line in self.invoices if line.may_remind]
        chosen = [line.value for line in self.disputable if line.value in self.selected]
        self.dispute_invoice = next(iter(chosen), self.disputable[0].value if self.disputable else "")
        self.snooze_days = [self._snooze_choice(days) for days in (1, 3, 7, 14)]

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    def on_key(self, key: str, shown: str = "") -> Any:
        """Do what a key stands for: move, choose an act, select, or show the keys.

        ``shown`` is the customer that was on the screen: what acts without asking acts on no other.
        """
        if key in {"j", "k"}:
            return self._move(1 if key == "j" else -1)
        if key in ACTS:
            return rx.redirect(self._address(act=ACTS[key], customer=self._heading or self.current))
        if key == "o":
            return CollectorActs.mark_done(shown)
        if key == "x":
            self._select_next()
        if key == "?":
            self.shows_keys = True
        return None

    @rx.event
    @allowed(_WORK)
    @on_screen
    def log_call(self, form: dict[str, Any]) -> Any:
        """Record a call with its outcome."""
        outcome, note, again = CallOutcome(self.outcome), str(form.get("note", "")), read_day_if_any(form.get("again"))
        with transaction() as session:
            key, when = self._key(), self._when()
            done = acts.log_call(session, self.actor, key, outcome, note, when, again_on=again)
        return self._done("collector.call.logged", done)

    @rx.event
    @allowed(_WORK)
    @on_screen
    def record_promise(self, form: dict[str, Any]) -> Any:
        """Record a promise for the selected invoices."""
        self.promise_error = ""
        try:
            promised = forms.promise_wording(form, self.language)
            with transaction() as session:
                line = reach.customer(session, self.actor, _WORK, self._key())
                ids = [int(key) for key in self.selected]
                chosen = reach.invoices(session, self.actor, _WORK, ids, self.as_of_date)
                done = commitments.record_promise(session, self.actor, line, chosen, promised, self._when())
        except InputError as error:
            self.promise_error = self._refusal(error)
            return None
        return self._done("collector.promise.recorded", done)

    @rx.event
    @allowed(_WORK)
    @on_screen
    def open_dispute(self, form: dict[str, Any]) -> Any:
        """Open a dispute of one invoice."""
        reason = DisputeReason(self.dispute_reason)
        with transaction() as session:
            invoice = self._invoice(session, self.dispute_invoice)
            wording = forms.dispute_wording(form, self.language)
            done = commitments.open_dispute(session, self.actor, invoice, reason, wording, self._when())
        return self._done("collector.dispute.opened", done, invoice=invoice.number)

    @rx.event
    @allowed(_WORK)
    def close_dispute(self, form: dict[str, Any]) -> Any:
        """Close the dispute that the dialog is about."""
        outcome = DisputeOutcome(self.close_outcome)
        key, self.closing = self.closing, ""
        if not key:  # a second press: it is done
            return None
        with transaction() as session:
            invoice = self._invoice(session, key)
            how = forms.resolution(form, outcome, self.language)
            done = commitments.close_dispute(session, self.actor, invoice, how, "", self._when())
        return self._stay("collector.dispute.closed", done, invoice=invoice.number)

    @rx.event
    @allowed(_WORK)
    @on_screen
    def snooze(self, form: dict[str, Any]) -> Any:
        """Let the customer sleep until the day of the field."""
        until = read_day(form.get("day"))
        with transaction() as session:
            done = acts.snooze(session, self.actor, self._key(), until, str(form.get("note", "")), self._when())
        return self._done("collector.snoozed", done, day=rows.weekday(until, self.language))

    @rx.event
    @allowed(_WORK)
    def snooze_until(self, day: str, shown: str = "") -> Any:
        """Let the customer sleep until ``day``."""
        if self._is_past(shown):
            return None
        with transaction() as session:
            done = acts.snooze(session, self.actor, self._key(), read_day(day), "", self._when())
        return self._done("collector.snoozed", done, day=rows.weekday(read_day(day), self.language))

    @rx.event
    @allowed(Permission.WRITE_NOTE)
    @on_screen
    def add_note(self, form: dict[str, Any]) -> Any:
        """Write a note; the customer stays on the list."""
        with transaction() as session:
            done = acts.add_note(session, self.actor, self._key(), str(form.get("note", "")), self._when())
        return self._stay("collector.note.added", done)

    @rx.event
    @allowed(_WORK)
    def mark_done(self, shown: str = "") -> Any:
        """Take the customer off today's list."""
        if self._is_past(shown):
            return None
        with transaction() as session:
            done = acts.mark_done(session, self.actor, self._key(), self._when())
        return self._done("collector.done", done)

    @rx.event
    @allowed(Permission.WRITE_NOTE, _WORK)
    def take_back(self, touchpoint_id: int, address: str) -> Any:
        """Undo an act and go back to its customer."""
        with transaction() as session:
            undo.undo(session, self.actor, touchpoint_id, at=clock.now())
        self._forget_day()
        self._left = ""
        self._notify("ok", self._say("shell.undone"))
        return self._go(address)

    @rx.event
    @allowed(_WORK)
    def set_outcome(self, outcome: str) -> None:
        """Choose how the call ended."""
        self.outcome = CallOutcome(outcome).value if outcome in set(CallOutcome) else self.outcome

    @rx.event
    @allowed(_WORK)
    def set_dispute(self, name: str, value: str) -> None:
        """Choose the disputed invoice, the reason, or the outcome of a dispute that is closed."""
        offered = {
            "dispute_invoice": [choice.value for choice in self.disputable],
            "dispute_reason": list(DisputeReason),
            "close_outcome": list(DisputeOutcome),
        }
        if value in offered.get(name, []):
            setattr(self, name, value)

    @rx.event
    @allowed(_WORK)
    def ask_closing(self, key: str, number: str) -> None:
        """Open the dialog that closes an invoice's dispute; an empty key shuts it."""
        self.closing, self.closing_number = key, number

    @rx.event
    @allowed(Permission.VIEW_QUEUE)
    def show_keys(self, is_open: bool) -> None:
        """Show or hide the list of keys."""
        self.shows_keys = is_open

    def _key(self) -> int:
        if not self._customer_id:
            raise NotFoundError("No customer is open.", "Choose one from the list.")
        return self._customer_id

    def _invoice(self, session: Session, key: str) -> reach.InvoiceLine:
        ids = [int(key)] if key in self._open_minor else [-1]
        return reach.invoices(session, self.actor, _WORK, ids, self.as_of_date)[0]

    def _done(self, sentence: str, touchpoint_id: int, **values: object) -> Any:
        """Tell what was done, with undo, and go on to the next customer."""
        self._tell(sentence, touchpoint_id, **values)
        return self._leave()

    def _stay(self, sentence: str, touchpoint_id: int, **values: object) -> Any:
        """Tell what was done, with undo, and show this customer anew."""
        self._tell(sentence, touchpoint_id, **values)
        return self._go(self._here())

    def _tell(self, sentence: str, touchpoint_id: int, **values: object) -> None:
        back = CollectorActs.take_back(touchpoint_id, self._here())
        self._notify("ok", self._say(sentence, customer=self.record.name, **values), undo=back)
        self._forget_day()

    def _here(self) -> str:
        return self._address(customer=self.current, act="")

    def _move(self, by: int) -> list[Any] | None:
        keys = list(self._order)
        if not keys:
            return None
        here = self._heading or self.current
        at = keys.index(here) if here in keys else -1 if by > 0 else 0
        to = keys[min(max(at + by, 0), len(keys) - 1)]
        if to == here:
            return [CollectorActs.show_more] if by > 0 and self._more else None
        self._heading = to  # for who presses again before the screen is there
        return self._lead_to(to)

    def _select_next(self) -> None:
        """Take the next invoice into the selection; after the last one, start over with none."""
        left = [line.key for line in self.invoices if line.may_remind and line.key not in self.selected]
        self.selected = [*self.selected, left[0]] if left else []
        self._tell_selection()

    def _selected_amount(self) -> str:
        currencies = {self._currency_of[key] for key in self.selected if key in self._currency_of}
        if len(currencies) != 1:
            return ""
        total = sum(self._open_minor[key] for key in self.selected)
        return decimal_string(total, currencies.pop())

    def _snooze_choice(self, days: int) -> Choice:
        day = self.as_of_date + timedelta(days=days)
        return Choice(day.isoformat(), rows.weekday(day, self.language))
