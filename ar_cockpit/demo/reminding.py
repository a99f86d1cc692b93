"""The reminders of the last months, as the default policy would have sent them: one message a day and customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from ar_cockpit.demo import words
from ar_cockpit.demo.customers import Profile
from ar_cockpit.demo.documents import Keys
from ar_cockpit.demo.organisation import SELLERS
from ar_cockpit.demo.records import Dispute, Document, Message, Promise
from ar_cockpit.domain.cadence.ladder import Done, Stand, rung
from ar_cockpit.domain.policy.model import Cadence, Step

_NUMBERS_TOLD = 3
_LETTERS_WAIT = 21  # days: somebody prints them all together


class _Past(NamedTuple):
    """What was done about one invoice."""

    offsets: tuple[int, int]
    first_on: date
    last_on: date


class _Due(NamedTuple):
    """An invoice with the step it is due for."""

    document: Document
    step: Step
    open_minor: int


class Reminding:
    """One customer's reminders, day by day."""

    def __init__(self, rng: Random, who: Profile, cadence: Cadence, keys: Keys) -> None:
        self._rng, self._who, self._cadence, self._keys = rng, who, cadence, keys
        self._past: dict[int, _Past] = {}
        self._last_reminder: date | None = None
        self.messages: list[Message] = []

    def run(
        self,
        documents: Sequence[Document],
        disputes: Sequence[Dispute],
        promises: Sequence[Promise],
        days: tuple[date, date],
    ) -> None:
        """Send what was due from the first of ``days`` to the day before the last."""
        chasable = [one for one in documents if one.kind == "invoice" and one.closed_on > days[0]]
        quiet = _quiet(disputes, promises)
        for day in self._sending_days(chasable, days):
            self._send(day, [one for one in self._due(chasable, day) if not _is_quiet(quiet, one.document, day)], days)

    def _sending_days(self, documents: Iterable[Document], days: tuple[date, date]) -> Iterator[date]:
        """Yield the days on which something can be due, in order."""
        spacing = timedelta(days=self._cadence.spacing_days)
        waiting = {
            self._allowed(one.due_on + timedelta(days=offset)) for one in documents for offset in self._cadence.offsets
        }
        day = days[0]
        while waiting := {one for one in waiting if day <= one < days[1]}:
            day = min(waiting)
            waiting.discard(day)
            before = self._last_reminder
            yield day
            if before and before + spacing > day:
                waiting.add(self._allowed(before + spacing))
            day += timedelta(days=1)

    def _allowed(self, day: date) -> date:
        while day.weekday() not in self._cadence.send_on:
            day += timedelta(days=1)
        return day

    def _due(self, documents: Iterable[Document], day: date) -> list[_Due]:
        found = []
        oldest = 0
        for document in documents:
            open_minor = document.open_on(day - timedelta(days=1)) if document.invoice_on < day else 0
            if open_minor <= 0 or document.closed_on <= day:
                continue
            late = (day - document.due_on).days
            oldest = max(oldest, late)
            place, stand = rung(self._cadence, late, self._done(document, day))
            if stand is Stand.DUE and _is_let_go(self._cadence.steps[place], document):
                found.append(_Due(document, self._cadence.steps[place], open_minor))
        if self._is_too_soon(day, oldest):
            return [one for one in found if one.step.offset < 0]
        return found

    def _is_too_soon(self, day: date, oldest: int) -> bool:
        last = self._last_reminder
        spacing = timedelta(days=self._cadence.spacing_days)
        return last is not None and day < last + spacing and oldest < self._cadence.spacing_until

    def _done(self, document: Document, day: date) -> Done | None:
        past = self._past.get(document.invoice_id)
        if past is None:
            return None
        return Done(0, *past.offsets, (day - past.first_on).days, (day - past.last_on).days)

    def _send(self, day: date, due: Sequence[_Due], days: tuple[date, date]) -> None:
        contact = self._who.contacts[0]
        by_channel = {"email": [one for one in due if one.step.channel == "email"]} if contact.email else {}
        by_channel |= {channel: [one for one in due if one.step.channel == channel] for channel in ("call", "letter")}
        for channel, some in by_channel.items():
            if some:
                recipient = {"email": contact.email, "call": contact.phone}.get(channel, "")
                self._write(day, channel, recipient, some, days[1])

    def _write(self, day: date, channel: str, recipient: str, due: Sequence[_Due], end: date) -> None:
        step = max((one.step for one in due), key=lambda one: one.offset)
        numbers = [one.document.number for one in due]
        told = ", ".join(numbers[:_NUMBERS_TOLD]) + (" …" if len(numbers) > _NUMBERS_TOLD else "")
        contact, seller = self._who.contacts[0], SELLERS[self._who.customer.company]
        is_call = channel == "call"
        is_waiting = is_call and (end - day).days <= 2 and self._rng.random() < 0.5
        is_waiting |= channel == "letter" and (end - day).days <= _LETTERS_WAIT
        self.messages.append(
            Message(
                self._keys.next("message"),
                day,
                channel,
                recipient,
                "to_do" if is_waiting else "sent" if channel == "email" else "done",
                self._cadence.key,
                step.key,
                step.template,
                step.tone,
                contact.language,
                "" if is_call else words.SUBJECTS[contact.language].format(numbers=told),
                "" if is_call else words.body(contact.language, contact.name, told, seller.name),
                sum(one.open_minor for one in due),
                self._rng.randint(5, 400),
                tuple((one.document, one.step.key, one.step.offset, one.open_minor) for one in due),
            )
        )
        for one in due:
            self._remember(one, day)
        if any(one.step.offset >= 0 for one in due):
            self._last_reminder = day

    def _remember(self, due: _Due, day: date) -> None:
        past = self._past.get(due.document.invoice_id)
        offset = due.step.offset
        if past is None:
            past = _Past((offset, offset), day, day)
        offsets = (min(past.offsets[0], offset), max(past.offsets[1], offset))
        self._past[due.document.invoice_id] = _Past(offsets, past.first_on, day)

    @property
    def last_reminded_on(self) -> date | None:
        """The day of the last reminder that was no courtesy."""
        return self._last_reminder


def _quiet(disputes: Iterable[Dispute], promises: Iterable[Promise]) -> dict[int, list[tuple[date, date]]]:
    """Return the days, first and last, on which each invoice is left alone."""
    found: dict[int, list[tuple[date, date]]] = {}
    for dispute in disputes:
        found.setdefault(dispute.document.invoice_id, []).append((dispute.opened_on, dispute.closed_on))
    for promise in promises:
        until = promise.decided_on or promise.promised_for + timedelta(days=3)
        found.setdefault(promise.document.invoice_id, []).append((promise.made_on, until))
    return found


def _is_let_go(step: Step, document: Document) -> bool:
    """Return whether a step may go: of the formal notices somebody approved every other one."""
    return not step.approve or (step.channel == "letter" and document.invoice_id % 2 == 0)


def _is_quiet(quiet: dict[int, list[tuple[date, date]]], document: Document, day: date) -> bool:
    return any(first <= day <= last for first, last in quiet.get(document.invoice_id, ()))
