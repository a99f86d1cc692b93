"""Load a collector's day and one customer's record, away from the event loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ar_cockpit.db.session import glancing, reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import customer_record, worklist
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.collecting.sharing import claims
from ar_cockpit.services.collecting.sharing.claims import Claim
from ar_cockpit.services.collecting.worklist import NOBODY, ActOfOthers, Page, Task, TaskState, Wanted
from ar_cockpit.state.collector.rows import task_key
from ar_cockpit.state.collector.task_rows import TaskLine, clock_time, task_line
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.titles import segment_title
from ar_cockpit.state.frame.session import Choice

EVERYBODY = "all"
MOST_SHOWN = 100  # at once; further ones come below, as often as asked
MOST_EVER = 2_000  # a list as long as this is to be filtered
MINUTES_OF_AN_HOUR = 60
LEAST_AMOUNTS = ("1000", "5000", "20000", "100000")


@dataclass(frozen=True)
class Filters:
    """Which tasks of the day the address asks for."""

    tab: str = "open"
    reason: str = ""
    least: str = ""
    segment: str = ""
    most: int = MOST_SHOWN


@dataclass(frozen=True)
class Asked:
    """Whose day, and which part of it."""

    actor: Actor
    as_of: date
    company: str
    who: str
    filters: Filters
    language: str


@dataclass(frozen=True)
class Day:
    """A day as the screen needs it."""

    who: str
    collectors: list[Choice]
    reasons: list[Choice]
    shown: list[Task]
    hidden: int
    order: tuple[str, ...]
    counts: tuple[int, int, int]
    touched: tuple[str, str]
    other: ActOfOthers | None
    names: dict[str, str]
    pulse: str
    segments: list[Choice] = field(default_factory=list)
    taken: dict[int, Claim] = field(default_factory=dict)  # by customer: what others have open
    covers: tuple[str, ...] = ()  # names of those whose customers are here too
    unassigned: int = 0  # customers of nobody, whoever looks


def load_day(asked: Asked) -> Day:
    """Return the day asked for: one's own portfolio unless the address says otherwise."""
    with reading() as session:
        at = clock.now()
        mark = worklist.pulse(session, asked.actor, at=at)
        owners = worklist.owners(session, asked.actor, company=asked.company)
        found = owners.by_collector
        who = _who(asked, set(found))
        collector = "" if who == EVERYBODY else who
        covered = worklist.whose(session, who, asked.as_of)[1:] if "@" in who else []
        listed = worklist.page(
            session,
            asked.actor,
            as_of=asked.as_of,
            wanted=_wanted(asked.filters),
            collector=collector,
            company=asked.company,
        )
        other = worklist.last_act_of_others(session, asked.actor, as_of=asked.as_of, company=asked.company)
        taken = claims.taken(session, asked.actor, at=at)
        emails = set(found) | {task.done_by for task in listed.tasks} | ({other.actor_email} if other else set())
        emails |= {claim.email for claim in taken.values()} | set(covered)
        names = worklist.names(session, asked.actor, emails)
        segments = [Choice(one.key, segment_title(one, asked.language)) for one in worklist.segments(session)]
    day = _day(asked, listed, who, {email: names.get(email, email) for email in found}, other, names, mark)
    covers = tuple(names.get(email, email) for email in covered)
    return replace(day, segments=segments, taken=taken, covers=covers, unassigned=owners.unassigned)


def load_record(actor: Actor, key: str, as_of: date) -> CustomerRecord:
    """Return the record of the customer that an address names ``COMPANY/CODE``, or by code alone."""
    company, _, code = key.rpartition("/")
    with glancing() as session:
        line = customer_record.find(session, actor, code, company)
        return customer_record.record(session, actor, line, as_of=as_of, at=clock.now())


def pulse(asked: Asked) -> str:
    """Return a mark that changes whenever the day may have changed."""
    with reading() as session:
        return worklist.pulse(session, asked.actor, at=clock.now())


def line(task: Task, asked: Asked, address: Callable[[str], str], day: Day) -> TaskLine:
    """Return a task as drawn, leading to its customer."""
    key = task_key(task.customer.company_code, task.customer.code)
    claim = day.taken.get(task.customer.customer_id)
    taken = day.names.get(claim.email, claim.email) if claim else ""
    return task_line(task, address(key), asked.language, day.names, taken)


def live_words(day: Day, asked: Asked, now: datetime) -> str:
    """Return what a colleague did last and how long ago that is, else that the day is live."""
    other, language = day.other, asked.language
    if other is None:
        return say(language, "collector.live")
    minutes = max(0, int((now - other.happened_at).total_seconds() // 60))
    in_minutes = minutes < MINUTES_OF_AN_HOUR
    key, number = ("minutes_ago", minutes) if in_minutes else ("hours_ago", minutes // MINUTES_OF_AN_HOUR)
    ago, name = count(language, f"collector.{key}", number), day.names.get(other.actor_email, other.actor_email)
    return say(language, "collector.live.took", name=name, customer=other.customer_name, ago=ago)


def gone_words(day: Day, customer: str, language: str) -> str:
    """Return why the ``customer`` that is open left the list, and what to do."""
    other = day.other
    if other is not None and other.customer_name == customer:
        name = day.names.get(other.actor_email, other.actor_email)
        return say(language, "queue.gone.done", name=name, time=clock_time(other.happened_at))
    return say(language, "queue.gone.left")


def _who(asked: Asked, collectors: set[str]) -> str:
    if asked.who in collectors or asked.who == EVERYBODY:
        return asked.who
    if asked.who == NOBODY:
        return NOBODY
    return asked.actor.email if asked.actor.email in collectors else EVERYBODY


def _day(
    asked: Asked,
    listed: Page,
    who: str,
    collectors: dict[str, str],
    other: ActOfOthers | None,
    names: dict[str, str],
    mark: str,
) -> Day:
    done, n_open = listed.overdue[TaskState.DONE], listed.overdue[TaskState.OPEN]
    counts = listed.counts
    return Day(
        who=who,
        collectors=[Choice(email, name) for email, name in sorted(collectors.items(), key=lambda one: one[1])],
        reasons=_reason_choices(listed.codes, asked.language),
        shown=list(listed.tasks),
        hidden=max(0, listed.total - len(listed.tasks)),
        order=tuple(task_key(task.customer.company_code, task.customer.code) for task in listed.tasks),
        counts=(counts[TaskState.OPEN], counts[TaskState.DONE], counts[TaskState.SNOOZED]),
        touched=(_sums(done, asked.language), _sums(Counter(n_open) + Counter(done), asked.language)),
        other=other,
        names=names,
        pulse=mark,
    )


def _wanted(filters: Filters) -> Wanted:
    least = int(filters.least) if filters.least in LEAST_AMOUNTS else 0
    return Wanted(TaskState(filters.tab), filters.reason, least, filters.segment, most=filters.most)


def most_of(params: Mapping[str, str]) -> int:
    """Return how many tasks an address asks for, in whole hundreds."""
    written = params.get("most", "")
    asked = int(written) if written.isdecimal() and len(written) < 6 else MOST_SHOWN
    return min(MOST_EVER, max(1, -(-asked // MOST_SHOWN)) * MOST_SHOWN)


def way_on(day: Day, asked: Asked) -> tuple[str, str]:
    """Return how long the list is with the tasks that follow, for the address, and the words of the press for it."""
    following = min(day.hidden, MOST_SHOWN, MOST_EVER - asked.filters.most)
    if following <= 0:
        return "", ""
    number = rows.number(following, asked.language)
    return str(asked.filters.most + MOST_SHOWN), say(asked.language, "collector.more.next", number=number)


def _reason_choices(codes: Iterable[str], language: str) -> list[Choice]:
    known = catalogue(language)
    named = [(known[f"reason.{code}"], code) for code in codes if f"reason.{code}" in known]
    return [Choice(code, label) for label, code in sorted(named)]


def _sums(totals: Mapping[str, int], language: str) -> str:
    """Return what is overdue, one amount for each currency."""
    amounts = [rows.money(minor, currency, language) for currency, minor in sorted(totals.items()) if minor]
    return say(language, "collector.and").join(amounts) if amounts else rows.NOTHING
