"""Everything that a credit standing is judged by, for one customer or many, by one query for each kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries import customers
from ar_cockpit.db.queries.collecting import conversation, open_items, promises
from ar_cockpit.db.queries.collecting.conversation import Reminded, Touch
from ar_cockpit.db.queries.collecting.open_items import OpenItem
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.queries.credit import terms
from ar_cockpit.db.queries.credit.terms import StoredPolicy, Terms
from ar_cockpit.db.queries.customers import CustomerLine, Hold
from ar_cockpit.db.queries.figures import habits
from ar_cockpit.db.queries.unapplied import unapplied_questions, unapplied_sums
from ar_cockpit.db.tables import CustomerRow, InvoiceRow
from ar_cockpit.db.together import AS_OF, CUSTOMER, Together
from ar_cockpit.domain.figures.habits import Habit

# What shows that somebody at the customer spoke to us.
SIGNS_OF_LIFE = ("reply", "call", "promise", "dispute", "plan", "plan_proposed")


@dataclass(frozen=True, slots=True)
class CreditBook:
    """The facts of ``lines`` on one day, each kind by customer."""

    lines: list[CustomerLine]
    items: Mapping[int, list[OpenItem]]
    promises: Mapping[int, list[StoredPromise]]
    holds: Mapping[int, list[Hold]]
    habits: Mapping[int, Habit]
    reminded: Mapping[int, list[Reminded]]
    touches: Mapping[int, list[Touch]]
    terms: Mapping[int, Terms] = field(default_factory=dict)
    policy: StoredPolicy | None = None  # in force; none: the one that is shipped


def judged_book(session: Session, chosen: ColumnElement[bool], as_of: date) -> CreditBook:
    """Return the facts of the ``chosen`` customers with all that their standing is judged by."""
    book = credit_book(session, chosen, as_of)
    return replace(book, terms=terms.terms(session, chosen, as_of), policy=terms.stored_policy(session))


def credit_book(session: Session, chosen: ColumnElement[bool], as_of: date, *more_kinds: str) -> CreditBook:
    """Return the facts of the ``chosen`` customers on ``as_of``, with touchpoints of ``more_kinds`` too."""
    items: dict[int, list[OpenItem]] = defaultdict(list)
    for item in open_items.open_items(session, chosen, as_of):
        items[item.customer_id].append(item)
    promised: dict[int, list[StoredPromise]] = defaultdict(list)
    for promise in promises.promises_on_open_invoices(session, chosen, as_of):
        promised[promise.customer_id].append(promise)
    return CreditBook(
        lines=customers.customer_lines(session, chosen),
        items=items,
        promises=promised,
        holds=customers.holds(session, chosen, as_of),
        habits=habits.habits(session, chosen, as_of),
        reminded=conversation.reminded(session, chosen, as_of),
        touches=conversation.touches(session, chosen, as_of, SIGNS_OF_LIFE + more_kinds),
    )


def credit_book_of(
    session: Session, line: CustomerLine, as_of: date
) -> tuple[CreditBook, Mapping[tuple[int, str], int]]:
    """Return the facts of one customer, who is known, and its unapplied cash by currency: all by one statement."""
    told = _OF_ONE.ask(session, customer=line.customer_id, as_of=as_of)
    key = line.customer_id
    book = CreditBook(
        lines=[line],
        items={key: open_items.items(told["items"])},
        promises={key: promises.made_of(told)},
        holds=customers.holds_by_customer(told["holds"]),
        habits=habits.by_customer(told["habits"]),
        reminded=conversation.reminded_by_customer(told["reminded"]),
        touches=conversation.touches_by_customer(told["touches"]),
        terms=terms.terms_by_customer(told["terms"]),
        policy=tuple(told["policy"][0]) if told["policy"] else None,
    )
    return book, unapplied_sums(told["unapplied"], told["applied_since"])


def _of_one() -> dict[str, Select[*tuple[Any, ...]]]:
    only = col(CustomerRow.id) == CUSTOMER
    unapplied, since = unapplied_questions(only, AS_OF)
    return {
        "items": open_items.open_items_question(only, AS_OF),
        **promises.questions((only, promises.covers_open(AS_OF)), AS_OF),
        "holds": customers.holds_question(only, AS_OF),
        "habits": habits.question(only, AS_OF),
        "reminded": conversation.reminded_question(only, AS_OF),
        "touches": conversation.touches_question(only, AS_OF, SIGNS_OF_LIFE),
        "terms": terms.terms_question(only, AS_OF),
        "policy": terms.policy_question(),
        "unapplied": unapplied,
        "applied_since": since,
    }


_OF_ONE = Together(_of_one)


def count(session: Session, chosen: ColumnElement[bool]) -> int:
    """Return how many customers are ``chosen``."""
    return int(session.execute(select(func.count()).select_from(CustomerRow).where(chosen)).scalar_one())


def most_overdue(session: Session, chosen: ColumnElement[bool], as_of: date, most: int) -> list[int]:
    """Return those of the ``chosen`` customers that finance holds or whose oldest open invoice is due longest."""
    due = (
        select(col(CustomerRow.id))
        .join(InvoiceRow, col(InvoiceRow.customer_id) == col(CustomerRow.id))
        .where(chosen, open_items.is_open_on(as_of), col(InvoiceRow.due_on) < as_of, col(InvoiceRow.amount_minor) > 0)
        .group_by(col(CustomerRow.id))
        .order_by(func.min(col(InvoiceRow.due_on)), col(CustomerRow.id))
        .limit(most)
    )
    return list({*customers.holds(session, chosen, as_of), *session.execute(due).scalars()})
