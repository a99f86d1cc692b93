"""Keep the sums by day in step with the ledger: anew after an import, by the difference after a single act."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, select

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.figures import applied, balances, invariants, packs, summing
from ar_cockpit.db.queries.figures import flows as stored
from ar_cockpit.db.session import reading, reading_one_state, transaction
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.access import Actor, Permission

_TRIES = 3


def refresh(session: Session, company_ids: Collection[int] | None = None, *, owed_on: date | None = None) -> list[int]:
    """Sum up anew those of ``company_ids`` (all, when not given) that need it, and return them.

    Called at the end of what changes many documents; where nobody calls it, the job does within seconds. Until then
    figures are read from the ledger itself. With ``owed_on`` the packs and what each customer owes that day are kept.
    """
    session.flush()
    made = [one for one in stored.unbuilt(session) if company_ids is None or one in company_ids]
    for company_id in made:
        _sum_up(session, company_id)
    if owed_on is not None:
        made = sorted({*made, *_keep_balances(session, company_ids, owed_on)})
        _keep_packs(session, company_ids)
    return made


def build(engine: Engine, *, owed_on: date) -> list[int]:
    """Sum up anew whatever needs it while others go on writing, a company at a time, and return the companies.

    What each customer owes on ``owed_on`` is kept too. What is summed up is read first and written at once, unless
    somebody wrote to the company meanwhile. On SQLite all writers would wait for a sum of hundreds of thousands of
    documents, and some would give up.
    """
    with reading(engine) as session:
        companies = stored.unbuilt(session)
    for company_id in companies:
        if not any(_build(engine, company_id) for _ in range(_TRIES)):
            with transaction(engine) as session:  # somebody writes all the time: for once they wait
                _sum_up(session, company_id)
    with reading(engine) as session:
        outdated = balances.outdated(session, owed_on)
    for company_id in outdated:
        with transaction(engine) as session:
            _keep_balances(session, [company_id], owed_on)
    with reading(engine) as session:
        unpacked = packs.outdated(session)
    for company_id in unpacked:
        _pack(engine, company_id)
    return sorted({*companies, *outdated, *unpacked})


def _pack(engine: Engine, company_id: int) -> None:
    """Keep the packs of a company unless somebody wrote to it while they were made: then the next round does."""
    with transaction(engine) as session:
        number = packs.begin(session, company_id)
    with reading_one_state(engine) as session:
        made = packs.computed(session, company_id)
    with transaction(engine) as session:
        if packs.is_still_true(session, company_id, number):
            packs.keep(session, company_id, made)


def _build(engine: Engine, company_id: int) -> bool:
    with transaction(engine) as session:
        number = summing.watch(session, company_id)
    with reading(engine) as session:
        of_company = _is_of(company_id)
        sums, sums_applied = stored.computed(session, of_company), applied.computed(session, of_company)
    with transaction(engine) as session:
        if not summing.was_left_alone(session, company_id, number):
            return False
        summing.put(session, company_id, sums, sums_applied)
        stored.trust(session, company_id)
    return True


def is_behind(session: Session, on: date) -> bool:
    """Return whether a company is to be summed up, or what its customers owe is kept of another day."""
    return bool(stored.unbuilt(session) or balances.outdated(session, on) or packs.outdated(session))


def rebuild(session: Session, actor: Actor, on: date) -> dict[str, int]:
    """Sum every company up anew, whatever was kept, and return by company how many of its days were wrong."""
    actor.require(Permission.RUN_JOBS)
    wrong = {}
    for company_id, code in invariants.companies(session):
        before = kept_of(session, company_id)
        _sum_up(session, company_id)
        after = kept_of(session, company_id)
        wrong[code] = sum(before.get(key) != after.get(key) for key in before | after)
    _keep_balances(session, None, on)
    _keep_packs(session, None)
    return wrong


def kept_of(session: Session, company_id: int) -> dict[tuple[Any, ...], object]:
    """Return all sums kept for a company by their keys."""
    return {**stored.stored(session, company_id), **applied.stored(session, company_id)}


def due_of(session: Session, company_id: int) -> dict[tuple[Any, ...], object]:
    """Return the sums that a company's ledger makes, by the same keys."""
    return {**stored.computed_of(session, company_id), **applied.computed(session, _is_of(company_id))}


@contextmanager
def following(session: Session, invoice_ids: Collection[int]) -> Iterator[None]:
    """Change these documents and their allocations inside; the sums follow by the difference.

    For acts that touch a few documents: a large ledger need not be summed up anew for each of them.
    """
    session.flush()
    chosen = among(session, col(InvoiceRow.id), sorted(set(invoice_ids)))
    companies = sorted(session.exec(select(InvoiceRow.company_id).where(chosen).distinct()))
    built = [one for one in companies if stored.hold(session, one)]
    followed = chosen & col(InvoiceRow.company_id).in_(built)
    before, applied_before = stored.computed(session, followed), applied.computed(session, followed)
    yield
    session.flush()
    after, applied_after = stored.computed(session, followed), applied.computed(session, followed)
    nothing = (0,) * len(next(iter((before | after).values()), ()))
    changes = {
        key: tuple(new - old for new, old in zip(after.get(key, nothing), before.get(key, nothing), strict=True))
        for key in before | after
    }
    stored.add(session, {key: amounts for key, amounts in changes.items() if any(amounts)})
    moved = {key: applied_after.get(key, 0) - applied_before.get(key, 0) for key in applied_before | applied_after}
    applied.add(session, {key: minor for key, minor in moved.items() if minor})
    for company_id in built:
        stored.trust(session, company_id)


def _sum_up(session: Session, company_id: int) -> None:
    stored.hold(session, company_id)
    stored.rebuild(session, company_id)
    applied.rebuild(session, company_id)
    stored.trust(session, company_id)


def _keep_balances(session: Session, company_ids: Collection[int] | None, on: date) -> list[int]:
    made = [one for one in balances.outdated(session, on) if company_ids is None or one in company_ids]
    for company_id in made:
        if stored.hold(session, company_id):  # otherwise somebody changed a document meanwhile: the next round
            balances.rebuild(session, company_id, on)
    return made


def _keep_packs(session: Session, company_ids: Collection[int] | None) -> None:
    for company_id in packs.outdated(session):
        if (company_ids is None or company_id in company_ids) and stored.hold(session, company_id):
            packs.keep(session, company_id, packs.computed(session, company_id))


def _is_of(company_id: int) -> ColumnElement[bool]:
    return col(InvoiceRow.company_id) == company_id
