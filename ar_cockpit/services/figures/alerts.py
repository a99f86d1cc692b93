"""Limits watched every morning: a crossed one is told once, with the customers that moved the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlmodel import Session

from ar_cockpit.db.queries.figures import alerts as stored
from ar_cockpit.db.queries.figures.alerts import Alert
from ar_cockpit.db.tables import KpiAlertRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import month_start
from ar_cockpit.domain.figures.kpis import Kpis
from ar_cockpit.domain.figures.measures import DRIFT, MEASURES
from ar_cockpit.services.figures import alert_mails, changes, executive, reporting
from ar_cockpit.services.figures.changes import Change, Moved
from ar_cockpit.services.people.companies import CompanySummary

__all__ = ["DRIFT", "Alert", "standing", "tell_drifts", "watch"]
_LEAST_DAYS = 7  # a change over fewer days explains little
_MOST_CAUSES = 3


class Drifting(Protocol):
    """A customer that pays later than it used to."""

    @property
    def code(self) -> str:
        """The customer's code."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def since_on(self) -> date:
        """The first due date of what came later."""

    @property
    def usual_days(self) -> int:
        """Days late before."""

    @property
    def recent_days(self) -> int:
        """Days late since."""


@dataclass(frozen=True, slots=True)
class _Crossed:
    company: CompanySummary
    figure: str
    value: float
    limit: float


class Looked(NamedTuple):
    """The companies that were looked at, and the limits that their figures crossed."""

    company_ids: list[int]
    crossed: list[_Crossed]


def standing(session: Session, actor: Actor, *, as_of: date | None = None, company: str = "") -> list[Alert]:
    """Return the alerts that stand over the companies ``actor`` may see, the newest first."""
    seen = reporting.visible_companies(session, actor, company)
    return stored.standing(session, [one.company_id for one in seen], as_of)


def look(session: Session, actor: Actor, on: date) -> Looked:
    """Look at every limit on the figures of ``on``: what takes long of :func:`watch`, and writes nothing."""
    actor.require(Permission.RUN_JOBS)
    seen = reporting.visible_companies(session, actor)
    ids = [one.company_id for one in seen]
    limits = stored.limits(session, ids)
    watched = [one for one in seen if one.company_id in limits]
    figures = {line.company.company_id: line.figures for line in executive.side_by_side(session, watched, on, {})}
    return Looked(ids, _crossed(watched, limits, figures))


def watch(session: Session, actor: Actor, on: date, *, at: datetime, looked: Looked | None = None) -> dict[str, int]:
    """Raise what is newly crossed on ``on``, clear what is back within; ``looked`` if somebody did already."""
    actor.require(Permission.RUN_JOBS)
    ids, crossed = looked or look(session, actor, on)
    known = {(one.company_id, one.figure): one for one in stored.standing(session, ids) if one.figure != DRIFT}
    still = {(one.company.company_id, one.figure) for one in crossed}
    back = [one.alert_id for key, one in known.items() if key not in still]
    stored.clear(session, back, on)
    new = [one for one in crossed if (one.company.company_id, one.figure) not in known]
    raised = _raise(session, new, on, at)
    return {"alerts": len(raised), "cleared": len(back), "alert_mails": alert_mails.queue_mails(session, raised, at)}


def tell_drifts(
    session: Session, one: CompanySummary, new: Sequence[Drifting], on: date, *, at: datetime, any_left: bool
) -> None:
    """Tell of the customers that ``new``ly pay later in place of what was told before; of none, when none is left."""
    before = [alert for alert in stored.standing(session, [one.company_id]) if alert.figure == DRIFT]
    if new or not any_left:
        stored.clear(session, [alert.alert_id for alert in before], on)
    if not new:
        return
    steps = [
        {"code": drift.code, "name": drift.name, "part": drift.recent_days - drift.usual_days}
        for drift in new[:_MOST_CAUSES]
    ]
    row = KpiAlertRow(
        company_id=one.company_id,
        figure=DRIFT,
        raised_on=on,
        raised_at=at,
        figure_value=len(new),
        limit_value=0,
        currency=one.currency,
        since_on=new[0].since_on,
        causes={"figure": DRIFT, "steps": steps, "others": 0},
    )
    session.add(row)
    session.flush()
    alert_mails.queue_mails(session, [row], at)


def _crossed(
    watched: Sequence[CompanySummary], limits: Mapping[int, Mapping[str, int]], figures: Mapping[int, Kpis]
) -> list[_Crossed]:
    found = []
    for one in watched:
        for key, kept in sorted(limits[one.company_id].items()):
            measure = MEASURES[key]
            value, limit = measure.pick(figures[one.company_id]), measure.told(kept)
            if value is not None and measure.is_beyond(value, limit):
                found.append(_Crossed(one, key, value, limit))
    return found


def _raise(session: Session, crossed: Sequence[_Crossed], on: date, at: datetime) -> list[KpiAlertRow]:
    """Store alerts with their causes; crossings are rare, so each asks for its own explanation."""
    since = _since(on)
    rows = []
    for one in crossed:
        measure = MEASURES[one.figure]
        asked = Moved(changes.EXPLAINED_BY.get(one.figure, one.figure), since, on)
        moved = changes.of_companies(session, [one.company], asked, one.company.currency, most=_MOST_CAUSES)
        rows.append(
            KpiAlertRow(
                company_id=one.company.company_id,
                figure=one.figure,
                raised_on=on,
                raised_at=at,
                figure_value=measure.kept(one.value),
                limit_value=measure.kept(one.limit),
                currency=one.company.currency,
                since_on=since,
                causes=_causes(moved),
            )
        )
    session.add_all(rows)
    session.flush()
    return rows


def _since(on: date) -> date:
    """Return the last month end that is at least a week ago."""
    day = on - timedelta(days=_LEAST_DAYS)
    return month_start(day) - timedelta(days=1)


def _causes(moved: Change) -> dict[str, Any]:
    one = moved.waterfall
    if one is None:
        return {}
    steps = [
        {
            "code": moved.customers[step.customer_id].code,
            "name": moved.customers[step.customer_id].name,
            "part": round(step.part, 4),
        }
        for step in one.steps
    ]
    told = {"before": one.before, "after": one.after, "others": one.others}
    pace = {} if one.pace is None else {"pace": round(one.pace, 4)}
    return {"figure": moved.figure, "steps": steps, **{key: round(value, 4) for key, value in told.items()}, **pace}
