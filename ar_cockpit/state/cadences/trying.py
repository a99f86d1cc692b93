"""The message of the step that is open, tried on a customer of the segment, and how the step did so far."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from secrets import token_hex
from typing import Any, NamedTuple

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.policy.model import Cadence, Policy, Step
from ar_cockpit.mail.texts import LANGUAGES, of_step
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import step_view, templates
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
    is_invented: bool = False


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
    answered: str = ""
    lost: str = ""
    _run: str = ""

    @rx.event(background=True)
    @allowed(EDIT)
    async def refresh(self) -> None:
        """Show the message of the step that is open, on the customer that is chosen."""
        async with self:
            if not self._toml or not self.step.key:
                return
            self.is_trying, self._run = True, token_hex(8)
            run, asked = self._run, self._asked()
        answer = await asyncio.to_thread(_ask, asked)
        async with self:
            if run == self._run:  # nothing newer is being asked
                self._show(answer)

    @rx.event
    @allowed(EDIT)
    def choose_customer(self, customer: str) -> Any:
        """Try the message on another customer."""
        self.tried_customer = customer
        return TryingState.refresh

    @rx.event
    @allowed(EDIT)
    def choose_tried_language(self, language: str) -> Any:
        """Show the message in another language."""
        self.tried_language = language if language in LANGUAGES else ""
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
        self.tried_languages = [Choice(key, key.upper()) for key in LANGUAGES]
        self.tried = answer.tried
        self.tried_problem = self._refusal(answer.error) if answer.error else ""
        found = answer.results
        self.done, self.lost = rows.number(found.done, self.language), rows.number(found.lost, self.language)
        self.paid = rows.percent(found.paid_share, self.language, 0)
        self.answered = rows.percent(found.answered_share, self.language, 0)


def _ask(asked: _Asked) -> _Answer:
    policy = policies.check(asked.toml)
    cadence = policy.cadences[policy.by_key[asked.segment.casefold()].cadence]
    step = next(one for one in cadence.steps if one.key == asked.step)
    sees_customers = asked.actor.may(Permission.VIEW_CUSTOMERS)
    with reading() as session:
        choices, results = _on_whom(session, asked, policy, cadence) if sees_customers else ([], StepResults())
        ids = {choice.value for choice in choices}
        customer = asked.customer if asked.customer in ids else choices[0].value if choices else ""
        try:
            tried, error = _try(session, asked, int(customer) if customer else None, step), None
        except CockpitError as refused:
            tried, error = Tried(), refused
    return _Answer(choices, customer, tried, error, results)


def _on_whom(session: Any, asked: _Asked, policy: Policy, cadence: Cadence) -> tuple[list[Choice], StepResults]:
    known = portfolios.portfolio_of(asked.actor, asked.as_of, database())
    where = portfolios.members_of(asked.actor, asked.as_of, database(), policy)
    found = step_view.candidates(session, asked.actor, known, where, asked.segment)
    results = step_view.results(session, asked.actor, cadence.key, asked.step, asked.as_of)
    return [Choice(str(one.customer_id), one.name) for one in found], results


def _try(session: Any, asked: _Asked, customer_id: int | None, step: Step) -> Tried:
    made = templates.preview(
        session,
        asked.actor,
        of_step(step.template, step.key),
        asked.language,
        customer_id,
        asked.as_of,
        attach=step.attach,
        interest=step.interest,
        channel=step.channel,
    )
    recipient = f"{made.contact_name} <{made.recipient}>" if made.contact_name else made.recipient
    return Tried(recipient, made.subject, made.language, made.html, made.is_sample)
