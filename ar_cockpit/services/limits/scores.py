"""Scores: an agency's, taken from any source that yields them, and our own explained, both with their history."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db import bulk
from ar_cockpit.db.queries.reminders.payer_scores import behaviours
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CompanyRow, CustomerRow, ScoreRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.payer_score import PayerScore, payer_score, what_would_raise
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import audit, job_board, reach
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.limits.judging import PAYER
from ar_cockpit.services.reminders.policy import MOVES_MEMBERS

LONGEST_NAME = 40
_COLUMNS = ("company_id", "customer_id", "source", "scored_on", "score", "parts")


@dataclass(frozen=True, slots=True)
class AgencyScore:
    """A score of 0 to 100 that an agency gives a customer; without a day it is of the day it is taken."""

    line: int
    customer: str
    score: int
    company: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken, and why."""

    line: int
    value: str
    reason: str


class ScoreSource(Protocol):
    """Where scores come from: a file, or an agency's service behind the same two names."""

    agency: str

    def scores(self) -> Iterator[AgencyScore | Refused]:
        """Yield the scores, and what cannot be read."""


@dataclass(slots=True)
class CsvScores:
    """Scores in a CSV file: ``customer_id``, ``score``, and if there are ``company`` and ``date`` (ISO)."""

    agency: str
    text: str

    def scores(self) -> Iterator[AgencyScore | Refused]:
        """Yield one score for each line."""
        sample = self.text[:2000].partition("\n")[0]
        mark = max(",;\t", key=sample.count)
        rows = csv.DictReader(io.StringIO(self.text.lstrip("\ufeff")), delimiter=mark)
        if not {"customer_id", "score"} <= set(rows.fieldnames or ()):
            raise InputError("The file has no columns customer_id and score.", "Name them in its first line.")
        for number, row in enumerate(rows, 2):
            yield _read(number, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)})


@dataclass(slots=True)
class Taken:
    """What became of an import."""

    taken: int = 0
    changed: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Explained:
    """Our own score of a customer on a day: its parts and what would raise it; nothing when it has none."""

    score: PayerScore | None
    raises: list[Reason]


def take(session: Session, actor: Actor, source: ScoreSource, when: Moment) -> Taken:
    """Keep the scores of a source in the history, and the newest on the customers; segments follow at once."""
    seen = customer_clause(actor.scope(Permission.SET_CREDIT), actor.email)
    agency = source.agency.strip()
    if not agency or len(agency) > LONGEST_NAME or agency == PAYER:
        raise InputError(f"{agency!r} is no agency.", f"Name it in at most {LONGEST_NAME} characters.")
    told, known = Taken(), _customers(session, seen)
    newest: dict[tuple[int, int], dict[date, int]] = {}
    for one in source.scores():
        found = [] if isinstance(one, Refused) else known.get(one.customer, [])
        if isinstance(one, AgencyScore):
            found = [owner for owner in found if one.company in ("", owner[2])]
        is_early = isinstance(one, AgencyScore) and one.on is not None and one.on > when.on
        if isinstance(one, Refused) or is_early or len(found) != 1:
            said = one if isinstance(one, Refused) else Refused(one.line, one.customer, _unknown(found))
            if isinstance(one, AgencyScore) and is_early:
                said = Refused(one.line, f"{one.on}", "the date is still to come")
            told.refused.append(said)
            continue
        company_id, customer_id, _, _ = found[0]
        newest.setdefault((company_id, customer_id), {})[one.on or when.on] = one.score
        told.taken += 1
    rows: list[tuple[Any, ...]] = [
        (*key, agency, on, score, {}) for key, days in newest.items() for on, score in days.items()
    ]
    bulk.upsert(session, ScoreRow, _COLUMNS, rows, key=_COLUMNS[:4])
    last = _last_days(session, [key[1] for key in newest])  # an older file tells of the past, not of today
    now = {key[1]: days[max(days)] for key, days in newest.items() if max(days) >= last.get(key[1], max(days))}
    told.changed = _set(session, now, known)
    if told.changed:
        job_board.wish(session, MOVES_MEMBERS, actor.email, at=when.at)
    after = {"taken": told.taken, "changed": told.changed, "refused": len(told.refused)}
    audit.record(session, actor, "scores.import", ("agency", agency), after=after)
    return told


def explain(session: Session, actor: Actor, customer_id: int, on: date) -> Explained:
    """Return our own score of a customer as of a day with its parts, and what would raise it."""
    reach.customer(session, actor, Permission.VIEW_STANDING, customer_id)
    behaviour = behaviours(session, col(CustomerRow.id) == customer_id, on).get(customer_id)
    return Explained(payer_score(behaviour), what_would_raise(behaviour)) if behaviour else Explained(None, [])


_Owner = tuple[int, int, str, int | None]


def _customers(session: Session, seen: ColumnElement[bool]) -> dict[str, list[_Owner]]:
    row = CustomerRow
    question = (
        select(col(row.code), col(row.company_id), col(row.id), col(CompanyRow.code), col(row.external_score))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(seen)
    )
    found: dict[str, list[_Owner]] = {}
    for code, company_id, key, company, score in session.execute(question):
        found.setdefault(code, []).append((company_id, key, company, score))
    return found


def _set(session: Session, scores: dict[int, int], known: dict[str, list[_Owner]]) -> int:
    before = {owner[1]: owner[3] for owners in known.values() for owner in owners}
    changed = [{"id": key, "external_score": score} for key, score in scores.items() if before[key] != score]
    if changed:
        session.execute(update(CustomerRow), changed)
    return len(changed)


def _last_days(session: Session, customer_ids: Sequence[int]) -> dict[int, date]:
    """Return the day of each customer's newest score of any agency."""
    row = ScoreRow
    question = select(col(row.customer_id), func.max(col(row.scored_on)))
    chosen = bulk.among(session, col(row.customer_id), customer_ids), col(row.source) != PAYER
    return dict(session.execute(question.where(*chosen).group_by(col(row.customer_id))).all())


def _unknown(found: Iterable[_Owner]) -> str:
    companies = sorted(owner[2] for owner in found)
    return f"exists in several companies: {', '.join(companies)}" if companies else "no such customer"


def _read(number: int, row: dict[str, str]) -> AgencyScore | Refused:
    written, day = row.get("score", ""), row.get("date", "")
    if not written.isdecimal() or int(written) > 100:
        return Refused(number, written, "the score is no whole number from 0 to 100")
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        return Refused(number, day, "the date is not written as 2026-11-19")
    return AgencyScore(number, row.get("customer_id", ""), int(written), row.get("company", ""), on)
