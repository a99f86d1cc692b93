"""One customer's open documents and everything that happened with it, in narrow rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.collecting import panel_questions, promises
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.queries.customers import Contact, Person
from ar_cockpit.db.queries.figures import habits
from ar_cockpit.db.queries.figures.habits import MonthPaid
from ar_cockpit.db.together import Together

_OF_ONE = Together(panel_questions.questions)
_HISTORY = Together(panel_questions.whole_history)


@dataclass(frozen=True, slots=True)
class PanelInvoice:
    """An open document of the customer; ``reminders`` of it were delivered by the day asked for."""

    invoice_id: int
    number: str
    kind: str
    invoice_on: date
    due_on: date
    currency: str
    amount_minor: int
    open_minor: int
    dispute_reason: str  # empty: not disputed
    document_id: int | None = None  # of the PDF that is shown
    expected_on: date | None = None  # by a forecast of the last days
    chance: int | None = None  # percent, to be paid within 30 days of it
    reminders: int = 0
    last_tone: str = ""

    @property
    def is_disputed(self) -> bool:
        """Whether a dispute about it is open."""
        return self.dispute_reason != ""


@dataclass(frozen=True, slots=True)
class Said:
    """A touchpoint."""

    touchpoint_id: int
    kind: str
    happened_on: date
    happened_at: datetime
    actor_email: str
    text: str
    facts: dict[str, Any]
    finance_only: bool = False


@dataclass(frozen=True, slots=True)
class Mailed:
    """A message of ours, whatever became of it."""

    message_row_id: int
    message_id: str
    business_on: date
    channel: str
    recipient: str
    state: str
    template: str
    tone: str
    subject: str
    invoices: int
    total_minor: int
    currency: str
    error: str
    goes_at: datetime | None = None  # of a person's mail that still waits


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute, open or closed."""

    number: str
    reason: str
    owner_email: str
    opened_on: date
    is_dated: bool
    answer_due_on: date
    closed_on: date
    outcome: str
    note: str
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment and the numbers of the documents it was applied to."""

    paid_on: date
    amount_minor: int
    currency: str
    number: str
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A customer's open documents, oldest due date first, and what happened with it, newest first."""

    invoices: list[PanelInvoice]
    said: list[Said]
    mailed: list[Mailed]
    promises: list[StoredPromise]  # by the date promised
    disputed: list[Disputed]
    paid: list[Paid]
    months: list[MonthPaid]
    contacts: list[Contact]
    people: dict[str, Person]  # those who look after it, and whoever said something
    segment: tuple[str, str, date, int | None, dict[str, Any]] | None  # with the cadence, since when, and the score

    @property
    def is_cut(self) -> bool:
        """Whether there may be more of a kind than the latest that are told."""
        told: tuple[Sequence[object], ...] = (self.said, self.mailed, self.disputed, self.paid)
        return any(len(one) >= panel_questions.MOST_ENTRIES for one in told)


def panel(session: Session, customer_id: int, as_of: date) -> Panel:
    """Return a customer's open documents and history as of a day: all by one statement."""
    return _panel(_OF_ONE.ask(session, customer=customer_id, as_of=as_of))


def history(session: Session, customer_id: int, as_of: date) -> Panel:
    """Return everything that happened with a customer by a day, however long ago, and nothing of what it owes."""
    return _panel(_HISTORY.ask(session, customer=customer_id, as_of=as_of))


def _panel(told: Mapping[str, Sequence[Sequence[Any]]]) -> Panel:
    applied: dict[int, list[str]] = defaultdict(list)
    for payment_id, number in told["applied_to"]:
        applied[payment_id].append(number)
    return Panel(
        invoices=_with_reminders(told.get("invoices", ()), told.get("reminded", ())),
        said=[Said(*row) for row in told["said"]],
        mailed=[Mailed(*row) for row in told["mailed"]],
        promises=promises.made_of(told),
        disputed=[Disputed(*row) for row in told["disputed"]],
        paid=[Paid(on, minor, code, number, tuple(applied[key])) for key, on, minor, code, number in told["paid"]],
        months=habits.months_paid(told.get("months", ())),
        contacts=[Contact(*row) for row in told.get("contacts", ())],
        people={email: Person(email, name, phone) for email, name, phone in told["people"]},
        segment=next(((*row,) for row in told.get("segment", ())), None),
    )


def _with_reminders(rows: Iterable[Sequence[Any]], reminded: Iterable[Sequence[Any]]) -> list[PanelInvoice]:
    tones: dict[int, list[str]] = defaultdict(list)
    for invoice_id, tone in reminded:
        tones[invoice_id].append(tone)
    documents = [PanelInvoice(*row) for row in rows]
    return [_with_tones(one, tones.get(one.invoice_id, [])) for one in documents if one.open_minor]


def _with_tones(one: PanelInvoice, tones: Sequence[str]) -> PanelInvoice:
    return replace(one, reminders=len(tones), last_tone=tones[-1]) if tones else one
