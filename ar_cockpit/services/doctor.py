"""Is everything set up, and does the ledger add up? One line for each check, with the mend."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from ar_cockpit.db import marks
from ar_cockpit.db.migrate import is_current
from ar_cockpit.db.session import make_engine, reading_one_state, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.late_payment.law import UnknownRateError
from ar_cockpit.services import audit, invariants, job_runs
from ar_cockpit.services.clock import now, today
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows
from ar_cockpit.services.papers.laws import law_book
from ar_cockpit.services.sending.accounts import accounts_of
from ar_cockpit.services.sending.mailboxes import mailboxes_of
from ar_cockpit.settings import Settings, get_settings, prepare_home

_LEAST_FREE, _LITTLE_FREE = 100 << 20, 1 << 30
_SHORTEST_KEY = 32
_BEAT = timedelta(minutes=2)
_DRIFT = timedelta(seconds=60)
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class Health(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Line:
    """A check, how it ended, what was found, what to do, and the rows that differ where there are any."""

    check: str
    health: Health
    said: str
    mend: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


def examine(actor: Actor) -> list[Line]:
    """Return every check of the set-up, and of the ledger when the database can be asked."""
    actor.require(Permission.RUN_JOBS)
    try:
        settings = get_settings()
    except CockpitError as error:
        return [_bad("settings", error)]
    lines = [
        Line("settings", Health.OK, f"time zone {settings.timezone}, currency {settings.default_currency}"),
        _home(settings),
        _disk(settings),
        _address(settings),
        _key(settings),
        *_mail(settings),
        *_mailbox(settings),
        _late_rates(settings),
    ]
    return [*lines, *_database(settings, actor)]


def rebuild(engine: Engine, actor: Actor, on: date) -> dict[str, int]:
    """Derive anew what is kept beside the ledger and return how many days of each company and tasks differed."""
    with transaction(engine) as session:
        days = flows.rebuild(session, actor, on)
    return days | {"customers": keeping.keep(engine, on, anew=True)}


def _home(settings: Settings) -> Line:
    try:
        home = prepare_home(settings)
    except CockpitError as error:
        return _bad("home", error)
    if home.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Line("home", Health.WARN, f"{home} can be entered by others.", f"chmod 700 {home}")
    return Line("home", Health.OK, f"{home} is writable and private")


def _disk(settings: Settings) -> Line:
    place = next(one for one in (settings.home, *settings.home.parents) if one.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / (1 << 30):.1f} GB free at {place}"
    if free < _LITTLE_FREE:
        return Line("disk", Health.BAD if free < _LEAST_FREE else Health.WARN, said, "Make room.")
    return Line("disk", Health.OK, said)


def _late_rates(settings: Settings) -> Line:
    """Look whether interest on late payments can be told for today under every law of the table."""
    day = today(settings.zone)
    try:
        for law in law_book().laws:
            law.rate(day, day)
    except UnknownRateError as error:
        return Line("late rates", Health.WARN, error.sentence, error.mend)
    except CockpitError as error:
        return _bad("late rates", error)
    return Line("late rates", Health.OK, "interest on late payments is known for today")


def _address(settings: Settings) -> Line:
    told = urlsplit(settings.base_url)
    if not settings.base_url:
        return Line("address", Health.WARN, "AR_BASE_URL is not set.", "Set it to the address people open.")
    if told.scheme not in {"http", "https"} or not told.hostname:
        return Line("address", Health.BAD, f"AR_BASE_URL {settings.base_url} is no address.", "Write https://host.")
    if told.scheme == "http" and told.hostname not in _LOCAL:
        return Line("address", Health.WARN, "AR_BASE_URL is not encrypted.", "Put a proxy with a certificate in front.")
    return Line("address", Health.OK, settings.base_url)


def _key(settings: Settings) -> Line:
    if not settings.secret_key:
        return Line("secret key", Health.WARN, "AR_SECRET_KEY is not set.", "Set it to 32 random characters or more.")
    if len(settings.secret_key) < _SHORTEST_KEY:
        return Line("secret key", Health.WARN, "AR_SECRET_KEY is short.", "Set it to 32 random characters or more.")
    return Line("secret key", Health.OK, f"{len(settings.secret_key)} characters")


def _mail(settings: Settings) -> Iterator[Line]:
    if not (settings.smtp_url or settings.smtp_urls):
        yield Line("mail server", Health.WARN, "AR_SMTP_URL is not set: no mail leaves.", "Set AR_SMTP_URL.")
        return
    try:
        accounts = accounts_of(settings)
    except CockpitError as error:
        yield _bad("mail server", error)
        return
    for one in accounts:
        try:
            one.mailer.open().close()
        except CockpitError as error:
            yield _bad("mail server", error)
            continue
        capped = f", at most {', '.join(map(str, one.caps))}" if one.caps else ""
        whose = f" for {', '.join(sorted(one.companies))}" if one.companies else ""
        yield Line("mail server", Health.OK, f"{one.name} answers{whose}{capped}")


def _mailbox(settings: Settings) -> Iterator[Line]:
    try:
        mailboxes = mailboxes_of(settings)  # without any, bounces and replies are read by people
    except CockpitError as error:
        yield _bad("mailbox", error)
        return
    for mailbox in mailboxes:
        try:
            mailbox.check()
        except CockpitError as error:
            yield _bad("mailbox", error)
        else:
            yield Line("mailbox", Health.OK, f"{mailbox.name} can be read")


def _database(settings: Settings, actor: Actor) -> Iterator[Line]:
    try:
        engine = make_engine(settings.database_url)
        with engine.connect().execution_options(read_only=True) as connection:
            current, missing = is_current(connection), marks.missing(connection)
    except CockpitError as error:
        yield _bad("database", error)
        return
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        mend = "Check AR_DATABASE_URL and that the server runs."
        yield Line("database", Health.BAD, f"It cannot be opened: {reason}.", mend)
        return
    if not current:
        yield Line(
            "database", Health.BAD, "Its schema is not the newest.", "Any other command migrates it, such as up."
        )
        return
    yield Line("database", Health.OK, f"{engine.dialect.name}, schema up to date")
    if missing:
        mend = "Migrate down one version and up again."
        yield Line("triggers", Health.BAD, f"{len(missing)} are missing, such as {missing[0]}.", mend)
    on = today(settings.zone)
    with reading_one_state(engine) as session:
        yield from (_clock(session, settings), *_jobs(session, actor), *_standing(session, on))
        yield from (_difference(one) for one in invariants.check(session, actor, on))
        yield _audit(session)
    engine.dispose()


def _clock(session: Session, settings: Settings) -> Line:
    asked = "SELECT now()" if session.get_bind().dialect.name == "postgresql" else "SELECT CURRENT_TIMESTAMP"
    found = session.execute(text(asked)).scalar_one()
    told = datetime.fromisoformat(found).replace(tzinfo=UTC) if isinstance(found, str) else found
    apart = abs(told - now())
    local = now().astimezone(settings.zone)
    if apart > _DRIFT:
        said = f"The database's clock is {apart.total_seconds():.0f} seconds off."
        return Line("clock", Health.BAD, said, "Keep both clocks by the network (NTP).")
    return Line("clock", Health.OK, f"{local:%Y-%m-%d %H:%M} in {settings.timezone}")


def _jobs(session: Session, actor: Actor) -> Iterator[Line]:
    runs = job_runs.recent(session, actor, job=job_runs.SCHEDULER, limit=1)
    beat = runs[0].counts.get("beat") if runs and runs[0].state == "running" else None
    if beat is None or now() - datetime.fromisoformat(str(beat)) > _BEAT:
        yield Line("job process", Health.WARN, "No job process is alive.", "Start ar-cockpit jobs (or up).")
    else:
        yield Line("job process", Health.OK, f"alive at {beat}")
    last = {run.job: run for run in reversed(job_runs.recent(session, actor, limit=500))}
    for run in sorted(last.values(), key=lambda one: one.job):
        if run.job != job_runs.SCHEDULER:
            yield _last_run(run)


def _last_run(run: job_runs.JobRun) -> Line:
    said = f"{run.state} on {run.business_on}"
    if run.state in {"failed", "abandoned"}:
        mend = f"ar-cockpit jobs run-once {run.job} shows what is wrong."
        return Line(f"job {run.job}", Health.BAD, f"{said}: {run.error}", mend)
    return Line(f"job {run.job}", Health.OK, said)


def _standing(session: Session, on: date) -> Iterator[Line]:
    checks: tuple[tuple[str, bool], ...] = (
        ("sums by day", flows.is_behind(session, on)),
        ("stored priorities", keeping.is_behind(session, on)),
    )
    for name, is_behind in checks:
        if is_behind:
            mend = "The job keep_figures brings them up to date, and so does --rebuild."
            yield Line(name, Health.WARN, "They are out of date; figures are read from the ledger itself.", mend)
        else:
            yield Line(name, Health.OK, "up to date")


def _difference(one: invariants.Difference) -> Line:
    name = f"ledger: {one.rule}"
    if not one.count:
        return Line(name, Health.OK, "holds")
    mend = "Look at the rows; --rebuild mends what is kept beside the ledger, and nothing else."
    return Line(name, Health.BAD, f"{one.count} differ.", mend, one.columns, tuple(one.rows))


def _audit(session: Session) -> Line:
    broken = audit.first_broken_entry(session)
    if broken is None:
        return Line("audit trail", Health.OK, "every entry carries the seal of the one before")
    mend = "Compare it with a backup: somebody wrote past the product."
    return Line("audit trail", Health.BAD, f"Entry {broken} was changed, or one before it is missing.", mend)


def _bad(check: str, error: CockpitError) -> Line:
    return Line(check, Health.BAD, str(error))
