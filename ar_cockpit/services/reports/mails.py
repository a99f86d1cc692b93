"""Mails of reports: begun when their time has come, their files made with the reader's rights, sent at most once.

A file may take a while and reads much, so it is made before its mail is queued, outside of any writing transaction.
Killed anywhere, what was being made is made again, and nothing is sent twice.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from sqlalchemy import Engine, exists, func, or_, select, update
from sqlmodel import Session, col

from ar_cockpit import routes
from ar_cockpit.db.queries.colleague_outbox import Claimed
from ar_cockpit.db.session import reading_one_state, transaction
from ar_cockpit.db.tables import CompanyRow, ReportMailRow, ReportRow, ReportScheduleRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError, ForbiddenError, NotFoundError
from ar_cockpit.domain.reports.rhythm import About, reported_day
from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.enclosures import Paper
from ar_cockpit.mail.report_mail import Mailed, compose_report
from ar_cockpit.services import audit
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.reports import files, schedules
from ar_cockpit.services.reports.files import ENDINGS, Draw, ReportFile, Wish
from ar_cockpit.services.reports.kept import OWN
from ar_cockpit.services.reports.rows import Asked
from ar_cockpit.services.reports.schedules import Reader
from ar_cockpit.services.sending.to_colleagues import Kind, headed, public_address
from ar_cockpit.settings import get_settings

MOST_TRIES = 3
NO_RIGHT, GONE, TOO_OFTEN = "no right", "the schedule is gone", "could not be made"
_ENDED = ("sent", "failed", "unknown", "cancelled")
_ROW = ReportMailRow
_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class _Making:
    """A file to be made: for whom, and of what."""

    mail_id: int
    reader: Actor
    is_active: bool
    ending: str
    wish: Wish


def something_to_make(session: Session, at: datetime) -> bool:
    """Return whether the time of a report has come, or a file is still to be made."""
    due = exists().where(col(ReportScheduleRow.next_at) <= at)
    making = exists().where(col(_ROW.state) == "making")
    return bool(session.execute(select(or_(due, making))).scalar_one())


def begin_due(session: Session, actor: Actor, at: datetime) -> int:
    """Begin a mail to each reader of each report whose time has come; what was missed is made up for by one."""
    actor.require(Permission.RUN_JOBS)
    row = ReportScheduleRow
    due = session.scalars(select(row).where(col(row.next_at) <= at).with_for_update(skip_locked=True)).all()
    begun = _begin(session, [(one, f"{one.next_at:%Y%m%dT%H%M}") for one in due], at)
    for one in due:
        one.next_at = schedules.plan_of(one, None, ()).rhythm.next_after(at, get_settings().zone)
        session.add(one)
    return begun


def send_now(session: Session, actor: Actor, schedule_id: int, *, at: datetime) -> int:
    """Begin a mail to each reader of one's own schedule, besides its rhythm; return how many. Once a minute at most."""
    row = schedules.own(session, actor, schedule_id)
    begun = _begin(session, [(row, f"now {at:%Y%m%dT%H%M}")], at)
    audit.record(session, actor, "report.send_now", ("report", row.name or row.shipped), after={"mails": begun})
    return begun


def make_files(engine: Engine, actor: Actor, draw: Draw, stop: threading.Event | None = None) -> Counter[str]:
    """Make the files of the mails that were begun and queue them; count what became of each."""
    actor.require(Permission.RUN_JOBS)
    counts: Counter[str] = Counter()
    while not (stop is not None and stop.is_set()):
        with transaction(engine) as session:
            one = _next(session)
        if one is None:
            break
        made = _made(engine, one, draw)
        with transaction(engine) as session:
            counts[_record(session, one.mail_id, made)] += 1
    return counts


def _begin(session: Session, wanted: Sequence[tuple[ReportScheduleRow, str]], at: datetime) -> int:
    ids = [row.id for row, _ in wanted]
    readers = schedules.readers_of(session, ids)
    begun = session.execute(
        select(col(_ROW.schedule_id), col(_ROW.user_id), col(_ROW.occasion)).where(
            col(_ROW.schedule_id).in_(ids), col(_ROW.occasion).in_([occasion for _, occasion in wanted])
        )
    )
    known = {tuple(one) for one in begun}
    named = select(CompanyRow).where(col(CompanyRow.code).in_([row.company for row, _ in wanted]))
    writers = {company.code: company for company in session.scalars(named)}
    rows = [
        _mail(row, occasion, reader, writers.get(row.company), at)
        for row, occasion in wanted
        for reader in readers[row.id]
        if (row.id, reader.user_id, occasion) not in known
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Headed:
    """A reader, and how the company that the report is about writes."""

    user_id: int
    email: str
    mail_from: str
    mail_reply_to: str


def _mail(
    row: ReportScheduleRow, occasion: str, reader: Reader, company: CompanyRow | None, at: datetime
) -> ReportMailRow:
    on = at.astimezone(get_settings().zone).date()
    written_by = (company.mail_from, company.mail_reply_to) if company else ("", "")
    return ReportMailRow(
        schedule_id=row.id,
        owner_id=row.owner_id,
        occasion=occasion,
        reported_on=reported_day(About(row.about), on),
        name=row.name or row.shipped,
        **headed(_Headed(reader.user_id, reader.email, *written_by), f"report {row.id} {occasion}", on, at),
    )


def _next(session: Session) -> _Making | None:
    """Take the mail whose file is to be made next; what failed too often is given up."""
    session.execute(
        update(_ROW)
        .where(col(_ROW.state) == "making", col(_ROW.tries) >= MOST_TRIES)
        .values(state="failed", error=TOO_OFTEN),
        execution_options=_QUIET,
    )
    question = (
        select(_ROW, UserRow, ReportScheduleRow, ReportRow)
        .join(UserRow, col(UserRow.id) == col(_ROW.user_id))
        .outerjoin(ReportScheduleRow, col(ReportScheduleRow.id) == col(_ROW.schedule_id))
        .outerjoin(ReportRow, col(ReportRow.id) == col(ReportScheduleRow.report_id))
        .where(col(_ROW.state) == "making")
        .order_by(col(_ROW.tries), col(_ROW.id))
        .limit(1)
    )
    while (found := session.execute(question).first()) is not None:
        mail, user, row, kept = found
        if row is None:
            mail.state, mail.error = "cancelled", GONE
            session.add(mail)
            session.flush()
            continue
        mail.tries += 1
        plan = schedules.plan_of(row, kept, ())
        mail.name = plan.title(user.language)
        session.add(mail)
        wish = plan.wish(Asked(mail.reported_on, plan.company, plan.currency, plan.is_converted), user.language)
        return _Making(mail.id, actor_of(session, user), user.is_active, plan.ending, wish)
    return None


def _made(engine: Engine, one: _Making, draw: Draw) -> ReportFile | tuple[str, str]:
    """Return the file, or the state and the reason why there is none."""
    if not one.is_active:
        return "cancelled", NO_RIGHT
    try:
        with reading_one_state(engine) as session:
            return files.make(session, one.reader, one.wish, one.ending, draw=draw)
    except (ForbiddenError, NotFoundError):
        return "cancelled", NO_RIGHT  # a company that the reader does not see does not exist
    except CockpitError as error:
        return "failed", error.sentence


def _record(session: Session, mail_id: int, made: ReportFile | tuple[str, str]) -> str:
    if isinstance(made, tuple):
        state, error = made
        values: dict[str, object] = {"state": state, "error": error}
    else:
        state = "queued"
        values = {
            "state": state,
            "file_name": made.file_name,
            "content": made.content,
            "size_bytes": len(made.content),
            "row_count": made.row_count,
        }
    ours = col(_ROW.id) == mail_id, col(_ROW.state) == "making"  # another process may have made it meanwhile
    session.execute(update(_ROW).where(*ours).values(**values), execution_options=_QUIET)
    return state


def forget_files(session: Session, actor: Actor) -> None:
    """Let no figures rest with mails that have ended."""
    actor.require(Permission.RUN_JOBS)
    session.execute(
        update(_ROW).where(col(_ROW.state).in_(_ENDED), col(_ROW.content).is_not(None)).values(content=None),
        execution_options=_QUIET,
    )


def _compose(session: Session, mail: Claimed, _as_of: date) -> Composed | None:
    """Write a mail around its file; who may export no figures any more gets none."""
    row, user = session.get_one(_ROW, mail.mail_id), session.get_one(UserRow, mail.user_id)
    reader = actor_of(session, user)
    if row.content is None or not (reader.may(Permission.VIEW_FIGURES) and reader.may(Permission.EXPORT)):
        return None
    schedule = session.get(ReportScheduleRow, row.schedule_id) if row.schedule_id else None
    owner = session.get_one(UserRow, row.owner_id)
    told = Mailed(row.name, row.reported_on, row.row_count, owner.name, _address(schedule, row))
    composed = compose_report(mail.name, mail.language, told)
    media_type = ENDINGS[row.file_name.rpartition(".")[2]]
    return Composed(
        composed.subject,
        composed.body,
        composed.text,
        composed.html,
        papers=(Paper(row.file_name, row.content, media_type),),
    )


def _address(schedule: ReportScheduleRow | None, row: ReportMailRow) -> str:
    """Return where the same report stands on screen; a saved one only as far as it is shared with the reader."""
    chosen = {routes.AS_OF_PARAM: row.reported_on.isoformat()}
    if schedule:
        key = f"{OWN}{schedule.report_id}" if schedule.report_id else schedule.shipped
        currency = routes.CONSOLIDATE_PARAM if schedule.is_converted else routes.CURRENCY_PARAM
        chosen |= {"report": key, routes.COMPANY_PARAM: schedule.company, currency: schedule.currency}
    given = {name: value for name, value in chosen.items() if value}
    return f"{public_address()}{routes.REPORTS}/?{urlencode(given)}"


REPORTS = Kind("reports", ReportMailRow, _compose)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail as it is listed: what, to whom, when, and what became of it."""

    mail_id: int
    name: str
    reader: str
    reported_on: date
    queued_at: datetime
    sent_at: datetime | None
    state: str
    error: str
    size_bytes: int
    is_by_hand: bool


def deliveries(session: Session, actor: Actor, *, most: int = 50) -> list[Delivery]:
    """Return the latest mails of the actor's own schedules, and those to itself, the newest first."""
    actor.require(Permission.VIEW_FIGURES)
    row = _ROW
    question = (
        select(
            col(row.id),
            col(row.name),
            func.coalesce(UserRow.name, col(row.recipient)),
            col(row.reported_on),
            col(row.queued_at),
            col(row.sent_at),
            col(row.state),
            col(row.error),
            col(row.size_bytes),
            col(row.occasion).like("now%"),
        )
        .join(UserRow, col(UserRow.id) == col(row.user_id))
        .where(or_(col(row.owner_id) == actor.user_id, col(row.user_id) == actor.user_id))
        .order_by(col(row.id).desc())
        .limit(most)
    )
    return [Delivery(*one) for one in session.execute(question)]
