"""What works: what contacts changed, as the night's job found it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

if TYPE_CHECKING:
    from ar_cockpit.domain.forecast.contacts import Effect
    from ar_cockpit.services.figures.contact_effects import CompanyEffects


_NEARLY_ALL = 0.995


@dataclass
class EffectItem:
    """What one kind of contact changed; ``kind`` is ok, watch or info."""

    name: str
    ratio: str
    band: str
    invoices: str
    payments: str
    kind: str
    word: str


@dataclass
class WorksItem:
    """What contacts changed at one company."""

    company: str
    based_on: str
    anyway: str
    week: str
    reason: str
    tried: str
    effects: list[EffectItem]


class WhatWorksState(SessionState):
    """What the page shows, already in words."""

    is_loaded: bool = False
    found: list[WorksItem] = []

    @rx.event(background=True)
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page from what is kept."""
        async with self:
            actor, company, address = self.actor, self.company, dict(self.params)
        found = await asyncio.to_thread(_kept, actor, company)
        async with self:
            if dict(self.params) == address:
                self.found = [self._item(one) for one in found]
                self.is_loaded = True

    def _item(self, one: CompanyEffects) -> WorksItem:
        language, found = self.language, one.found
        based_on = self._say(
            "works.based_on",
            invoices=rows.number(found.invoices, language),
            payments=rows.number(found.payments, language),
            day=rows.day(one.as_of, language),
        )
        anyway = week = ""
        if found.anyway is not None:
            share, low, high = (rows.percent(value, language, 0) for value in found.anyway)
            key = "works.anyway.all" if found.anyway[0] > _NEARLY_ALL else "works.anyway"
            anyway = self._say(key, share=share, low=low, high=high)
        if found.paid_without is not None and found.paid_with is not None:
            chances = {"without": found.paid_without, "with_it": found.paid_with}
            week = self._say(
                "works.week", **{name: rows.percent(value, language, 0) for name, value in chances.items()}
            )
        reason = self._say(f"works.none.{found.reason}") if found.reason else ""
        tried = ""
        if one.by_trial is not None:
            share, low, high = (rows.percent(value, language, 0) for value in one.by_trial)
            tried = self._say("works.tried", share=share, low=low, high=high)
        effects = [self._effect(effect) for effect in found.effects]
        return WorksItem(one.name, based_on, anyway, week, reason, tried, effects)

    def _effect(self, one: Effect) -> EffectItem:
        language = self.language
        word = "unclear" if not one.is_clear else "sooner" if one.ratio > 1 else "later"
        return EffectItem(
            self._say(f"works.contact.{one.key}"),
            f"× {rows.number(one.ratio, language, 2)}",
            f"{rows.number(one.low, language, 2)} – {rows.number(one.high, language, 2)}",
            rows.number(one.invoices, language),
            rows.number(one.payments, language),
            {"sooner": "ok", "later": "watch", "unclear": "info"}[word],
            self._say(f"works.word.{word}"),
        )


def _kept(actor: Actor, company: str) -> list[CompanyEffects]:
    from ar_cockpit.services.figures import contact_effects  # noqa: PLC0415 (slow to load: with the first use)

    with reading() as session:
        return contact_effects.kept(session, actor, company)
