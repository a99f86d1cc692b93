"""A collector's results by month, for the collector and whoever leads the team; and the goal of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, select

from ar_cockpit.db.queries import customers
from ar_cockpit.db.queries.collecting import results as stored
from ar_cockpit.db.queries.collecting import sharing
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.tables import CollectorGoalRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import Period, month_end, month_start, months_before
from ar_cockpit.domain.collecting.results import AFTER_CONTACT, collected_after_contact, touched
from ar_cockpit.domain.errors import ForbiddenError, InputError, NotFoundError
from ar_cockpit.domain.money import to_minor
from ar_cockpit.services import audit
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.people.users import normal_email

MONTHS = 6
MOST_GOAL = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Result:
    """A person's month, in minor units of one currency; ``goal_minor`` is ``None`` where none is set."""

    email: str
    name: str
    month: Period
    touched: int
    collected_minor: int  # within 30 days of the person's last contact
    promised: int
    kept: int
    decided: int
    overdue_minor: int  # of the customers they look after, at the month's end or today
    overdue_before_minor: int
    goal_minor: int | None

    @property
    def overdue_change_minor(self) -> int:
        """How much more is overdue than when the month began."""
        return self.overdue_minor - self.overdue_before_minor


@dataclass(frozen=True, slots=True)
class Goal:
    """Whose goal of which month, of one company's customers in one currency."""

    company: str
    collector: str
    month: date
    currency: str


@dataclass(frozen=True, slots=True)
class Results:
    """A month of everybody the actor may see, and the months of one of them, the latest first."""

    currency: str
    month: Period
    people: tuple[Result, ...]
    person: str
    months: tuple[Result, ...]
    may_set_goals: bool


def results(
    session: Session, actor: Actor, *, month: date, as_of: date, currency: str, company: str = "", person: str = ""
) -> Results:
    """Return the month that ``month`` lies in as known on ``as_of``: the whole team to its lead, else one's own."""
    actor.require(Permission.VIEW_QUEUE)
    about = Slice(tuple(chosen_companies(session, actor, Permission.VIEW_QUEUE, company)), currency)
    leads = all(actor.may(Permission.LEAD_TEAM, company_id) for company_id in about.company_ids)
    wanted = person.lower() if leads and person else actor.email
    span = _span(min(month, as_of), as_of)
    people = _month(session, about, span)
    if not leads:
        people = {email: one for email, one in people.items() if email == actor.email}
    if actor.email not in people and not leads:
        people[actor.email] = _nothing(actor.email, actor.name, span)
    if people and (wanted not in people or (leads and not person)):
        wanted = next(iter(people))
    months = [people[wanted]] if wanted in people else []
    for back in range(1, MONTHS if months else 1):
        earlier = _span(months_before(span.start, back), as_of)
        found = _month(session, about, earlier).get(wanted)
        months.append(found or _nothing(wanted, months[0].name, earlier))
    return Results(currency, span, tuple(people.values()), wanted, tuple(months), leads)


def set_goal(session: Session, actor: Actor, about: Goal, amount: Decimal | None, *, at: datetime) -> int | None:
    """Set what a collector is to collect in a month (``None`` takes the goal away); return the goal before."""
    company, currency, month_on = about.company, about.currency, month_start(about.month)
    found = chosen_companies(session, actor, Permission.LEAD_TEAM, company)
    if not company or len(found) != 1:
        raise NotFoundError("Choose one company.", "Each company has goals of its own.")
    actor.require(Permission.LEAD_TEAM, found[0])
    email = normal_email(about.collector)
    if email not in {known for known, _ in sharing.collectors(session, found)}:
        raise ForbiddenError(f"{email} does not collect for this company.", "Choose one of the team.")
    if amount is not None and not (amount.is_finite() and 0 <= amount <= MOST_GOAL):
        raise InputError(f"{amount} is no goal.", "Give an amount of 0 or more.")
    minor = None if amount is None else to_minor(amount, currency)
    row = session.exec(
        select(CollectorGoalRow).where(
            CollectorGoalRow.company_id == found[0],
            CollectorGoalRow.collector_email == email,
            CollectorGoalRow.month_on == month_on,
            CollectorGoalRow.currency == currency,
        )
    ).first()
    before = row.amount_minor if row else None
    if minor is None and row is not None:
        session.delete(row)
    elif minor is not None:
        row = row or CollectorGoalRow(
            company_id=found[0],
            collector_email=email,
            month_on=month_on,
            currency=currency,
            amount_minor=minor,
            set_by=actor.email,
            set_at=at,
        )
        row.amount_minor, row.set_by, row.set_at = minor, actor.email, at
        session.add(row)
    told = {"month": month_on.isoformat(), "currency": currency, "company": company}
    before_told = told | {"amount_minor": before}
    audit.record(session, actor, "goal.set", ("user", email), before=before_told, after=told | {"amount_minor": minor})
    return before


def _month(session: Session, about: Slice, span: Period) -> dict[str, Result]:
    reaching_back = Period(span.start - AFTER_CONTACT, span.end)
    contacts = stored.contacts(session, about.company_ids, reaching_back)
    came = collected_after_contact(contacts, stored.money(session, about, span))
    whom = touched(contacts, span.start, span.end)
    promised = stored.promises(session, about, span)
    now, before = stored.overdue(session, about, span.end), stored.overdue(session, about, span.start - timedelta(1))
    goals = stored.goals(session, about, month_start(span.start))
    team = dict(sharing.collectors(session, about.company_ids))
    emails = {email for email in {*team, *came, *whom, *promised, *now, *before, *goals} if email}
    names = customers.names_of(session, emails)
    found = [
        Result(
            email,
            names.get(email, email),
            span,
            whom.get(email, 0),
            came.get(email, 0),
            *promised.get(email, (0, 0, 0)),
            now.get(email, 0),
            before.get(email, 0),
            goals.get(email),
        )
        for email in emails
    ]
    return {one.email: one for one in sorted(found, key=lambda one: (-one.collected_minor, one.name, one.email))}


def _nothing(email: str, name: str, span: Period) -> Result:
    return Result(email, name, span, 0, 0, 0, 0, 0, 0, 0, None)


def _span(month: date, as_of: date) -> Period:
    """Return the month as far as it is known."""
    return Period(month_start(month), min(month_end(month), as_of))
