"""Lists of promises, disputes, plans and proposals, as far as the actor may see them, with their ages and KPIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import Session, col

from ar_cockpit.db.queries.agreements import disputes, listed, plans
from ar_cockpit.db.queries.agreements import promises as promise_list
from ar_cockpit.db.queries.agreements.listed import Judged, Sums
from ar_cockpit.db.queries.collecting.promises import promises as stored_promises
from ar_cockpit.db.queries.customers import names_of
from ar_cockpit.db.queries.scope import any_reach, customer_clause
from ar_cockpit.db.tables import CustomerRow, DisputeRow, PromiseRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.collecting.listing import DISPUTES, PLANS, PROMISES, PROPOSALS, Listing, ListQuestion
from ar_cockpit.domain.collecting.promises import kept_share
from ar_cockpit.services.lists.records import pages_of
from ar_cockpit.services.people import companies

LONGEST_GRACE = timedelta(days=90)
_SEES: Mapping[Listing, Permission] = {
    PROMISES: Permission.VIEW_CUSTOMERS,
    DISPUTES: Permission.VIEW_CUSTOMERS,
    PLANS: Permission.VIEW_CUSTOMERS,
    PROPOSALS: Permission.VIEW_QUEUE,
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, the sums of the whole, its ages, what it is judged by, and the names of who is in it."""

    asked: ListQuestion
    rows: Sequence[Any]
    pages: int
    totals: Sums
    ages: Mapping[str, Sums]
    names: Mapping[str, str]
    invoices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    kpis: Mapping[str, Any] = field(default_factory=dict)
    owners: Sequence[str] = ()  # whose rows there are at all


def page(session: Session, actor: Actor, asked: ListQuestion) -> Page:
    """Return the page asked for, or the last one when there are fewer."""
    permission = _SEES[asked.listing]
    reached = _reached(session, actor, asked, permission)
    judged = _judged(session, actor, asked, permission)
    totals = listed.sums(session, judged, asked)
    pages = pages_of(totals.count)
    asked = replace(asked, page=min(asked.page, pages))
    rows = listed.page(session, judged, asked)
    owners = listed.owners(session, judged)
    emails = {row.owner for row in rows} | {asked.owner, *owners}
    names = names_of(session, emails - {""})
    ids = [row.id for row in rows]
    invoices = promise_list.invoices_of(session, ids) if asked.listing is PROMISES and ids else {}
    ages = listed.ages(session, judged, asked)
    return Page(asked, rows, pages, totals, ages, names, invoices, _kpis(session, reached, asked), owners)


def export(session: Session, actor: Actor, asked: ListQuestion) -> Iterator[Sequence[Any]]:
    """Yield every row of the list; raise ``ForbiddenError`` for who may not export."""
    return listed.every(session, _judged(session, actor, asked, Permission.EXPORT), asked)


def every(session: Session, actor: Actor, asked: ListQuestion) -> list[Any]:
    """Return all rows of the list; a question without a currency is about all of them."""
    return list(listed.every(session, _judged(session, actor, asked, _SEES[asked.listing]), asked))


def _judged(session: Session, actor: Actor, asked: ListQuestion, permission: Permission) -> Judged:
    reached = _reached(session, actor, asked, permission)
    if asked.listing is PROMISES:
        return promise_list.judged(reached, asked)
    if asked.listing is DISPUTES:
        # Whoever answers a dispute sees it, in a company where a role lets them see customers at all.
        owned = col(DisputeRow.owner_email) == actor.email
        owned &= any_reach(actor.scope(permission), col(DisputeRow.company_id))
        return disputes.judged(or_(reached, owned & _of_company(session, actor, asked, permission)), asked)
    return plans.judged(reached, asked) if asked.listing is PLANS else plans.proposals(reached, asked)


def _kpis(session: Session, reached: ColumnElement[bool], asked: ListQuestion) -> dict[str, Any]:
    period = reporting_period(asked.as_of)
    if asked.listing is PROMISES:
        own = and_(reached, col(PromiseRow.currency) == asked.currency, col(PromiseRow.plan_id).is_(None))
        since = period.start - LONGEST_GRACE
        outcomes = [
            one.outcome(asked.as_of) for one in stored_promises(session, own, asked.as_of, promised_since=since)
        ]
        decided = [one for one in outcomes if one and one.decided_on and one.decided_on >= period.start]
        return {"kept": kept_share(decided)}
    if asked.listing is DISPUTES:
        closed = disputes.cycle(session, reached, asked.currency, period)
        return {"cycle": closed, "share": disputes.overdue_share(session, reached, asked)}
    return {}


def _reached(session: Session, actor: Actor, asked: ListQuestion, permission: Permission) -> ColumnElement[bool]:
    reached = customer_clause(actor.scope(permission), actor.email)
    return and_(reached, _of_company(session, actor, asked, permission))


def _of_company(session: Session, actor: Actor, asked: ListQuestion, permission: Permission) -> ColumnElement[bool]:
    """Return the customers of the company asked for; everybody's where none is."""
    if not asked.company:
        return true()
    chosen = companies.chosen_companies(session, actor, permission, asked.company)
    return col(CustomerRow.company_id).in_(chosen)
