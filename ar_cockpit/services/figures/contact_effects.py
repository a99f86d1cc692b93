"""What contacts changed in each company's ledger, kept by the night's job: a page shows it and fits nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import contacts as asked
from ar_cockpit.db.queries.figures.forecast import fingerprint
from ar_cockpit.db.queries.reminders import hold_outs
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.forecast import contacts as rule
from ar_cockpit.domain.forecast.anyway import Share, paid_anyway
from ar_cockpit.domain.forecast.causal import NOBODY, Difference, difference
from ar_cockpit.domain.forecast.contacts import Effect, WhatWorks
from ar_cockpit.domain.forecast.history import FAR, day_number
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import kept_runs, reporting
from ar_cockpit.services.people.companies import CompanySummary

VERSION = 2  # of the method: a new one makes everything anew
TRIAL_VALID = timedelta(days=366)  # after its last day: what a reminder changes does not stay the same for ever


@dataclass(frozen=True, slots=True)
class CompanyEffects:
    """What contacts changed at one company, as seen from a day."""

    company: str
    name: str
    as_of: date
    found: WhatWorks
    by_trial: Share | None = None  # who would pay anyway by a hold-out, drawn to what was observed: the queue uses it


def what_works(session: Session, actor: Actor, *, as_of: date, company: str = "") -> list[CompanyEffects]:
    """Estimate, for the companies whose figures ``actor`` may see. Takes seconds: never for a page."""
    seen = reporting.visible_companies(session, actor, company)
    found = []
    for one in seen:
        estimated = _estimated(session, one, as_of)
        by_trial = paid_anyway(_trial(session, one, as_of), estimated.anyway)
        found.append(CompanyEffects(one.code, one.name, as_of, estimated, by_trial))
    return found


def kept(session: Session, actor: Actor, company: str = "") -> list[CompanyEffects]:
    """Return the newest kept estimate of each company; none before the first night."""
    seen = reporting.visible_companies(session, actor, company)
    scopes = {f"works:{one.code}": one for one in seen}
    question = select(col(ForecastRunRow.scope), col(ForecastRunRow.as_of), col(ForecastRunRow.payload))
    rows = session.execute(question.where(col(ForecastRunRow.scope).in_(scopes)).order_by(col(ForecastRunRow.as_of)))
    newest = {
        scope: CompanyEffects(scopes[scope].code, scopes[scope].name, on, *_from_payload(payload))
        for scope, on, payload in rows
    }
    return [newest[scope] for scope in sorted(newest)]


def refresh(session: Session, actor: Actor, *, as_of: date) -> int:
    """Estimate and keep for every company that changed since; return how many. For the night's job."""
    made = 0
    for one in reporting.visible_companies(session, actor):
        actor.require(Permission.RUN_JOBS, one.company_id)
        trial = _trial(session, one, as_of)
        marks = (fingerprint(session, one.company_id), asked.mark(session, one.company_id), _mark(trial))
        mark = "-".join((f"{VERSION}", *filter(None, marks)))
        scope = f"works:{one.code}"
        known = (col(ForecastRunRow.fingerprint) == mark) & (col(ForecastRunRow.scope) == scope)
        if session.execute(select(col(ForecastRunRow.id)).where(known)).first() is not None:
            continue
        values = {"scope": scope, "as_of": as_of, "fingerprint": mark, "method": "contacts"}
        found = _estimated(session, one, as_of)
        payload = asdict(found) | {"by_trial": paid_anyway(trial, found.anyway)}
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


def _trial(session: Session, one: CompanySummary, as_of: date) -> Difference | None:
    """Return what the newest hold-out that is large enough shows within the days of its delay."""
    for trial in hold_outs.trials(session, [one.company_id]):
        if trial.starts_on > as_of or min(trial.ends_on, trial.stopped_on or trial.ends_on) < as_of - TRIAL_VALID:
            continue
        arms = hold_outs.arms(session, trial.trial_id, trial.days, as_of)
        found = difference(trial.days, arms.get(False, NOBODY), arms.get(True, NOBODY))
        if found.gain is not None:
            return found
    return None


def _mark(trial: Difference | None) -> str:
    """Return what changes when a trial has followed more invoices, or more of them were paid in time."""
    if trial is None:
        return ""
    return ".".join(str(count) for arm in (trial.at_once, trial.held) for count in (arm.invoices, arm.paid))


def _from_payload(told: Mapping[str, Any]) -> tuple[WhatWorks, Share | None]:
    known = dict(told)
    by_trial = known.pop("by_trial", None)
    effects = tuple(Effect(**one) for one in known["effects"])
    anyway = tuple(known["anyway"]) if known["anyway"] else None
    found = WhatWorks(**(known | {"effects": effects, "anyway": anyway}))
    return found, (by_trial[0], by_trial[1], by_trial[2]) if by_trial else None
