"""Every morning: who pays notably later than it used to. Each is told once, until it pays as before again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.queries.figures import drifts as stored
from ar_cockpit.db.queries.figures.drifts import StoredDrift
from ar_cockpit.db.tables import PaymentDriftRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.figures import alerts, reporting
from ar_cockpit.services.people.companies import CompanySummary

if TYPE_CHECKING:
    from ar_cockpit.db.queries.figures.drifts import Line

__all__ = ["StoredDrift", "standing", "watch"]
_COLUMNS = (
    "company_id",
    "customer_id",
    "raised_on",
    "since_on",
    "usual_days",
    "recent_days",
    "usual_count",
    "recent_count",
    "chance_ppm",
)


def standing(session: Session, actor: Actor, *, as_of: date | None = None, company: str = "") -> list[StoredDrift]:
    """Return the customers told to pay later, of the companies ``actor`` may see, the largest change first."""
    seen = reporting.visible_companies(session, actor, company)
    return stored.standing(session, [one.company_id for one in seen], as_of)


def look(session: Session, actor: Actor, on: date) -> dict[int, Sequence[Line]]:
    """Return by company how late its customers pay: what takes long of :func:`watch`, and writes nothing."""
    actor.require(Permission.RUN_JOBS)
    # Its libraries would slow every start of the jobs.
    from ar_cockpit.domain.forecast import drift as rule  # noqa: PLC0415

    window, span = rule.Window.of(on), (rule.EARLIEST, rule.LATEST)
    days = (window.usual_from, window.recent_from, window.recent_to)
    ids = [one.company_id for one in reporting.visible_companies(session, actor)]
    return {key: stored.late_by_customer(session, key, on, days, span) for key in ids}


def watch(
    session: Session, actor: Actor, on: date, *, at: datetime, looked: Mapping[int, Sequence[Line]] | None = None
) -> dict[str, int]:
    """Look at every customer of every company: raise who drifted, clear who pays as before again.

    ``looked`` is what :func:`look` found, if somebody did already.
    """
    actor.require(Permission.RUN_JOBS)
    raised = cleared = 0
    lines = look(session, actor, on) if looked is None else looked
    for one in reporting.visible_companies(session, actor):
        new, back = _watch_company(session, one, on, lines.get(one.company_id, ()))
        left = stored.standing(session, [one.company_id])
        told = [drift for drift in left if drift.customer_id in new]
        alerts.tell_drifts(session, one, told, on, at=at, any_left=bool(left))
        raised, cleared = raised + len(told), cleared + back
    return {"drifts": raised, "drifts_over": cleared}


def _watch_company(session: Session, one: CompanySummary, on: date, lines: Sequence[Line]) -> tuple[set[int], int]:
    """Return who is told now, and how many are cleared."""
    from ar_cockpit.domain.forecast import drift as rule  # noqa: PLC0415 (as above)

    window = rule.Window.of(on)
    known = {drift.customer_id: drift for drift in stored.standing(session, [one.company_id])}
    back = _back(lines, known, on, rule.BACK_WITHIN, rule.LONGEST.days)
    stored.clear(session, [known[key].drift_id for key in back], on)
    rows = [row for row in _found(lines, one.company_id, on, window.recent_from) if row[1] not in known]
    upsert(session, PaymentDriftRow, _COLUMNS, rows)
    return {row[1] for row in rows}, len(back)


def _found(
    lines: Sequence[Line], company_id: int, on: date, since: date
) -> list[tuple[int, int, date, date, int, int, int, int, int]]:
    import numpy as np  # noqa: PLC0415 (as above)

    from ar_cockpit.domain.forecast import drift as rule  # noqa: PLC0415

    if not lines:
        return []
    table = np.array([[float(value or 0) for value in line] for line in lines])
    whole = table.astype(np.int64)
    usual, recent = (rule.paid(whole[:, at], table[:, at + 1], table[:, at + 2], whole[:, at + 3]) for at in (1, 5))
    found = rule.drifts(usual, recent)
    return [
        (
            company_id,
            int(whole[at, 0]),
            on,
            since,
            round(float(usual.mean[at])),
            round(float(recent.mean[at])),
            int(whole[at, 1]),
            int(whole[at, 5]),
            round(1_000_000 * float(found.chance[at])),
        )
        for at in np.flatnonzero(found.is_found)
    ]


def _back(lines: Sequence[Line], known: dict[int, StoredDrift], on: date, within: int, longest: int) -> list[int]:
    """Return the customers whose episode is over: they pay as before, have nothing due lately, or it is their habit."""
    recent = {line[0]: line[6] / line[5] for line in lines if line[5]}
    return [
        key
        for key, drift in known.items()
        if recent.get(key, drift.usual_days) <= drift.usual_days + within or (on - drift.raised_on).days > longest
    ]
