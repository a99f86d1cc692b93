"""The forecast's own screen: how good it was on this ledger, its kept versions, and the way back to one of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.state.display import rows
from ar_cockpit.state.forecast.cards import CardItem, company_card, days_told, published_card
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.filters import customer_address

if TYPE_CHECKING:
    from ar_cockpit.services.figures.drifts import StoredDrift
    from ar_cockpit.services.figures.forecast_card import LedgerCard
    from ar_cockpit.services.figures.forecast_models import Version
    from ar_cockpit.services.figures.published_card import PublishedCard

    Shown = tuple[list[LedgerCard], list[Version], list[StoredDrift], tuple[PublishedCard, ...]]

_SHOWN_MARK = 10
_CERTAIN = 0.999  # nothing is quite certain


@dataclass
class VersionItem:
    """A kept version, ready to draw."""

    key: str
    company: str
    number: str
    as_of: str
    period: str
    settled: str
    days_off: str
    coverage: str
    method: str
    note: str  # that it learned from a sample, or that a model is left out
    marks: str
    state: str
    is_chosen: bool
    may_go_back: bool


@dataclass
class DriftItem:
    """A customer that pays later than it used to."""

    name: str
    company: str
    href: str
    usual: str
    recent: str
    later: str
    since: str
    raised: str
    sure: str


class ForecastState(SessionState):
    """What the forecast's screen shows, already in words."""

    is_loaded: bool = False
    cards: list[CardItem] = []
    published: list[CardItem] = []  # of ledgers that everybody knows
    versions: list[VersionItem] = []
    drifts: list[DriftItem] = []
    chosen_words: str = ""
    worse_words: str = ""
    is_asking: bool = False
    ask_title: str = ""
    consequences: str = ""
    asked_company: str = ""
    asked_number: int = 0  # none: release the chosen one

    @rx.event(background=True)
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page from its address without keeping anybody waiting."""
        async with self:
            actor, company, address, as_of = self.actor, self.company, dict(self.params), self.as_of_date
        cards, versions, drifted, known = await asyncio.to_thread(_shown, actor, company, as_of)
        async with self:
            if dict(self.params) == address:
                self.drifts = [self._drift(one) for one in drifted]
                self._draw(cards, versions)
                self.published = [published_card(one, self.language) for one in known]

    @rx.event
    @allowed(Permission.RUN_JOBS)
    def ask(self, key: str) -> None:
        """Say what going back to a version, or releasing it, will do."""
        company, _, number = key.partition("/")
        self.asked_company, self.asked_number = company, int(number) if number.isdecimal() else 0
        self.is_asking = True
        kind = "back" if self.asked_number else "release"
        told = {"company": company, "number": self.asked_number}
        self.ask_title = self._say(f"forecast.ask.{kind}", **told)
        self.consequences = self._say(f"forecast.ask.{kind}.text", **told)

    @rx.event
    @allowed(Permission.RUN_JOBS)
    def cancel(self) -> None:
        """Change nothing."""
        self.is_asking = False

    @rx.event
    @allowed(Permission.RUN_JOBS)
    def confirm(self) -> rx.event.EventSpec:
        """Go back to the version that was asked about, or release the chosen one."""
        from ar_cockpit.services.figures import forecast_models  # noqa: PLC0415 (slow to load: with the first use)

        self.is_asking = False
        company, number = self.asked_company, self.asked_number
        try:
            with transaction() as session:
                if number:
                    forecast_models.roll_back(session, self.actor, company=company, number=number)
                else:
                    forecast_models.release(session, self.actor, company=company)
        except CockpitError as error:
            self._notify("bad", self._refusal(error))
        else:
            told = "forecast.done.back" if number else "forecast.done.release"
            self._notify("ok", self._say(told, company=company, number=number))
        return ForecastState.load

    def _draw(self, cards: list[LedgerCard], versions: list[Version]) -> None:
        self.cards = [company_card(one, self.language) for one in cards]
        self.versions = [self._version(one) for one in versions]
        chosen = [
            self._say("forecast.chosen", company=one.company, number=one.number) for one in versions if one.is_chosen
        ]
        self.chosen_words = " ".join(chosen)
        self.worse_words = " ".join(self._worse(versions))
        self.is_loaded = True

    def _worse(self, versions: list[Version]) -> list[str]:
        """Return a sentence for each company whose newest version is clearly worse than the one before."""
        from ar_cockpit.services.figures.forecast_models import CLEARLY_WORSE  # noqa: PLC0415 (slow to load)

        by_company: dict[str, list[Version]] = {}
        for one in versions:
            by_company.setdefault(one.company, []).append(one)
        said = []
        for company, found in by_company.items():
            newest, *older = sorted(found, key=lambda one: (one.as_of, one.number), reverse=True)
            before = older[0].days_off if older else None
            if before is not None and newest.days_off is not None and newest.days_off > CLEARLY_WORSE * before:
                days = {"now": days_told(newest.days_off, self.language), "before": days_told(before, self.language)}
                said.append(self._say("forecast.worse", company=company, number=newest.number, **days))
        return said

    def _drift(self, one: StoredDrift) -> DriftItem:
        days, certain = rows.number, 1 - one.chance_ppm / 1_000_000
        return DriftItem(
            one.name,
            one.company_code,
            customer_address(self, one.company_code, one.code),
            self._count("drift.days", one.usual_days, days=days(one.usual_days, self.language)),
            self._count("drift.days", one.recent_days, days=days(one.recent_days, self.language)),
            f"+{days(one.recent_days - one.usual_days, self.language)}",
            rows.month_name(one.since_on, self.language),
            rows.day(one.raised_on, self.language),
            self._say(
                "drift.sure",
                share=rows.percent(min(certain, _CERTAIN), self.language),
                recent=rows.number(one.recent_count, self.language),
                usual=rows.number(one.usual_count, self.language),
            ),
        )

    def _version(self, one: Version) -> VersionItem:
        first, last = rows.day(one.trained_from, self.language), rows.day(one.trained_to, self.language)
        return VersionItem(
            key=f"{one.company}/{one.number}",
            company=one.company,
            number=str(one.number),
            as_of=rows.day(one.as_of, self.language),
            period=f"{first} – {last}",
            settled=rows.number(one.settled, self.language),
            days_off=days_told(one.days_off, self.language),
            coverage=rows.percent(one.figures.get("coverage"), self.language, 0),
            method=self._say(f"forecast.method.{one.method}"),
            note=self._noted(one),
            marks=f"{one.data_checksum[:_SHOWN_MARK]} · {one.model_checksum[:_SHOWN_MARK]}",
            state=self._say("forecast.chosen_by", who=one.chosen_by) if one.is_chosen else "",
            is_chosen=one.is_chosen,
            may_go_back=self.actor.may(Permission.RUN_JOBS) and not one.is_chosen,
        )

    def _noted(self, one: Version) -> str:
        sampled, left_out = one.figures.get("sampled_of"), one.figures.get("left_out")
        sample = self._say("forecast.sampled", total=rows.number(sampled, self.language)) if sampled else ""
        return " ".join(filter(None, (sample, self._say(f"forecast.left_out.{left_out}") if left_out else "")))


def _shown(actor: Actor, company: str, as_of: date) -> Shown:
    """Return what the page shows. Nothing is fitted here: the night's job and the command make it."""
    from ar_cockpit.services.figures import drifts, forecast_card, forecast_models, published_card  # noqa: PLC0415 (slow to load)

    with reading() as session:
        found = forecast_models.versions(session, actor, company)
        drifted = drifts.standing(session, actor, as_of=as_of, company=company)
        return forecast_card.cards(session, actor, company), found, drifted, published_card.published()
