"""What contacts changed in each company's ledger, kept by the night's job: a page shows it and fits nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import contacts as asked
from ar_cockpit.db.queries.figures.forecast import fingerprint
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.forecast import contacts as rule
from ar_cockpit.domain.forecast.contacts import Effect, WhatWorks
from ar_cockpit.domain.forecast.history import FAR, day_number
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import kept_runs, reporting
from ar_cockpit.services.people.companies import CompanySummary

VERSION = 1  # of the method: a new one makes everything anew


@dataclass(frozen=True, slots=True)
class CompanyEffects:
    """What contacts changed at one company, as seen from a day."""

    company: str
    name: str
    as_of: date
    found: WhatWorks


def what_works(session: Session, actor: Actor, *, as_of: date, company: str = "") -> list[CompanyEffects]:
    """Estimate, for the companies whose figures ``actor`` may see. Takes seconds: never for a page."""
    seen = reporting.visible_companies(session, actor, company)
    return [CompanyEffects(one.code, one.name, as_of, _estimated(session, one, as_of)) for one in seen]


def kept(session: Session, actor: Actor, company: str = "") -> list[CompanyEffects]:
    """Return the newest kept estimate of each company; none before the first night."""
    seen = reporting.visible_companies(session, actor, company)
    scopes = {f"works:{one.code}": one for one in seen}
    question = select(col(ForecastRunRow.scope), col(ForecastRunRow.as_of), col(ForecastRunRow.payload))
    rows = session.execute(question.where(col(ForecastRunRow.scope).in_(scopes)).order_by(col(ForecastRunRow.as_of)))
    newest = {
        scope: CompanyEffects(scopes[scope].code, scopes[scope].name, on, _from_payload(payload))
        for scope, on, payload in rows
    }
    return [newest[scope] for scope in sorted(newest)]


def refresh(session: Session, actor: Actor, *, as_of: date) -> int:
    """Estimate and keep for every company that changed since; return how many. For the night's job."""
    made = 0
    for one in reporting.visible_companies(session, actor):
        actor.require(Permission.RUN_JOBS, one.company_id)
        mark = f"{VERSION}-{fingerprint(session, one.company_id)}-{asked.mark(session, one.company_id)}"
        scope = f"works:{one.code}"
        known = (col(ForecastRunRow.fingerprint) == mark) & (col(ForecastRunRow.scope) == scope)
        if session.execute(select(col(ForecastRunRow.id)).where(known)).first() is not None:
            continue
        values = {"scope": scope, "as_of": as_of, "fingerprint": mark, "method": "contacts"}
        payload = asdict(_estimated(session, one, as_of))
        kept_runs.keep(session, values | {"payload": payload, "created_at": now()})
        made += 1
    return made


def _estimated(session: Session, one: CompanySummary, as_of: date) -> WhatWorks:
    invoices = asked.overdue_invoices(session, one.company_id, as_of, rule.MOST_INVOICES)
    contacts = asked.contacts(session, one.company_id, as_of)
    if invoices.empty:
        return WhatWorks(0, 0, (), None, reason="few_payments")
    settled = [FAR if day == OPEN_END else day_number(day) for day in invoices["settled"]]
    invoices = invoices.assign(due=[day_number(day) for day in invoices["due"]], settled=settled)
    contacts = contacts.assign(day=pd.Series([day_number(day) for day in contacts["day"]], dtype="int64"))
    return rule.what_works(invoices, contacts, day_number(as_of))


def _from_payload(told: Mapping[str, Any]) -> WhatWorks:
    effects = tuple(Effect(**one) for one in told["effects"])
    anyway = tuple(told["anyway"]) if told["anyway"] else None
    return WhatWorks(**(dict(told) | {"effects": effects, "anyway": anyway}))
