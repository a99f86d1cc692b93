"""The switch of a company's randomised hold-out, and what it has shown: who may, audited, off until somebody turns it.

To switch it is to change when customers are reminded, and takes the right to edit the policy; what came of it is a
figure like others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import hold_outs as stored
from ar_cockpit.db.queries.reminders.hold_outs import StoredTrial
from ar_cockpit.db.tables import HoldOutRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.holding_out import checked_trial
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.forecast.causal import NOBODY, WITHIN, Difference, difference
from ar_cockpit.services import audit
from ar_cockpit.services.people.companies import chosen_companies, visible_companies

_LONG = 6  # digits


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial, whether it runs, who takes part, and what reminding at once changed so far."""

    trial: StoredTrial
    is_running: bool
    customers: tuple[int, int]  # reminded at once, held back
    invoices: tuple[int, int]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class CompanyTrials:
    """A company with its newest trial, if it ever had one, and whether the reader may switch."""

    company: str
    name: str
    outcome: Outcome | None
    may_switch: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """A hold-out as somebody wants it: the share of customers in percent, the delay in days, its last day."""

    share: int
    days: int
    ends_on: date


def wish_of(share: str, days: str, ends_on: str) -> Wish:
    """Return a hold-out as typed; raise ``InputError`` for what is no number and no day."""
    numbers = [text.strip().removesuffix("%").strip() for text in (share, days)]
    if not all(text.isdecimal() and len(text) < _LONG for text in numbers):
        raise InputError("The share and the days are whole numbers.", "For example 10 % and 3 days.")
    try:
        return Wish(int(numbers[0]), int(numbers[1]), date.fromisoformat(ends_on.strip()))
    except ValueError as error:
        raise InputError(
            "The hold-out cannot end on that day.", "Choose a day within a year from tomorrow on."
        ) from error


def start(session: Session, actor: Actor, company: str, wish: Wish, *, as_of: date, at: datetime) -> int:
    """Switch a company's hold-out on from ``as_of`` and return its key.

    Raises ``InputError`` for what cannot be meant, ``RefusedError`` while one is running.
    """
    company_id = _company(session, actor, company)
    checked_trial(wish.share, wish.days, as_of, wish.ends_on)
    if any(one.stopped_on is None and one.ends_on >= as_of for one in stored.trials(session, [company_id])):
        raise RefusedError("A hold-out is running already.", "Stop it first, or wait for its end.")
    row = HoldOutRow(
        company_id=company_id,
        share=wish.share,
        days=wish.days,
        starts_on=as_of,
        ends_on=wish.ends_on,
        created_at=at,
        created_by=actor.email,
    )
    session.add(row)
    session.flush()
    after = {"share": row.share, "days": row.days, "starts_on": as_of.isoformat(), "ends_on": row.ends_on.isoformat()}
    audit.record(session, actor, "hold_out.start", ("company", company), after=after)
    return row.id


def stop(session: Session, actor: Actor, company: str, *, as_of: date) -> None:
    """Switch it off: what it held back goes with the next run; what it has shown stays."""
    company_id = _company(session, actor, company)
    running = [one for one in stored.trials(session, [company_id]) if one.runs_on(as_of)]
    if not running:
        raise RefusedError("No hold-out is running.", "Nothing was changed.")
    row = session.get_one(HoldOutRow, running[0].trial_id)
    row.stopped_on, row.stopped_by = as_of, actor.email
    before = {"share": row.share, "days": row.days, "ends_on": row.ends_on.isoformat()}
    audit.record(session, actor, "hold_out.stop", ("company", company), before=before)


def newest(session: Session, actor: Actor, *, as_of: date, company: str = "") -> list[CompanyTrials]:
    """Return for each company whose figures ``actor`` may see its newest trial, and what came of it by ``as_of``."""
    seen = [one for one in visible_companies(session, actor, Permission.VIEW_FIGURES) if company in ("", one.code)]
    by_company: dict[str, StoredTrial] = {}
    for trial in stored.trials(session, [one.company_id for one in seen]):
        by_company.setdefault(trial.company, trial)
    return [
        CompanyTrials(
            one.code,
            one.name,
            _outcome(session, by_company[one.code], as_of) if one.code in by_company else None,
            actor.may(Permission.EDIT_POLICY, one.company_id),
        )
        for one in seen
    ]


def _outcome(session: Session, trial: StoredTrial, as_of: date) -> Outcome:
    part = stored.taking_part(session, trial.trial_id)
    (at_once, invoices), (held, held_invoices) = part.get(False, (0, 0)), part.get(True, (0, 0))
    days = sorted({trial.days, WITHIN})
    found = [(within, stored.arms(session, trial.trial_id, within, as_of)) for within in days]
    told = tuple(difference(within, arms.get(False, NOBODY), arms.get(True, NOBODY)) for within, arms in found)
    return Outcome(trial, trial.runs_on(as_of), (at_once, held), (invoices, held_invoices), told)


def document(one: CompanyTrials) -> dict[str, object]:
    """Return it as JSON tells it."""
    if one.outcome is None:
        return {"company": one.company, "trial": None}
    trial = asdict(one.outcome.trial)
    trial |= {name: trial[name].isoformat() if trial[name] else None for name in ("starts_on", "ends_on", "stopped_on")}
    return {
        "company": one.company,
        "trial": trial | {"is_running": one.outcome.is_running},
        "customers": dict(zip(("at_once", "held_out"), one.outcome.customers, strict=True)),
        "invoices": dict(zip(("at_once", "held_out"), one.outcome.invoices, strict=True)),
        "differences": [_told(each) for each in one.outcome.differences],
    }


def _told(one: Difference) -> dict[str, object]:
    if one.gain is None:
        return {"paid_within_days": one.within, "difference": None, "reason": "too little yet"}
    shares = {"at_once": round(one.at_once.share, 4), "held_out": round(one.held.share, 4)}
    interval = {"difference": round(one.gain, 4), "low": round(one.low, 4), "high": round(one.high, 4)}
    return {"paid_within_days": one.within, **shares, **interval}


def _company(session: Session, actor: Actor, code: str) -> int:
    found = chosen_companies(session, actor, Permission.EDIT_POLICY, code)
    if not code or len(found) != 1:
        raise NotFoundError("Choose one company.", "Each company has a hold-out of its own.")
    actor.require(Permission.EDIT_POLICY, found[0])
    return found[0]
