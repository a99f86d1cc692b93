"""Reports that are mailed: who set them up, to whom, when; each reader gets what its own rights reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from ar_cockpit.db.tables import ReportReaderRow, ReportRow, ReportScheduleRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.reports.definition import Definition, from_json
from ar_cockpit.domain.reports.rhythm import About, Every, Rhythm
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.i18n import say
from ar_cockpit.services import audit
from ar_cockpit.services.people import companies
from ar_cockpit.services.people.colleagues import everybody
from ar_cockpit.services.reports.files import ENDINGS, Part, Wish, pack
from ar_cockpit.services.reports.kept import reports
from ar_cockpit.services.reports.rows import Asked
from ar_cockpit.settings import get_settings

PACK = "monthly_pack"
MOST_READERS = 50
_MAY = Permission.VIEW_FIGURES


@dataclass(frozen=True, slots=True)
class Plan:
    """What is mailed, as a person chose it; no ``definition``: the pack of a month."""

    shipped: str
    definition: Definition | None
    company: str
    currency: str
    ending: str
    rhythm: Rhythm
    about: About
    readers: tuple[int, ...]
    report_id: int | None = None
    name: str = ""  # of a saved report
    is_converted: bool = False  # all documents, converted into the currency

    def title(self, language: str) -> str:
        """Return what the report is called."""
        return self.name or say(language, f"reports.name.{self.shipped}")

    def wish(self, asked: Asked, language: str) -> Wish:
        """Return what is to be made of it."""
        if self.definition is None:
            return pack(asked, language)
        return Wish([Part(self.shipped, self.definition, self.name)], asked, language)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A report that is mailed; ``next_at`` is none while it is paused, ``owner`` who set it up."""

    schedule_id: int
    plan: Plan
    next_at: datetime | None
    owner: str
    is_mine: bool
    readers: tuple[str, ...]  # their names


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be sent reports."""

    user_id: int
    name: str
    email: str


def people(session: Session, actor: Actor) -> list[Reader]:
    """Return whom ``actor`` may send reports to: who may export figures of a company that both see."""
    mine = actor.scope(_MAY).company_ids
    found = []
    for one in everybody(session):
        if one.user_id is None or not (one.may(_MAY) and one.may(Permission.EXPORT)):
            continue
        theirs = one.scope(_MAY).company_ids
        if mine is None or theirs is None or mine & theirs:
            found.append(Reader(one.user_id, one.name, one.email))
    return found


def schedules(session: Session, actor: Actor) -> list[Scheduled]:
    """Return what ``actor`` set up or is sent, the next one first and the paused ones last."""
    actor.require(_MAY)
    row, reader = ReportScheduleRow, ReportReaderRow
    sent_to_me = select(reader.schedule_id).where(col(reader.user_id) == actor.user_id)
    question = (
        select(row, UserRow.name, ReportRow)
        .join(UserRow, col(UserRow.id) == col(row.owner_id))
        .outerjoin(ReportRow, col(ReportRow.id) == col(row.report_id))
        .where(or_(col(row.owner_id) == actor.user_id, col(row.id).in_(sent_to_me)))
        .order_by(col(row.next_at).nulls_last(), col(row.id))
    )
    found = session.exec(question).all()
    readers = readers_of(session, [one.id for one, _, _ in found])
    return [
        Scheduled(
            one.id,
            plan_of(one, kept, [person.user_id for person in readers[one.id]]),
            one.next_at,
            owner,
            one.owner_id == actor.user_id,
            tuple(person.name for person in readers[one.id]),
        )
        for one, owner, kept in found
    ]


def readers_of(session: Session, schedule_ids: Sequence[int]) -> dict[int, list[Reader]]:
    """Return whom schedules are sent to, by name."""
    question = (
        select(ReportReaderRow.schedule_id, UserRow.id, UserRow.name, UserRow.email)
        .join(UserRow, col(UserRow.id) == col(ReportReaderRow.user_id))
        .where(col(ReportReaderRow.schedule_id).in_(schedule_ids))
        .order_by(col(UserRow.name), col(UserRow.id))
    )
    found: dict[int, list[Reader]] = {key: [] for key in schedule_ids}
    for schedule_id, user_id, name, email in session.exec(question):
        found[schedule_id].append(Reader(user_id, name, email))
    return found


def plan_of(row: ReportScheduleRow, kept: ReportRow | None, readers: Sequence[int]) -> Plan:
    """Return a schedule's plan; what its saved report shows now counts, and what it showed once that is gone."""
    definition = (kept.definition if kept else row.definition) or None
    hour, minute = (int(part) for part in row.local_time.split(":"))
    return Plan(
        row.shipped,
        from_json(definition) if definition else None,
        row.company,
        row.currency,
        row.ending,
        Rhythm(Every(row.every), time(hour, minute), row.weekday, row.month_day),
        About(row.about),
        tuple(readers),
        row.report_id,
        kept.name if kept else row.name,
        row.is_converted,
    )


def add(session: Session, actor: Actor, plan: Plan, *, at: datetime) -> int:
    """Mail a report from now on and return the schedule's key; the first mail goes at the next time of its rhythm."""
    actor.require(_MAY)
    actor.require(Permission.EXPORT)
    if actor.user_id is None:
        raise InputError("Only a person with an account has reports mailed.")
    _check(session, actor, plan)
    row = ReportScheduleRow(
        owner_id=actor.user_id,
        report_id=plan.report_id,
        shipped=plan.shipped,
        name=plan.name,
        definition=plan.definition.as_json() if plan.definition else {},
        company=plan.company,
        currency=plan.currency,
        is_converted=plan.is_converted,
        ending=plan.ending,
        every=plan.rhythm.every.value,
        local_time=f"{plan.rhythm.at:%H:%M}",
        weekday=plan.rhythm.weekday,
        month_day=plan.rhythm.month_day,
        about=plan.about.value,
        next_at=plan.rhythm.next_after(at, get_settings().zone),
        created_at=at,
    )
    session.add(row)
    session.flush()
    session.add_all(ReportReaderRow(schedule_id=row.id, user_id=user_id) for user_id in plan.readers)
    session.flush()
    audit.record(session, actor, "report.schedule", ("report", _key(row)), after=_told(session, row))
    return row.id


def pause(session: Session, actor: Actor, schedule_id: int, *, paused: bool, at: datetime) -> None:
    """Stop mailing one's own schedule for a while, or go on at the next time of its rhythm."""
    row = own(session, actor, schedule_id)
    rhythm = plan_of(row, None, ()).rhythm
    row.next_at = None if paused else rhythm.next_after(at, get_settings().zone)
    session.add(row)
    audit.record(session, actor, "report.pause" if paused else "report.resume", ("report", _key(row)))


def remove(session: Session, actor: Actor, schedule_id: int) -> Plan:
    """Mail one's own schedule no more; return what it was, so that it can be put back. What was sent stays listed."""
    row = own(session, actor, schedule_id)
    kept = session.get(ReportRow, row.report_id) if row.report_id else None
    gone = plan_of(row, kept, [one.user_id for one in readers_of(session, [row.id])[row.id]])
    audit.record(session, actor, "report.unschedule", ("report", _key(row)), before=_told(session, row))
    session.delete(row)
    session.flush()
    return replace(gone, report_id=gone.report_id if kept else None)


def leave(session: Session, actor: Actor, schedule_id: int) -> None:
    """Take oneself off the readers of somebody's schedule."""
    mine = session.get(ReportReaderRow, (schedule_id, actor.user_id))
    if mine is None:
        raise NotFoundError("There is no such mailed report.")
    row = session.get_one(ReportScheduleRow, schedule_id)
    session.exec(
        delete(ReportReaderRow).where(
            col(ReportReaderRow.schedule_id) == schedule_id, col(ReportReaderRow.user_id) == actor.user_id
        )
    )
    audit.record(session, actor, "report.leave", ("report", _key(row)))


def own(session: Session, actor: Actor, schedule_id: int) -> ReportScheduleRow:
    """Return one's own schedule; others' do not exist."""
    actor.require(_MAY)
    row = session.get(ReportScheduleRow, schedule_id)
    if row is None or actor.user_id is None or row.owner_id != actor.user_id:
        raise NotFoundError("There is no such mailed report.")
    return row


def _check(session: Session, actor: Actor, plan: Plan) -> None:
    if plan.ending not in ENDINGS or (plan.definition is None and (plan.ending == "csv" or plan.shipped != PACK)):
        raise InputError("There is no such format.", "Choose PDF, XLSX or CSV; the pack is a PDF or a workbook.")
    if plan.definition is not None and plan.shipped not in SHIPPED:
        raise InputError("There is no such report.", "Choose a subject and at least one of its columns.")
    if plan.company:
        companies.chosen_companies(session, actor, _MAY, plan.company)  # not found: none of the actor's
    if plan.report_id is not None and plan.report_id not in {one.report_id for one in reports(session, actor)}:
        raise NotFoundError("There is no such report.")
    if not 0 < len(plan.readers) <= MOST_READERS:
        raise InputError("Choose who gets the report.", f"At least one person and at most {MOST_READERS}.")
    if not set(plan.readers) <= {one.user_id for one in people(session, actor)}:
        raise NotFoundError("There is no such colleague.")


def _key(row: ReportScheduleRow) -> str:
    return row.name or row.shipped


def _told(session: Session, row: ReportScheduleRow) -> dict[str, Any]:
    keys = ("company", "currency", "is_converted", "ending", "every", "local_time", "weekday", "month_day", "about")
    readers = [one.email for one in readers_of(session, [row.id])[row.id]]
    return {key: getattr(row, key) for key in keys} | {"readers": readers}
