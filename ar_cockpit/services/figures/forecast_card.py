"""The model card of a company's own ledger: errors from past months beside naive forecasts, kept by the night's job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures.forecast import fingerprint
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.forecast.backtest import Backtest, Bin, Errors, backtest, month_starts
from ar_cockpit.domain.forecast.history import day_number, to_date
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import kept_runs, reporting
from ar_cockpit.services.figures.known_ledger import company_ledger
from ar_cockpit.services.people.companies import CompanySummary

ORIGINS = 6  # their weeks overlap: of three, one bad summer was most of what was judged
VERSION = 2  # of the method: a new one makes everything anew


@dataclass(frozen=True, slots=True)
class LedgerCard:
    """What a company's own past says of its forecast; ``made_on`` is the day it was measured for."""

    company: str
    made_on: date
    origins: tuple[date, ...]
    at_issue: int
    open_on_origin: int
    methods: dict[str, Errors]
    late: tuple[Bin, ...]  # the forecast's chances of lateness against what came


def cards(session: Session, actor: Actor, company: str = "") -> list[LedgerCard]:
    """Return the newest kept card of each company whose figures ``actor`` may see; none before the first night."""
    seen = reporting.visible_companies(session, actor, company)
    scopes = {f"card:{one.code}": one.code for one in seen}
    question = select(col(ForecastRunRow.scope), col(ForecastRunRow.as_of), col(ForecastRunRow.payload))
    kept = session.execute(
        question.where(col(ForecastRunRow.scope).in_(scopes)).order_by(col(ForecastRunRow.as_of))
    ).all()
    newest = {scope: from_payload(scopes[scope], made_on, payload) for scope, made_on, payload in kept}
    return [newest[scope] for scope in sorted(newest)]


def refresh(session: Session, actor: Actor, *, as_of: date) -> int:
    """Measure and keep the card of every company whose ledger has changed; return how many. For the night's job."""
    made = 0
    for one in reporting.visible_companies(session, actor):
        actor.require(Permission.RUN_JOBS, one.company_id)
        made += _refresh(session, one, as_of)
    return made


def _refresh(session: Session, one: CompanySummary, as_of: date) -> bool:
    mark, scope = f"{VERSION}-{fingerprint(session, one.company_id)}", f"card:{one.code}"
    known = (col(ForecastRunRow.scope) == scope) & (col(ForecastRunRow.fingerprint) == mark)
    if session.execute(select(col(ForecastRunRow.id)).where(known)).first() is not None:
        return False
    ledger, until = company_ledger(session, one, as_of), day_number(as_of)
    origins = month_starts([ledger], until, ORIGINS) if len(ledger) else []
    if not origins:
        return False
    payload = payload_of(backtest([ledger], origins, until))
    values = {"scope": scope, "as_of": as_of, "fingerprint": mark, "method": "card", "payload": payload}
    kept_runs.keep(session, values | {"created_at": now()})
    return True


def payload_of(made: Backtest) -> dict[str, Any]:
    """Return a run of the protocol as it is kept."""
    return {
        "origins": list(made.origins),
        "at_issue": made.at_issue,
        "open": made.open_on_origin,
        "methods": {name: asdict(errors) for name, errors in made.methods.items()},
        "late": [asdict(one) for one in made.reliability.get("forecast", ())],
    }


def from_payload(company: str, made_on: date, told: Mapping[str, Any]) -> LedgerCard:
    """Return the card of what was kept by :func:`payload_of`."""
    bins: Sequence[Mapping[str, Any]] = told["late"]
    return LedgerCard(
        company,
        made_on,
        tuple(to_date(origin) for origin in told["origins"]),
        told["at_issue"],
        told["open"],
        {name: Errors(**errors) for name, errors in told["methods"].items()},
        tuple(Bin(**one) for one in bins),
    )
