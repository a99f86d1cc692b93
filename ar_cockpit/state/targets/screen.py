"""Goals and limits of each company on screen, the alerts that stand, and who is told of them by mail."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.measures import DRIFT, GOALS, MEASURES, typed
from ar_cockpit.services import clock
from ar_cockpit.services.figures import alerts, targets
from ar_cockpit.services.figures.alerts import Alert
from ar_cockpit.services.figures.changes import EXPLAINED_BY
from ar_cockpit.services.figures.targets import CompanyGoals
from ar_cockpit.state.display.amounts import read_amount
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.acting import act
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.targets.rows import AlertItem, CompanyItem, alert_items, company_item


def alert_address(state: SessionState, one: Alert) -> str:
    """Return the address that explains an alert: its figure from the day the causes are told from."""
    if one.figure == DRIFT:
        return state._address(routes.FORECAST, company=one.company_code)
    figure = EXPLAINED_BY.get(one.figure, one.figure)
    chosen = {"company": one.company_code, "currency": one.currency, "consolidate": ""}
    return state._address(
        routes.CHANGES, figure=figure, since=one.since_on.isoformat(), as_of=one.raised_on.isoformat(), **chosen
    )


class TargetsState(SessionState):
    """The companies with their goals, and the crossed limits."""

    is_loaded: bool = False
    items: list[CompanyItem] = []
    alerts: list[AlertItem] = []

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page."""
        await self._load()

    @rx.event
    @allowed(Permission.SET_TARGETS)
    async def save(self, form: dict[str, Any]) -> None:
        """Keep a company's goals and limits as typed; an empty field has none."""
        code = str(form.get("company", ""))
        currency = next((item.currency for item in self.items if item.code == code), "")
        goals = {key: value for key in GOALS if (value := self._read(form, "goal", key, currency)) is not None}
        limits = {key: value for key in MEASURES if (value := self._read(form, "limit", key, currency)) is not None}
        await self._set(code, goals, limits, is_undo=False)

    @rx.event
    @allowed(Permission.SET_TARGETS)
    async def put_back(self, code: str, goals: dict[str, float], limits: dict[str, float]) -> None:
        """Undo a change."""
        await self._set(code, goals, limits, is_undo=True)

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    async def want_mail(self, code: str, wants: bool) -> None:
        """Be told of a company's crossed limits by mail, or no longer."""
        await act(targets.want_mail, self.actor, code, wants=wants)
        self._notify("ok", self._say("targets.mail.on" if wants else "targets.mail.off"))
        await self._load()

    async def _set(self, code: str, goals: dict[str, float], limits: dict[str, float], *, is_undo: bool) -> None:
        before = await act(targets.set_goals, self.actor, code, goals, limits, at=clock.now())
        if is_undo:
            self._notify("ok", self._say("shell.undone"))
        else:
            self._notify("ok", self._say("targets.saved"), undo=TargetsState.put_back(code, *before))
        await self._load()

    def _to_figure(self, company: str, currency: str, figure: str) -> str:
        """Return where a company's figure leads: an amount to its documents, a ratio to its place in the cockpit."""
        own = {"company": company, "currency": currency, "consolidate": ""}
        if figure == "receivables":
            return self._address(routes.INVOICES, **own)
        if figure in {"overdue", "overdue_share"}:
            return self._address(routes.INVOICES, show="overdue", **own)
        return self._address(routes.EXECUTIVE, **own)

    def _read(self, form: dict[str, Any], kind: str, key: str, currency: str) -> float | None:
        written = str(form.get(f"{kind}_{key}", "")).strip()
        if not written:
            return None
        try:
            return typed(GOALS[key], read_amount(written, self.language), currency)
        except InputError as error:
            told = f"{self._say(f'targets.figure.{key}')}: {self._refusal(error)}"  # in the reader's words already
            raise InputError(told) from error

    async def _load(self) -> None:
        found, standing = await asyncio.to_thread(_ask, self.actor, self.as_of_date, self.company)
        self.items = [company_item(one, self.language, self._to_figure) for one in found]
        self.alerts = alert_items(standing, self.language, lambda one: alert_address(self, one))
        self.is_loaded = True


def _ask(actor: Actor, as_of: date, company: str) -> tuple[list[CompanyGoals], list[Alert]]:
    with reading() as session:
        return targets.goals(session, actor, as_of, company=company), alerts.standing(
            session, actor, as_of=as_of, company=company
        )
