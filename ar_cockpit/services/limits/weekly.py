"""Once a week, each sales owner is told by mail what changed of the own customers; who wants none gets none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.db.queries.colleague_outbox import Claimed
from ar_cockpit.db.queries.credit import weekly as stored
from ar_cockpit.db.queries.credit.weekly import Disputed, Limited, Moved, Overdue, Week
from ar_cockpit.db.tables import UserRow, WeeklyDigestRow
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import catalogue, locale_of, say
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.mail import weekly as mail
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.days import day
from ar_cockpit.mail.weekly import News, WeekOfNews, compose_weekly
from ar_cockpit.services.limits.judging import reasons_of, worse
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.sending.to_colleagues import Kind, headed, public_address

_A_WEEK = timedelta(days=7)
_LONGEST_ANSWER = 160  # characters of an answer that are told


def week_of(on: date) -> Week:
    """Return the week that is told of on ``on``: from the last Tuesday to the Monday of this week."""
    monday = on - timedelta(days=on.weekday())
    return Week(monday - _A_WEEK + timedelta(days=1), monday)


def write_mails(session: Session, actor: Actor, on: date, *, at: datetime) -> int:
    """Queue the mails of this week that are not yet there, for whom there is something to tell; return how many."""
    actor.require(Permission.RUN_JOBS)
    week = week_of(on)
    found = stored.readers(session, week)
    done = stored.with_a_mail(session, [one.user_id for one in found], week.last, WeeklyDigestRow)
    fresh = [one for one in found if one.user_id not in done]
    session.add_all(WeeklyDigestRow(**headed(one, f"weekly {week.last}", week.last, at)) for one in fresh)
    session.flush()
    return len(fresh)


def wants(session: Session, actor: Actor) -> bool | None:
    """Return whether the actor gets the mail; ``None`` for who sells nothing."""
    user = session.get(UserRow, actor.user_id) if actor.user_id else None
    return user.wants_weekly if user is not None and Role.SALES in actor.roles else None


def choose(session: Session, actor: Actor, *, wanted: bool) -> None:
    """Let the mail come, or not, for the actor alone."""
    user = session.get(UserRow, actor.user_id) if actor.user_id else None
    if user is None:
        raise RefusedError("Only a signed-in person has preferences.")
    user.wants_weekly = wanted


def news(session: Session, reader: Actor, week: Week, language: str) -> WeekOfNews:
    """Return what there is to tell a person of a week, of the customers whose standing that person may see."""
    moved = _last_moves(_seen(reader, stored.moved(session, reader.email, week)))
    limited = _seen(reader, stored.limited(session, reader.email, week))
    disputed = _seen(reader, stored.disputed(session, reader.email, week))
    overdue = _seen(reader, stored.overdue(session, reader.email, week))
    told = {
        mail.STANDING: [News(one.owned.name, _moved(one, language)) for one in moved],
        mail.LIMITS: [News(one.owned.name, _limited(one, language)) for one in limited],
        mail.DISPUTES: [News(one.owned.name, _disputed(one, language)) for one in disputed],
        mail.OVERDUE: [News(one.owned.name, _overdue(one, language)) for one in overdue],
    }
    about = {one.owned.customer_id for one in (*moved, *limited, *disputed, *overdue)}
    return WeekOfNews(told, len(about), sum(worse(one.before, one.after) for one in moved))


def _compose(session: Session, digest: Claimed, _as_of: date) -> Composed | None:
    """Write a mail as things stand now; who no longer wants it, or sees nothing any more, gets none."""
    user = session.get_one(UserRow, digest.user_id)
    found = news(session, actor_of(session, user), week_of(digest.business_on), digest.language)
    if not user.wants_weekly or not found.customers:
        return None
    return compose_weekly(digest.name, digest.language, found, f"{public_address()}{routes.SALES}/")


WEEKLY = Kind("weekly", WeeklyDigestRow, _compose)


def _seen(reader: Actor, found: Sequence[Any]) -> list[Any]:
    """Return what is about customers that the reader may see as their owner, or as who answers a dispute."""
    return [one for one in found if reader.may(Permission.VIEW_STANDING, one.owned.company_id, owns=True)]


def _last_moves(moves: Iterable[Moved]) -> list[Moved]:
    """Return one move for each customer, from where it was to where it is; those that came back moved nowhere."""
    found: dict[int, Moved] = {}
    for one in moves:
        first = found.get(one.owned.customer_id)
        found[one.owned.customer_id] = one._replace(before=first.before) if first else one
    moved = [one for one in found.values() if one.before != one.after]
    return sorted(moved, key=lambda one: not worse(one.before, one.after))


def _moved(one: Moved, language: str) -> str:
    words = [say(language, f"standing.level.{level}") for level in (one.before, one.after)]
    why = [sentence(reason, language, STANDING) for reason in reasons_of(one.reasons)[:1]]
    return " ".join([say(language, "weekly.moved", before=words[0], after=words[1]), *why])


def _limited(one: Limited, language: str) -> str:
    return sentence(Reason(f"alert.{one.kind}", one.facts), language, STANDING)


def _disputed(one: Disputed, language: str) -> str:
    reason = catalogue(language).get(f"dispute.{one.reason}", one.reason)
    if not one.is_answered:
        by = day(one.answer_due_on, str(locale_of(language)))
        return say(language, "weekly.dispute.waits", invoice=one.invoice, reason=reason, day=by)
    answer = one.answer if len(one.answer) <= _LONGEST_ANSWER else one.answer[:_LONGEST_ANSWER].rstrip() + "…"
    return say(language, "weekly.dispute.answered", invoice=one.invoice, reason=reason, answer=answer)


def _overdue(one: Overdue, language: str) -> str:
    written = amount(one.minor, one.currency, str(locale_of(language)))
    key = "weekly.overdue_one" if one.invoices == 1 else "weekly.overdue_more"
    return say(language, key, amount=written, number=one.invoices)
