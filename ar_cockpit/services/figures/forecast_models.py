"""Versions of the forecast: every fit is kept with what it learned from and how good it was; a person may go back.

Without a person's choice a day is forecast by a fit on that day alone, so that the same ledger and as-of date give the
same figures whatever was fitted before; what is kept of that very fit only saves making it again. A version that a
person chose forecasts every day from its own as-of date on, until it is released.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import forecast as ledger_queries
from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import ForecastModelRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast import stored
from ar_cockpit.domain.forecast.fitted import FittedForecast
from ar_cockpit.domain.forecast.history import FAR, MAX_HISTORY, day_number, known_on, to_date
from ar_cockpit.services import audit
from ar_cockpit.services.clock import now
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.people.companies import CompanySummary

KEPT = 30  # versions of a company; the chosen one stays beside them
CLEARLY_WORSE = 1.02
_TABLE = ForecastModelRow
_LISTED = ("number", "as_of", "trained_from", "trained_to", "settled", "customers", "method", "design", "figures")
_MARKS = ("data_checksum", "model_checksum", "created_at", "created_by", "chosen_at", "chosen_by", "released_at")


@dataclass(frozen=True, slots=True)
class Version:
    """A kept fit: its training period, its figures from earlier origins, its marks, and whether it was chosen."""

    company: str
    number: int
    as_of: date
    trained_from: date | None
    trained_to: date | None
    settled: int
    customers: int
    method: str
    design: str
    # invoices, days_off, brier_late, coverage: none when the history was too short; sampled_of and left_out where so
    figures: dict[str, Any]
    data_checksum: str
    model_checksum: str
    created_at: datetime
    created_by: str
    is_chosen: bool
    chosen_by: str

    @property
    def days_off(self) -> float | None:
        """Mean distance of the expected day from the day of payment, in days."""
        return self.figures.get("days_off")


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it was kept, and the one before it when that was clearly better."""

    version: Version
    is_new: bool
    better_before: Version | None


def keep(session: Session, actor: Actor, one: CompanySummary, ledger: pd.DataFrame, fitted: FittedForecast) -> Kept:
    """Keep a fit as a version, once for what it learned from; tell when the one before was better."""
    actor.require(Permission.RUN_JOBS, one.company_id)
    mark = stored.data_checksum(ledger, fitted.as_of)
    before = _newest(session, one, to_date(fitted.as_of), mark)
    known = _listed(session, one, col(_TABLE.data_checksum) == mark)
    if not known:
        with _writing(session) as own:
            _insert(own, actor, one, (ledger, fitted, mark))
            known = _listed(own, one, col(_TABLE.data_checksum) == mark)
            return Kept(known[0], True, _better(before, known[0]))
    return Kept(known[0], False, _better(before, known[0]))


def fitted_on(session: Session, one: CompanySummary, ledger: pd.DataFrame, as_of: date) -> FittedForecast:
    """Return what forecasts ``as_of``: the version a person chose, else a fit on that day, kept or made now."""
    chosen = chosen_on(session, one, as_of)
    kept = chosen or kept_of(session, one, stored.data_checksum(ledger, day_number(as_of)))
    return kept or learn(session, one, ledger, as_of)


def learn(session: Session, one: CompanySummary, ledger: pd.DataFrame, as_of: date) -> FittedForecast:
    """Fit on a company's ledger; of one that was read in part, it knows of how many invoices that is a sample."""
    fitted = forecast.fit(ledger, day_number(as_of))
    if len(ledger) < MAX_HISTORY:
        return fitted
    issued = ledger_queries.known_in_all(session, one.company_id, as_of)
    return replace(fitted, sampled_of=issued if issued > MAX_HISTORY else 0)


def chosen_on(session: Session, one: CompanySummary, as_of: date) -> FittedForecast | None:
    """Return the version that a person chose, if it forecasts ``as_of``."""
    chosen = (col(_TABLE.company_id) == one.company_id) & _is_chosen() & (col(_TABLE.as_of) <= as_of)
    content = session.execute(select(col(_TABLE.content)).where(chosen)).scalar_one_or_none()
    return None if content is None else replace(stored.from_bytes(content), as_of=day_number(as_of))


def kept_of(session: Session, one: CompanySummary, data: str) -> FittedForecast | None:
    """Return the kept fit on the data of this checksum."""
    same = (col(_TABLE.company_id) == one.company_id) & (col(_TABLE.data_checksum) == data)
    content = session.execute(select(col(_TABLE.content)).where(same)).scalar_one_or_none()
    return None if content is None else stored.from_bytes(content)


def chosen_mark(session: Session, company_id: int) -> str:
    """Return what tells a chosen version from none and from another one."""
    question = select(col(_TABLE.number)).where(col(_TABLE.company_id) == company_id, _is_chosen())
    return str(session.execute(question).scalar_one_or_none() or "")


def versions(session: Session, actor: Actor, company: str = "") -> list[Version]:
    """Return the kept versions of the companies whose figures ``actor`` may see, newest first."""
    seen = reporting.visible_companies(session, actor, company)
    return [version for one in seen for version in _listed(session, one)]


def roll_back(session: Session, actor: Actor, *, company: str, number: int) -> Version:
    """Let version ``number`` forecast every day from its own as-of date on."""
    one = _one_company(session, actor, company)
    content = session.execute(
        select(col(_TABLE.content)).where(col(_TABLE.company_id) == one.company_id, col(_TABLE.number) == number)
    ).scalar_one_or_none()
    if content is None:
        raise NotFoundError(f"{one.code} has no version {number}.")
    stored.from_bytes(content)  # what cannot be read must not be chosen
    before = chosen_mark(session, one.company_id)
    _release(session, one)
    session.execute(
        update(_TABLE)
        .where(col(_TABLE.company_id) == one.company_id, col(_TABLE.number) == number)
        .values(chosen_at=now(), chosen_by=actor.email, released_at=None)
    )
    audit.record(session, actor, "forecast.roll_back", ("forecast", one.code), {"version": before}, {"version": number})
    return _listed(session, one, col(_TABLE.number) == number)[0]


def release(session: Session, actor: Actor, *, company: str) -> None:
    """Let every day be forecast by a fit of its own again."""
    one = _one_company(session, actor, company)
    before = chosen_mark(session, one.company_id)
    if not before:
        raise InputError(f"No version of {one.code} was chosen.", "Every day is forecast by a fit of its own.")
    _release(session, one)
    audit.record(session, actor, "forecast.release", ("forecast", one.code), {"version": before}, {"version": ""})


def drop_old(session: Session, actor: Actor) -> None:
    """Drop all but the newest versions of each company, and the chosen ones."""
    actor.require(Permission.RUN_JOBS)
    place = func.row_number().over(partition_by=col(_TABLE.company_id), order_by=col(_TABLE.number).desc())
    ranked = select(col(_TABLE.id), place.label("place")).subquery()
    old = select(ranked.c.id).where(ranked.c.place > KEPT)
    session.execute(delete(_TABLE).where(col(_TABLE.id).in_(old), ~_is_chosen()))


def _one_company(session: Session, actor: Actor, code: str) -> CompanySummary:
    seen = reporting.visible_companies(session, actor, code)
    if len(seen) != 1:
        raise InputError("A version belongs to one company.", f"Choose it: {', '.join(one.code for one in seen)}.")
    actor.require(Permission.RUN_JOBS, seen[0].company_id)
    return seen[0]


def _is_chosen() -> Any:
    return col(_TABLE.chosen_at).is_not(None) & col(_TABLE.released_at).is_(None)


def _release(session: Session, one: CompanySummary) -> None:
    session.execute(
        update(_TABLE).where(col(_TABLE.company_id) == one.company_id, _is_chosen()).values(released_at=now())
    )


def _newest(session: Session, one: CompanySummary, as_of: date, mark: str) -> Version | None:
    """Return the newest version of an as-of date up to ``as_of`` that learned from something else."""
    found = _listed(session, one, (col(_TABLE.as_of) <= as_of) & (col(_TABLE.data_checksum) != mark))
    return max(found, key=lambda version: (version.as_of, version.number), default=None)


def _better(before: Version | None, version: Version) -> Version | None:
    if before is None or before.days_off is None:
        return None
    worse = version.days_off is None or version.days_off > CLEARLY_WORSE * before.days_off
    return before if worse else None


def _listed(session: Session, one: CompanySummary, wanted: Any = True) -> list[Version]:
    columns = [col(getattr(_TABLE, name)) for name in (*_LISTED, *_MARKS)]
    question = select(*columns).where(col(_TABLE.company_id) == one.company_id, wanted)
    rows: Sequence[Any] = session.execute(question.order_by(col(_TABLE.number).desc())).all()
    return [_version(one.code, row) for row in rows]


def _version(company: str, row: Sequence[Any]) -> Version:
    told = dict(zip((*_LISTED, *_MARKS), row, strict=True))
    is_chosen = told.pop("released_at") is None and told.pop("chosen_at") is not None
    told.pop("chosen_at", None)
    return Version(company=company, is_chosen=is_chosen, **told)


def _insert(
    session: Session, actor: Actor, one: CompanySummary, made: tuple[pd.DataFrame, FittedForecast, str]
) -> None:
    ledger, fitted, mark = made
    known = known_on(ledger, fitted.as_of)
    settled = known["settled"][known["settled"] < FAR]
    content = stored.to_bytes(fitted)
    last = select(func.coalesce(func.max(col(_TABLE.number)), 0)).where(col(_TABLE.company_id) == one.company_id)
    session.add(
        ForecastModelRow(
            company_id=one.company_id,
            number=session.execute(last).scalar_one() + 1,
            as_of=to_date(fitted.as_of),
            trained_from=to_date(int(known["issued"].min())) if len(known) else None,
            trained_to=to_date(int(settled.max())) if len(settled) else None,
            settled=fitted.settled,
            customers=fitted.customers,
            method=fitted.method,
            design=fitted.calibration.design,
            figures=_figures(fitted),
            data_checksum=mark,
            model_checksum=stored.checksum(content),
            content=content,
            created_at=now(),
            created_by=actor.email,
        )
    )
    session.flush()


def _figures(fitted: FittedForecast) -> dict[str, Any]:
    shown = asdict(fitted.calibration.shown) if fitted.calibration.shown else {}
    sample = {"sampled_of": fitted.sampled_of} if fitted.sampled_of else {}
    return shown | sample | ({"left_out": fitted.left_out} if fitted.left_out else {})


@contextmanager
def _writing(session: Session) -> Iterator[Session]:
    """Yield a session that may write: a reading one must not begin to, SQLite would refuse it."""
    bind: Any = session.get_bind()
    if bind.get_execution_options().get("read_only", False):
        with transaction(bind.execution_options(read_only=False)) as own:
            yield own
    else:
        yield session
