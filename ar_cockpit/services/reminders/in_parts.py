"""A day's run of a large ledger: planned while only reading, recorded a few hundred customers at a time.

Nobody waits to write for longer than a part takes. What changed since the day was planned is no trouble: each part
plans its customers again in the transaction that records them. A run that breaks off on whatever line leaves whole
parts, and the next one plans what is left; nothing is said twice, as after any run of the same day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.queries.reminders import hold_outs
from ar_cockpit.db.session import give_way, reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.cadence.plan import CadencePlan
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.run import RunReport

IN_A_PART = 400  # customers recorded in one transaction: half a second of work


def run_in_parts(
    engine: Engine, actor: Actor, as_of: date, *, at: datetime, company: str = "", in_a_part: int = IN_A_PART
) -> RunReport:
    """Do what :func:`~ar_cockpit.services.reminders.run.run` does in many short transactions."""
    with reading(engine) as session:
        made = reminders.plan_to_run(session, actor, as_of, company=company)
        telling = sorted({one.customer_id for one in made.day.tellings})
        going = _whom(session, made)
        held = made.held_count + sum(len(touch.items) for touch in made.day.touches)
    told = _tell(engine, actor, as_of, telling, at)
    messages = tasks = 0
    for first in range(0, len(going), in_a_part):
        with transaction(engine) as session:
            part = reminders.run_some(session, actor, as_of, going[first : first + in_a_part], at=at)
        messages, tasks, held = messages + part.messages, tasks + part.tasks, held - part.named
        give_way(engine)
    return RunReport(as_of, messages, tasks, held, told)


def _whom(session: Session, made: CadencePlan) -> list[int]:
    """Return the customers of whom anything is to be recorded, those whom chance holds back among them."""
    touched = [touch.customer_id for touch in made.day.touches]
    return list(dict.fromkeys([*touched, *hold_outs.customers_of(session, made.day.enrolled)]))


def _tell(engine: Engine, actor: Actor, as_of: date, telling: Sequence[int], at: datetime) -> int:
    """Tell of what comes, all at once and first: a sales owner has one digest a day, and who is written to has none."""
    if not telling:
        return 0
    with transaction(engine) as session:
        told = reminders.tell_some(session, actor, as_of, telling, at=at)
    give_way(engine)
    return told
