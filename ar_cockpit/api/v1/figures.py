"""Figures of a day: the key figures, the ageing, and what sales may know of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from sqlmodel import Session

from ar_cockpit.api.v1.edge.caller import Analyst, business_date
from ar_cockpit.api.v1.edge.keys import Key
from ar_cockpit.api.v1.edge.problems import fits_the_ledger
from ar_cockpit.api.v1.shapes import asked as given
from ar_cockpit.api.v1.shapes import told
from ar_cockpit.db.session import reading, reading_one_state
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import preferred_language
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services import credit, groups, reach
from ar_cockpit.services.credit import CustomerStanding
from ar_cockpit.services.figures import consolidating, reporting
from ar_cockpit.services.figures.conversion_told import conversion_told
from ar_cockpit.services.figures.reporting import KpiReport
from ar_cockpit.services.programs.tokens import Program

endpoints = APIRouter(tags=["figures"])
Language = Annotated[str, Header(alias="Accept-Language", max_length=200)]


@endpoints.get("/kpi", response_model=told.Kpi, response_model_exclude_unset=True)
def get_kpi(program: Analyst, asked: Annotated[given.FiguresAsked, Query()]) -> Any:
    """Get the key figures of a day, of the documents of one currency or of all of them converted into one."""
    with reading_one_state() as session:
        report = _report(session, program, asked)
    figures, totals = report.figures, report.figures.totals
    return _heads(report) | {
        "overdue_share": figures.overdue_share,
        "not_due": _or_none(totals.not_due, report.currency),
        "dso": figures.dso,
        "dso_countback": figures.dso_countback,
        "best_possible_dso": figures.best_possible_dso,
        "add": figures.add,
        "cei": figures.cei,
        "turnover": figures.turnover,
        "average_days_late": report.average_days_late,
        "credit_sales": _or_none(totals.credit_sales, report.currency),
        "ageing": _amounts(report.ageing, report.currency),
    }


@endpoints.get("/ageing", response_model=told.Ageing, response_model_exclude_unset=True)
def get_ageing(program: Analyst, asked: Annotated[given.FiguresAsked, Query()]) -> Any:
    """Get the open amounts of a day by days overdue."""
    with reading_one_state() as session:
        report = _report(session, program, asked)
    return _heads(report) | {"buckets": _amounts(report.ageing, report.currency)}


@endpoints.get("/customers/{id:int}/standing", response_model=told.Standing, response_model_exclude_unset=True)
def get_standing(
    program: Analyst,
    id: Key,  # noqa: A002 (the name in the address)
    asked: Annotated[given.StandingAsked, Query()],
    accept_language: Language = "en",
) -> Any:
    """Get a customer's standing with its reasons, its group's and, for an order, whether it may be taken."""
    language = preferred_language(accept_language)
    with reading() as session:
        day = asked.as_of or business_date(session, program, Permission.VIEW_STANDING)
        line = reach.customer(session, program.actor, Permission.VIEW_STANDING, id)
        judged = credit.standing_of(session, program.actor, line, day)
        group = groups.group_of(session, program.actor, line, judged.facts.currency, day)
    standing = _standing(judged, day, language) | {"group": groups.group_told(group) if group else None}
    if asked.order_amount is None:
        return standing
    with fits_the_ledger():
        minor, chosen, answer = credit.order(judged, Decimal(asked.order_amount), asked.order_currency or "")
    order = {"amount": decimal_string(minor, chosen), "currency": chosen, "decision": answer.decision.value}
    return standing | {"order": order | {"reasons": [reason_said(one, language) for one in answer.reasons]}}


def _report(session: Session, program: Program, asked: given.FiguresAsked) -> KpiReport:
    company, currency = asked.company or "", asked.currency or ""
    day = asked.as_of or business_date(session, program, Permission.VIEW_FIGURES, company)
    if asked.consolidate:
        into = asked.consolidate
        return consolidating.kpi(session, program.actor, as_of=day, into=into, company=company, only=currency)
    return reporting.kpi(session, program.actor, as_of=day, company=company, currency=currency)


def _heads(report: KpiReport) -> dict[str, Any]:
    totals, currency, how = report.figures.totals, report.currency, report.consolidation
    return {
        **({"consolidation": conversion_told(how, currency)} if how else {}),
        "as_of": report.as_of,
        "currency": currency,
        "companies": [company.code for company in report.companies],
        "receivables": _or_none(totals.receivables, currency),
        "overdue": _or_none(totals.overdue, currency),
        "unapplied_cash": _or_none(report.unapplied_cash, currency),
    }


def _amounts(by_bucket: Mapping[str, int | None], currency: str) -> dict[str, str | None]:
    return {key: _or_none(minor, currency) for key, minor in by_bucket.items()}


def _standing(judged: CustomerStanding, day: date, language: str) -> dict[str, Any]:
    return {
        "as_of": day,
        "company": judged.customer.company_code,
        "customer_id": judged.customer.code,
        "name": judged.customer.name,
        "standing": judged.standing.level.value,
        "reasons": [reason_said(one, language) for one in judged.standing.reasons],
        **credit.figures_told(judged),
    }


def reason_said(one: Reason, language: str) -> dict[str, Any]:
    """Return a reason with its sentence in the language that was asked for."""
    return _reason(one) | {"text": sentence(one, language, STANDING)}


def _reason(one: Reason) -> dict[str, Any]:
    """Return a reason as the API tells it: amounts with the decimals of their currency."""
    facts = dict(one.facts)
    minor, currency = facts.pop("amount_minor", None), facts.get("currency")
    if isinstance(minor, int) and isinstance(currency, str):
        facts["amount"] = decimal_string(minor, currency)
    return {"code": one.code, "facts": facts}


def _or_none(minor: int | None, currency: str) -> str | None:
    return None if minor is None else decimal_string(minor, currency)
