"""Goals and limits of each company's figures: shown to who sees the figures, set by who may, each change audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.figures import alerts as stored
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.kpis import Kpis
from ar_cockpit.domain.figures.measures import GOALS, MEASURES
from ar_cockpit.services import audit
from ar_cockpit.services.figures import executive, reporting
from ar_cockpit.services.people import companies
from ar_cockpit.services.people.companies import CompanySummary

Goals = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CompanyGoals:
    """A company's goals and limits as figures have them, beside its figures of the day."""

    company: CompanySummary
    goals: Goals
    limits: Goals
    now: Kpis
    wants_mail: bool
    may_set: bool


def goals(session: Session, actor: Actor, as_of: date, *, company: str = "") -> list[CompanyGoals]:
    """Return the companies that ``actor`` may see, each with its goals, limits and figures in its own currency."""
    seen = reporting.visible_companies(session, actor, company)
    ids = [one.company_id for one in seen]
    limits = stored.limits(session, ids)
    mine = {one.company_id for one in stored.readers(session, ids) if one.user_id == actor.user_id}
    return [
        CompanyGoals(
            line.company,
            {key: value for key, value in line.company.targets.items() if key in GOALS},
            {key: MEASURES[key].told(value) for key, value in limits.get(line.company.company_id, {}).items()},
            line.figures,
            line.company.company_id in mine,
            actor.may(Permission.SET_TARGETS, line.company.company_id),
        )
        for line in executive.side_by_side(session, seen, as_of, {})
    ]


def set_goals(
    session: Session, actor: Actor, code: str, new_goals: Goals, new_limits: Goals, *, at: datetime
) -> tuple[dict[str, float], dict[str, float]]:
    """Replace a company's goals and limits; return those before, so that it can be undone."""
    (company_id,) = companies.chosen_companies(session, actor, Permission.VIEW_FIGURES, code)
    actor.require(Permission.SET_TARGETS, company_id)
    if not new_goals.keys() <= GOALS.keys() or not new_limits.keys() <= MEASURES.keys():
        raise InputError("There is no such figure.")
    row = session.get_one(CompanyRow, company_id)
    kept = stored.limits(session, [company_id]).get(company_id, {})
    before: tuple[dict[str, float], dict[str, float]] = (
        {key: value for key, value in row.targets.items() if key in GOALS},
        {key: MEASURES[key].told(value) for key, value in kept.items()},
    )
    row.targets = {key: value for key, value in row.targets.items() if key not in GOALS} | dict(new_goals)
    session.add(row)
    who = {"set_at": at, "set_by": actor.email}
    stored.put_limits(
        session,
        company_id,
        [{"figure": key, "limit_value": MEASURES[key].kept(value), **who} for key, value in new_limits.items()],
    )
    audit.record(
        session,
        actor,
        "targets.set",
        ("company", code),
        before=_told(*before),
        after=_told(dict(new_goals), dict(new_limits)),
    )
    return before


def want_mail(session: Session, actor: Actor, code: str, *, wants: bool) -> None:
    """Tell the actor of a company's crossed limits by mail, or no longer."""
    (company_id,) = companies.chosen_companies(session, actor, Permission.VIEW_FIGURES, code)
    if actor.user_id is None:
        raise InputError("Only a person with an account can be told by mail.")
    stored.set_reader(session, company_id, actor.user_id, wants=wants)


def _told(goals_told: Mapping[str, float], limits_told: Mapping[str, float]) -> dict[str, Any]:
    return {"goals": dict(sorted(goals_told.items())), "limits": dict(sorted(limits_told.items()))}
