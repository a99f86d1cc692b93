"""The executive's screen: figures first, the cash to come as soon as it is computed."""

from __future__ import annotations

import asyncio
import importlib
from datetime import date
from typing import TYPE_CHECKING, Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading_one_state
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.listing import PARTS, part_of
from ar_cockpit.drawn.cockpit import ageing_spec, cash_spec, dso_spec
from ar_cockpit.services.figures import alerts, consolidated_cockpit, executive
from ar_cockpit.services.figures.alerts import Alert
from ar_cockpit.services.figures.breakdown import By
from ar_cockpit.services.figures.executive import Cockpit, Look
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.figures import Kpi
from ar_cockpit.state.display.rates import are_old, missing_told, rates_listed, rates_told
from ar_cockpit.state.executive import charts, months, parts, strip, ways
from ar_cockpit.state.executive import rows as tables
from ar_cockpit.state.executive.months import AgeItem, MonthItem, WeekItem
from ar_cockpit.state.executive.parts import ConcentrationItem, PartItem
from ar_cockpit.state.executive.rows import CollectorItem, CompanyItem, DebtorItem, DisputeItem
from ar_cockpit.state.forecast import waiting
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.lists.filters import download_address, part_told, record_address
from ar_cockpit.state.targets.rows import AlertItem, alert_items
from ar_cockpit.state.targets.screen import alert_address

if TYPE_CHECKING:
    from ar_cockpit.services.figures.cash_outlook import CashOutlook


class ExecutiveState(SessionState):
    """What is on the executive's screen, already in words."""

    is_loaded: bool = False
    is_empty: bool = False
    are_tables_loaded: bool = False
    is_cash_loaded: bool = False
    rates: str = ""
    rates_listed: str = ""
    rates_are_old: bool = False
    missing_rates: str = ""
    period: str = ""
    kpis: list[Kpi] = []
    ages: list[AgeItem] = []
    ages_total: str = ""
    ages_head: str = ""
    unapplied: str = ""
    unapplied_href: str = ""
    months: list[MonthItem] = []
    ageing_spec: dict[str, Any] = {}
    ageing_unit: str = ""
    ageing_summary: str = ""
    dso_spec: dict[str, Any] = {}
    dso_summary: str = ""
    cash_spec: dict[str, Any] = {}
    cash_unit: str = ""
    cash_summary: str = ""
    weeks: list[WeekItem] = []
    debtors: list[DebtorItem] = []
    debtors_note: str = ""
    debtors_all: str = ""
    debtors_all_href: str = ""
    collectors: list[CollectorItem] = []
    collectors_sum: list[CollectorItem] = []
    month_note: str = ""
    month_gone: int = 0
    company_items: list[CompanyItem] = []
    disputes: list[DisputeItem] = []
    disputes_note: str = ""
    disputes_href: str = ""
    xlsx_href: str = ""
    ageing_picture: str = ""
    dso_picture: str = ""
    cash_picture: str = ""
    alerts: list[AlertItem] = []
    part_note: str = ""
    segments: list[Choice] = []
    countries: list[Choice] = []
    sales_owners: list[Choice] = []
    owners: list[Choice] = []
    part_items: list[PartItem] = []
    part_sums: list[str] = ["", "", "", ""]
    concentration: list[ConcentrationItem] = []
    concentration_note: str = ""
    part_hrefs: list[str] = ["", ""]  # where the foot's sums lead: open, overdue
    largest_href: str = ""

    @rx.event(background=True)
    @allowed(Permission.VIEW_FIGURES)
    async def load(self) -> None:
        """Fill the page from its address without keeping anybody waiting, the cash to come last."""
        async with self:
            actor, asked, address = self.actor, self._asked(), dict(self.params)
        first: asyncio.Future[Cockpit] = asyncio.get_running_loop().create_future()
        work = asyncio.create_task(asyncio.to_thread(_figures, actor, _teller(first), **asked))
        await asyncio.wait({work, first}, return_when=asyncio.FIRST_COMPLETED)
        async with self:
            if first.done() and dict(self.params) == address:
                self._draw_first(first.result())
        shown, crossed = await work
        async with self:
            if dict(self.params) != address:
                return  # the reader has gone on: the next load draws
            self._draw(shown)
            self.alerts = alert_items(crossed, self.language, lambda one: alert_address(self, one))
        outlook = await _outlook(actor, **asked)
        async with self:
            if dict(self.params) == address:
                self._draw_cash(shown, outlook)

    @rx.event
    @allowed(Permission.VIEW_FIGURES)
    def clear_part(self) -> rx.event.EventSpec:
        """Show the figures of all customers."""
        return rx.redirect(self._address(**dict.fromkeys(PARTS, "")))

    def _asked(self) -> dict[str, Any]:
        asked = {"as_of": self.as_of_date, "company": self.company, "part": part_of(self.params)}
        return asked | ({"into": self.consolidate} if self.consolidate else {"currency": self.currency})

    def _draw_first(self, shown: Cockpit) -> None:
        self.is_empty = shown.now.totals.first_document_on is None and not shown.part
        self.is_cash_loaded = self.are_tables_loaded = False
        self._draw_head(shown)
        self._draw_strip(shown)
        self._draw_charts(shown)
        self.is_loaded = True

    def _draw(self, shown: Cockpit) -> None:
        self._draw_first(shown)
        self._draw_tables(shown)
        self._draw_parts(shown)
        self.are_tables_loaded = True

    def _draw_strip(self, shown: Cockpit) -> None:
        waiting = strip.cash_figure(shown, None, self.language, self._invoices)
        self.kpis = [*strip.strip(shown, self.language, self._invoices), waiting]

    def _draw_parts(self, shown: Cockpit) -> None:
        language = self.language
        self.segments, self.countries, self.sales_owners, self.owners = (
            parts.choices(shown, key, language) for key in PARTS
        )
        by = self.params.get("where", "")
        grouping = By(by) if by in set(By) else By.SEGMENT
        self.part_items = parts.part_items(shown, grouping, language, self._address, self._invoices)
        self.part_sums = parts.part_sums(shown, language)
        self.part_hrefs = [self._invoices("open"), self._invoices("overdue")]
        self.largest_href = self._address(routes.CUSTOMERS, **_fresh(sort="-open"))
        self.concentration = parts.concentration_items(shown, language)
        self.concentration_note = parts.concentration_note(shown, language)

    def _draw_head(self, shown: Cockpit) -> None:
        told = part_told(shown.part, shown.breakdown.names, self.language)
        what = ", ".join(words for words in told.values() if words)
        self.part_note = self._say("parts.note", what=what) if what else ""
        period = shown.now.totals.period
        self.period = self._say(
            "executive.period",
            start=rows.day_short(period.start, self.language),
            end=rows.day(period.end, self.language),
            days=period.days,
            compared=rows.day_short(shown.compared_on, self.language),
        )
        how = shown.consolidation
        self.rates = rates_told(how.conversion, self.language) if how else ""
        self.rates_listed = rates_listed(how.conversion, self.language) if how else ""
        self.rates_are_old = are_old(how.conversion) if how else False
        missing = [error.missing for error in how.errors] if how else []
        self.missing_rates = missing_told(missing, self.language) if missing else ""
        self.xlsx_href = download_address("executive.xlsx", self)
        pictures = (download_address(f"chart-{name}.{routes.ENDING}", self) for name in ("ageing", "dso", "cash"))
        self.ageing_picture, self.dso_picture, self.cash_picture = pictures

    def _draw_charts(self, shown: Cockpit) -> None:
        documents = _before_more(self._invoices("open", **{routes.AS_OF_PARAM: ""}))
        self.ageing_spec, self.ageing_unit = ageing_spec(shown, self.language, documents)
        self.ageing_summary = charts.ageing_summary(shown, self.language)
        self.dso_spec = dso_spec(shown, self.language, _before_more(self._address(**{routes.AS_OF_PARAM: ""})))
        self.dso_summary = charts.dso_summary(shown, self.language)
        self.cash_spec, self.cash_summary, self.weeks = {}, "", []
        self.ages = months.age_items(shown, self.language, self._invoices)
        self.ages_total = rows.figure(shown.now.totals.receivables, shown.currency, self.language)
        self.unapplied = rows.figure(shown.unapplied_cash, shown.currency, self.language)
        self.unapplied_href = ways.unapplied(self._report, shown.part)
        self.ages_head = rows.day_short(shown.as_of, self.language)
        self.months = months.month_items(shown, self.language, self._address, self._invoices)

    def _draw_tables(self, shown: Cockpit) -> None:
        language = self.language
        self.debtors = tables.debtor_items(shown, language, self._record, self._invoices)
        self.debtors_note = tables.debtors_note(shown, language)
        self.debtors_all = self._say("executive.debtors.all", number=rows.number(shown.overdue_customers, language))
        self.debtors_all_href = self._address(routes.CUSTOMERS, **_fresh(show="overdue"))
        self.collectors, whole = tables.collector_items(shown, language, self._invoices, self._report)
        self.collectors_sum = [whole]
        self.month_gone = months.month_gone(shown.as_of)
        self.month_note = self._say(
            "executive.month_gone", month=rows.month(shown.as_of, language), share=self.month_gone
        )
        self.company_items = tables.company_items(
            shown.companies, shown.currency, language, self._company, self._of_company
        )
        self.disputes = tables.dispute_items(
            shown, language, lambda reason: self._address(routes.DISPUTES, **_fresh(reason=reason))
        )
        self.disputes_note = tables.disputes_note(shown, language)
        self.disputes_href = self._invoices("disputed")

    def _draw_cash(self, shown: Cockpit, outlook: CashOutlook) -> None:
        by_day = "" if shown.part else self._address(routes.CASH_AHEAD, **_fresh(by="day"))
        self.kpis = [*self.kpis[:-1], strip.cash_figure(shown, outlook, self.language, self._invoices, by_day)]
        self.cash_summary = charts.cash_summary(outlook, self.language)
        if not outlook.missing:  # otherwise there is nothing to draw, and the summary says why
            documents = _before_more(self._invoices("open"))

            def ahead(start: date) -> str:
                # Who is to pay a week is told of whole companies; of a part, its open documents are.
                by_week = self._address(routes.CASH_AHEAD, **_fresh(week=start.isoformat()))
                return self._invoices("open") if shown.part else by_week

            self.cash_spec, self.cash_unit = cash_spec(outlook, self.language, lead=documents, ahead=ahead)
            self.weeks = months.week_items(outlook, self.language, documents, ahead)
        self.is_cash_loaded = True

    def _invoices(self, show: str = "", **more: str) -> str:
        # Said in the address even where it is the usual choice: one company of the group may have another.
        into = {routes.CONSOLIDATE_PARAM: self.consolidate} if self.consolidate else {}
        return self._address(routes.INVOICES, **_fresh(show="" if show == "open" else show, **into, **more))

    def _report(self, path: str, **choices: str) -> str:
        return self._address(path, **(_fresh() | choices))

    def _of_company(self, company: str, currency: str, show: str) -> str:
        own = {"company": company, "currency": currency, routes.CONSOLIDATE_PARAM: ""}
        return self._address(routes.INVOICES, **_fresh(show=show, **own))

    def _record(self, company: str, customer: str) -> str:
        return record_address(self, company, customer)

    def _company(self, company: str, currency: str) -> str:
        return self._address(company=company, currency=currency, consolidate="")


def _fresh(**choices: str) -> dict[str, str]:
    """Return the choices of another page, with this page's own ones taken out of the address."""
    return {"team": "", "ageing_as": "", "dso_as": "", "cash_as": "", "where": "", **choices}


def _before_more(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}"


def _teller(first: asyncio.Future[Cockpit]) -> Look:
    """Return what hands the first look over from the thread that makes it."""
    loop = first.get_loop()

    def told(shown: Cockpit) -> None:
        loop.call_soon_threadsafe(first.set_result, shown)

    return told


def _figures(actor: Actor, look: Look, **asked: Any) -> tuple[Cockpit, list[Alert]]:
    """Return the figures, converted where the question says into which currency, and the limits crossed."""
    # Altair looks at pandas as soon as any thread has begun to import it: let it be whole before charts are made.
    importlib.import_module("pandas")
    with reading_one_state() as session:
        shown = (consolidated_cockpit if "into" in asked else executive).cockpit(session, actor, look=look, **asked)
        return shown, alerts.standing(session, actor, as_of=asked["as_of"], company=asked["company"])


async def _outlook(actor: Actor, **asked: Any) -> CashOutlook:
    """Return the cash to come; while another process makes it, no thread and no connection of ours is kept."""
    await waiting.until_kept(actor, as_of=asked["as_of"], company=asked["company"])
    return await asyncio.to_thread(_cash, actor, **asked)


def _cash(actor: Actor, **asked: Any) -> CashOutlook:
    # The forecast's libraries would double the start.
    from ar_cockpit.services.figures import cash_outlook, consolidated_cash  # noqa: PLC0415

    with reading_one_state() as session:
        return (consolidated_cash if "into" in asked else cash_outlook).outlook(session, actor, **asked)
