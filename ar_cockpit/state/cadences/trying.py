"""The message of the step that is open, tried on a customer of the segment, and how the step did so far."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.policy.model import Step
from ar_cockpit.services.reminders import manual, step_view
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.manual import Wording
from ar_cockpit.services.reminders.step_view import StepResults
from ar_cockpit.state.cadences import portfolios
from ar_cockpit.state.cadences.screen import EDIT, CadencesState, database
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice


@dataclass
class Tried:
    """A message as it would go."""

    recipient: str = ""
    subject: str = ""
    language: str = ""
    html: str = ""


class _Asked(NamedTuple):
    actor: Actor
    as_of: date
    toml: str
    segment: str
    step: str
    customer: str
    language: str


class _Answer(NamedTuple):
    customers: list[Choice]
    customer: str
    tried: Tried
    error: CockpitError | None
    results: StepResults


class TryingState(CadencesState):
    """The middle of the page."""

    tried_customers: list[Choice] = []
    tried_customer: str = ""
    tried_language: str = ""
    tried_languages: list[Choice] = []
    tried: Tried = Tried()
    tried_problem: str = ""
    is_trying: bool = True
    done: str = ""
    paid: str = ""
    lost: str = ""

    @rx.event(background=True)
    @allowed(EDIT)
    async def refresh(self) -> None:
        """Show the message of the step that is open, on the customer that is chosen."""
        async with self:
            if not self._toml or not self._may(Permission.WORK_CUSTOMERS):
                self.is_trying = False
                return
            self.is_trying = True
            asked = self._asked()
        answer = await asyncio.to_thread(_ask, asked)
        async with self:
            if asked == self._asked():
                self._show(answer)

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def choose_customer(self, customer: str) -> Any:
        """Try the message on another customer."""
        self.tried_customer = customer
        return TryingState.refresh

    @rx.event
    @allowed(Permission.WORK_CUSTOMERS)
    def choose_tried_language(self, language: str) -> Any:
        """Show the message in another language."""
        self.tried_language = language if language in manual.LANGUAGES else ""
        return TryingState.refresh

    def _asked(self) -> _Asked:
        return _Asked(
            self.actor,
            self.as_of_date,
            self._toml,
            self.segment,
            self.step.key,
            self.tried_customer,
            self.tried_language,
        )

    def _show(self, answer: _Answer) -> None:
        self.is_trying = False
        self.tried_customers, self.tried_customer = answer.customers, answer.customer
        self.tried_languages = [Choice(key, key.upper()) for key in manual.LANGUAGES]
        self.tried = answer.tried
        self.tried_problem = self._refusal(answer.error) if answer.error else ""
        if not answer.customers:
            self.tried_problem = self._say("cadences.try.nobody")
        found = answer.results
        self.done, self.lost = rows.number(found.done, self.language), rows.number(found.lost, self.language)
        self.paid = rows.percent(found.paid_share, self.language, 0)


def _ask(asked: _Asked) -> _Answer:
    policy = policies.check(asked.toml)
    known = portfolios.portfolio_of(asked.actor, asked.as_of, database())
    where = portfolios.members_of(asked.actor, asked.as_of, database(), policy)
    cadence = policy.cadences[policy.by_key[asked.segment.casefold()].cadence]
    with reading() as session:
        found = step_view.candidates(session, asked.actor, known, where, asked.segment)
        results = step_view.results(session, asked.actor, cadence.key, asked.step, asked.as_of)
        choices = [Choice(str(one.customer_id), one.name) for one in found]
        ids = {choice.value for choice in choices}
        customer = asked.customer if asked.customer in ids else choices[0].value if choices else ""
        step = next((one for one in cadence.steps if one.key == asked.step), None)
        if not customer or step is None:
            return _Answer(choices, customer, Tried(), None, results)
        try:
            tried = _try(session, asked, int(customer), step)
        except CockpitError as error:
            return _Answer(choices, customer, Tried(), error, results)
    return _Answer(choices, customer, tried, None, results)


def _try(session: Any, asked: _Asked, customer_id: int, step: Step) -> Tried:
    invoices = step_view.tried_invoices(session, asked.actor, customer_id, asked.as_of, step.offset)
    wording = Wording(step.template, asked.language)
    made = manual.preview(session, asked.actor, customer_id, invoices, wording, as_of=asked.as_of)
    to = f"{made.contact_name} <{made.recipient}>" if made.contact_name else made.recipient
    return Tried(to, made.subject, made.language, made.html)
