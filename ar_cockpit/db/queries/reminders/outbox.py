"""The outbox's protocol in SQL: every step is one conditional update, on the database's own clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, insert, or_, select, true, tuple_, update
from sqlmodel import Session, col

from ar_cockpit.db.instants import database_now
from ar_cockpit.db.queries.reminders.decisions import is_stopped
from ar_cockpit.db.tables import CompanyRow, CustomerRow, MessageEventRow, MessageItemRow, MessageRow

LEASE_SECONDS = 60
_FIRST_WAIT_SECONDS = 300
_LONGEST_WAIT_SECONDS = 4 * 3600
_MAIL = col(MessageRow.channel) == "email"
_QUIET = {"synchronize_session": False}
_NO_ANSWER = "the sender ended before the server's answer was recorded"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cadence, a country and the company's zone of which something waits."""

    cadence: str
    country: str
    company_zone: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a message: ``counts`` as an attempt not counted yet, ``waits`` before the next one."""

    state: str
    words: str
    counts: bool = False
    waits: bool = False


def owners_at_work(session: Session) -> list[str]:
    """Return the senders in whose hands messages are."""
    question = select(col(MessageRow.owner)).where(col(MessageRow.state).in_(("claimed", "sending"))).distinct()
    return [owner for owner in session.execute(question).scalars() if owner]


def take_back(session: Session, owners: Sequence[str]) -> int:
    """Take back what dead ``owners`` held, and whatever has a lease that ran out; return how many became unknown.

    What was only claimed is queued again. What was being sent may have gone: it is unknown, and a person decides.
    """
    gone = or_(col(MessageRow.owner).in_(owners), col(MessageRow.lease_until) < database_now())
    session.execute(
        update(MessageRow)
        .where(_MAIL, col(MessageRow.state) == "claimed", gone)
        .values(state="queued", owner="", lease_until=None),
        execution_options=_QUIET,
    )
    lost = session.execute(
        update(MessageRow)
        .where(_MAIL, col(MessageRow.state) == "sending", gone)
        .values(state="unknown", lease_until=None, error=_NO_ANSWER)
        .returning(col(MessageRow.id)),
        execution_options=_QUIET,
    )
    row_ids = list(lost.scalars())
    note(session, row_ids, "unknown", _NO_ANSWER)
    return len(row_ids)


def note(session: Session, row_ids: Sequence[int], kind: str, words: str = "", by: str = "") -> None:
    """Write down something that happened to messages."""
    if row_ids:
        rows = [{"message_row_id": row_id, "kind": kind, "words": words, "actor_email": by} for row_id in row_ids]
        session.execute(insert(MessageEventRow).values(happened_at=database_now()), rows)


def forget_waits(session: Session) -> None:
    """Let queued messages go at once that wait for another try."""
    session.execute(
        update(MessageRow)
        .where(_MAIL, col(MessageRow.state) == "queued", or_(col(MessageRow.origin) != "person", _was_tried()))
        .values(next_attempt_at=None),
        execution_options=_QUIET,
    )


def _was_tried() -> ColumnElement[bool]:
    """Return whether a message waits for another try, and not for the moment that its writer chose."""
    return or_(col(MessageRow.attempts) > 0, col(MessageRow.error) != "")


def waiting(session: Session, of: ColumnElement[bool] | None = None) -> list[Waiting]:
    """Return the kinds of messages, ``of`` those, that could be claimed now."""
    question = (
        select(col(MessageRow.cadence), col(CustomerRow.country), col(CompanyRow.timezone))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(MessageRow.company_id))
        .where(_may_be_claimed(), true() if of is None else of)
        .distinct()
    )
    return [Waiting(*one) for one in session.execute(question)]


def claim(
    session: Session,
    owner: str,
    most: int,
    allowed: Iterable[tuple[str, str, str]] | None = None,
    of: ColumnElement[bool] | None = None,
) -> list[int]:
    """Claim up to ``most`` queued messages, ``of`` those; ``allowed`` are the kinds that may go now.

    A kind is cadence, country and the company's zone: that is the customer's where its country is not known.
    """
    row = MessageRow
    open_now: ColumnElement[bool] = true()
    if allowed is not None:
        kind = tuple_(col(row.cadence), col(CustomerRow.country), col(CompanyRow.timezone))
        open_now = or_(col(row.origin) == "person", kind.in_(list(allowed)))
    chosen = (
        select(col(row.id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(_may_be_claimed(), open_now, true() if of is None else of)
        .order_by(col(row.next_attempt_at).nulls_first())
        .limit(most)
        .with_for_update(skip_locked=True, of=MessageRow)
    )
    # Two statements: PostgreSQL may run a limited subquery of an update more than once, and claim too many.
    row_ids = list(session.execute(chosen).scalars())
    claimed = session.execute(
        update(row)
        .where(col(row.id).in_(row_ids), col(row.state) == "queued")
        .values(state="claimed", owner=owner, lease_until=database_now(LEASE_SECONDS))
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    return sorted(claimed.scalars())


def _may_be_claimed() -> ColumnElement[bool]:
    next_at = col(MessageRow.next_attempt_at)
    is_time = or_(next_at.is_(None), next_at <= database_now())
    return and_(_MAIL, col(MessageRow.state) == "queued", is_time, ~is_stopped(col(MessageRow.company_id)))


def drop_items(session: Session, reasons: dict[int, str]) -> None:
    """Leave items out of their messages, with the reason: their step was not done."""
    for reason in sorted(set(reasons.values())):  # a handful of words, one statement each
        ids = [item_id for item_id, why in reasons.items() if why == reason]
        session.execute(
            update(MessageItemRow).where(col(MessageItemRow.id).in_(ids)).values(dropped=reason),
            execution_options=_QUIET,
        )


def set_open_amounts(session: Session, amounts: dict[int, int]) -> None:
    """Note what is open now of items whose amount changed since they were listed."""
    if amounts:
        rows = [{"id": item_id, "open_minor": minor} for item_id, minor in amounts.items()]
        session.execute(update(MessageItemRow), rows, execution_options=_QUIET)


_STILL_WAITS = ("queued", "claimed")


def cancel(
    session: Session, row_ids: Sequence[int], why: str, by: str = "", states: Sequence[str] = _STILL_WAITS
) -> set[int]:
    """Take messages that still wait, in one of ``states``, out of the outbox for good, and return which those were."""
    cancelled = session.execute(
        update(MessageRow)
        .where(col(MessageRow.id).in_(row_ids), col(MessageRow.state).in_(states))
        .values(state="cancelled", owner="", lease_until=None, error=why, closed_at=database_now(), closed_by=by)
        .returning(col(MessageRow.id)),
        execution_options=_QUIET,
    )
    return set(cancelled.scalars())


def fence(session: Session, owner: str, row_ids: Sequence[int]) -> set[int]:
    """Mark as ``sending`` what is still claimed by ``owner``; once this is committed, DATA may begin.

    What is stopped since it was claimed does not pass: it is queued again with the rest.
    """
    fenced = session.execute(
        update(MessageRow)
        .where(col(MessageRow.id).in_(row_ids), col(MessageRow.owner) == owner, col(MessageRow.state) == "claimed")
        .where(~is_stopped(col(MessageRow.company_id)))
        .values(state="sending", attempts=col(MessageRow.attempts) + 1, lease_until=database_now(LEASE_SECONDS))
        .returning(col(MessageRow.id)),
        execution_options=_QUIET,
    )
    return set(fenced.scalars())


def prolong(session: Session, owner: str, row_ids: Sequence[int]) -> None:
    """Keep hold of messages whose server takes its time."""
    session.execute(
        update(MessageRow)
        .where(col(MessageRow.id).in_(row_ids), col(MessageRow.owner) == owner, col(MessageRow.state) == "sending")
        .values(lease_until=database_now(LEASE_SECONDS)),
        execution_options=_QUIET,
    )


def settle(session: Session, owner: str, row_id: int, settled: Settled) -> bool:
    """Record what became of a message in ``owner``'s hands; return whether it still was."""
    row = MessageRow
    attempts = col(row.attempts) + int(settled.counts)
    found = session.execute(
        update(row)
        .where(col(row.id) == row_id, col(row.owner) == owner, col(row.state).in_(states_before(settled)))
        .values(attempts=attempts, **outcome(owner, settled, _pause(attempts)))
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    is_ours = found.scalar_one_or_none() is not None
    if is_ours and settled.state != "sent":
        note(session, [row_id], settled.state, settled.words)
    return is_ours


def states_before(settled: Settled) -> tuple[str, str]:
    """Return in which states an answer finds what it is about.

    That it went counts even if the lease ran out meanwhile and it was called unknown.
    """
    return ("sending", "unknown") if settled.state == "sent" else ("claimed", "sending")


def outcome(owner: str, settled: Settled, pause: ColumnElement[int] | int) -> dict[str, Any]:
    """Return what an answer writes down, but for the attempts; ``pause`` in seconds before the next one."""
    values: dict[str, Any] = {
        "state": settled.state,
        "error": "" if settled.state == "sent" else settled.words,
        "lease_until": None,
        "owner": owner if settled.state == "unknown" else "",
    }
    if settled.state == "sent":
        values["sent_at"] = database_now()
    if settled.state == "queued":
        values["next_attempt_at"] = database_now(pause) if settled.waits else database_now()
    return values


def settle_sent(session: Session, owner: str, row_ids: Sequence[int]) -> list[int]:
    """Record that messages in ``owner``'s hands went, even if the lease ran out meanwhile; return which still were."""
    row = MessageRow
    found = session.execute(
        update(row)
        .where(col(row.id).in_(row_ids), col(row.owner) == owner, col(row.state).in_(("sending", "unknown")))
        .values(state="sent", error="", lease_until=None, owner="", sent_at=database_now())
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    return list(found.scalars())


def _pause(attempts: ColumnElement[int]) -> ColumnElement[int]:
    """Return the seconds until the next try: five minutes, doubled with each one, four hours at most."""
    steps = [(attempts <= tries, _FIRST_WAIT_SECONDS * 2 ** (tries - 1)) for tries in range(1, 6)]
    return case(*steps, else_=_LONGEST_WAIT_SECONDS)


def release(session: Session, owner: str, only: Sequence[int] | None = None) -> None:
    """Queue again what ``owner`` claimed and has not begun to send, or ``only`` these."""
    these = true() if only is None else col(MessageRow.id).in_(only)
    session.execute(
        update(MessageRow)
        .where(_MAIL, col(MessageRow.state) == "claimed", col(MessageRow.owner) == owner, these)
        .values(state="queued", owner="", lease_until=None),
        execution_options=_QUIET,
    )


def person_waits(session: Session) -> bool:
    """Return whether a message that a person wrote could be claimed now."""
    question = select(col(MessageRow.id)).where(_may_be_claimed(), col(MessageRow.origin) == "person")
    return session.execute(question.limit(1)).first() is not None
