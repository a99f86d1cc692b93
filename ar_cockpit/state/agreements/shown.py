"""What every list of agreements shows around its rows: what every long list does, figures and ages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.commitments import DisputeReason
from ar_cockpit.domain.collecting.listing import Listing, ListQuestion, list_question
from ar_cockpit.i18n import catalogue
from ar_cockpit.services.collecting import proposals
from ar_cockpit.services.lists import agreements
from ar_cockpit.services.lists.agreements import Page
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice
from ar_cockpit.state.lists.filters import download_address, record_address
from ar_cockpit.state.lists.shown import ListShown

ANY = "*"  # no choice: a menu's entry may not be empty
REASONS = {"disputes": tuple(DisputeReason), "proposals": proposals.KINDS}


@dataclass
class Figure:
    """A figure above the list, with what it means."""

    label: str
    value: str
    note: str = ""


@dataclass
class AgePart:
    """What is of one age: how many and how much, and the address of them alone."""

    label: str
    count: str
    amount: str
    href: str
    is_chosen: bool


class AgreementList(ListShown, mixin=True):
    """The parts that a list of agreements has besides: figures above it, and what is of which age."""

    figures: list[Figure] = []
    ages: list[AgePart] = []
    owner: str = ANY
    owner_choices: list[Choice] = []
    reason: str = ANY
    reason_choices: list[Choice] = []  # none where the list has no reasons

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def choose(self, show: str) -> rx.event.EventSpec:
        """Show others, from the first page on."""
        return rx.redirect(self._address(show=show, page="", age=""))

    @rx.event
    @allowed(Permission.VIEW_CUSTOMERS)
    def narrow(self, name: str, value: str) -> rx.event.EventSpec | None:
        """Show those of one owner, or of one reason, alone; from the first page on."""
        if name not in {"owner", "reason"}:
            return None
        return rx.redirect(self._address(**{name: "" if value == ANY else value, "page": ""}))

    async def _ask(self, listing: Listing) -> Page:
        params = dict(self.params) | {routes.COMPANY_PARAM: self.company}
        asked = list_question(listing, params, self.as_of_date, self.currency)
        return await asyncio.to_thread(_page, self.actor, asked)

    def _around(self, found: Page, name: str) -> None:
        asked, totals, currency = found.asked, found.totals, found.asked.currency
        self.show, self.words, self.page, self.pages = asked.show, asked.text, asked.page, found.pages
        told = {
            "q": self._say("invoices.filter.words", words=asked.text) if asked.text else "",
            "customer": self._say("invoices.filter.customer", code=asked.customer) if asked.customer else "",
            "owner": found.names.get(asked.owner, asked.owner),
            "reason": self._reason_words(name, asked.reason) if asked.reason else "",
            "age": self._say(f"agreements.age.{name}.{asked.age}") if asked.age else "",
        }
        self.filters = self._told(told)
        self._offer(found, name)
        self.sums = self._count(
            "agreements.sums",
            totals.count,
            total=rows.number(totals.count, self.language),
            amount=rows.money_cents(totals.first_minor, currency, self.language),
        )
        self.ages = [
            AgePart(
                self._say(f"agreements.age.{name}.{key}"),
                rows.number(one.count, self.language),
                rows.money(one.first_minor, currency, self.language),
                self._address(age="" if key == asked.age else key, page=""),
                key == asked.age,
            )
            for key, one in found.ages.items()
        ]
        self.csv_href = download_address(f"{name}.csv", self)
        self.xlsx_href = download_address(f"{name}.xlsx", self)
        self.is_loaded = True

    def _offer(self, found: Page, name: str) -> None:
        """Offer what the list may be narrowed to."""
        asked = found.asked
        self.owner, self.reason = asked.owner or ANY, asked.reason or ANY
        owners = sorted((Choice(one, found.names.get(one, one)) for one in found.owners), key=lambda one: one.label)
        self.owner_choices = [Choice(ANY, self._say("agreements.any_owner")), *owners]
        reasons = [Choice(key, self._reason_words(name, key)) for key in REASONS.get(name, ())]
        self.reason_choices = [Choice(ANY, self._say("agreements.any_reason")), *reasons] if reasons else []

    def _reason_words(self, name: str, key: str) -> str:
        word = f"dispute.{key}" if name == "disputes" else f"agreements.kind.{key}"
        return self._say(word) if word in catalogue(self.language) else key

    def _record(self, row: Any) -> str:
        return record_address(self, row.company, row.customer)

    def _date(self, day: Any) -> str:
        return rows.day(day, self.language) if day else ""

    def _cents(self, row: Any, minor: int) -> str:
        return rows.amount_cents(minor, row.currency, self.language)

    def _sum_of(self, ages: Mapping[str, Any], keys: tuple[str, ...], currency: str) -> str:
        return rows.money(sum(ages[key].first_minor for key in keys), currency, self.language)


def _page(actor: Actor, asked: ListQuestion) -> Page:
    with reading() as session:
        return agreements.page(session, actor, asked)
