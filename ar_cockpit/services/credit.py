"""Credit standing of customers and the answer to an order, for those who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col

from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.collecting import standing as stored_standing
from ar_cockpit.db.queries.collecting.standing import CreditBook, credit_book_of, judged_book
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.credit import DEFAULT_RULES, CreditFacts, Level, OrderAnswer, Standing, answer_order
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import check_currency, decimal_string, to_minor
from ar_cockpit.domain.policy.credit_rules import StandingRules
from ar_cockpit.services import groups, portfolio, reach
from ar_cockpit.services.people.companies import chosen_companies

MOST_JUDGED = 500  # beyond that only the longest overdue are judged: nobody reads a list of thousands


@dataclass(frozen=True, slots=True)
class CustomerStanding:
    """A customer's standing with what it was judged by, and what is shown apart from the open amount."""

    customer: CustomerLine
    facts: CreditFacts
    standing: Standing
    credit_notes_minor: int = 0
    unapplied_minor: int = 0
    rules: StandingRules = DEFAULT_RULES


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of customers with their standing, the worst first, and how many there are in all."""

    customers: tuple[CustomerStanding, ...]
    total: int


def standing_of(session: Session, actor: Actor, line: CustomerLine, as_of: date) -> CustomerStanding:
    """Return one customer's standing; the customer was found by :mod:`ar_cockpit.services.reach`."""
    return judged(session, actor, line, as_of)[0]


def judged(
    session: Session, actor: Actor, line: CustomerLine, as_of: date
) -> tuple[CustomerStanding, CreditBook, Mapping[tuple[int, str], int]]:
    """Return one customer's standing with all that is known for it, and its unapplied cash."""
    actor.require(Permission.VIEW_STANDING, line.company_id, owns=line.sales_email == actor.email)
    book, unapplied = credit_book_of(session, line, as_of)
    facts, found = portfolio.judged(line, book, as_of, groups.held_beside(session, book, as_of))
    notes = [item for item in book.items.get(line.customer_id, ()) if item.open_minor < 0]
    told = CustomerStanding(
        line,
        facts,
        found,
        sum(item.open_minor for item in notes if item.currency == facts.currency),
        unapplied.get((line.customer_id, facts.currency), 0),
        portfolio.rules_of(book),
    )
    return told, book, unapplied


def figures_told(judged: CustomerStanding) -> dict[str, Any]:
    """Return what a standing rests on as programs are told it, by API and command line alike."""
    facts, currency = judged.facts, judged.facts.currency

    def amount(minor: int | None) -> str | None:
        return None if minor is None else decimal_string(minor, currency)

    return {
        "currency": currency,
        "credit_limit": amount(facts.limit_minor),
        "open": amount(facts.open_minor),
        "overdue": amount(facts.overdue_minor),
        "max_days_overdue": facts.days_overdue,
        "available_credit": amount(facts.available_minor),
        "reserved": amount(facts.reserved_minor),
        "credit_notes": amount(judged.credit_notes_minor),
        "unapplied_cash": amount(judged.unapplied_minor),
    }


def standing_coded(session: Session, actor: Actor, code: str, *, as_of: date, company: str = "") -> CustomerStanding:
    """Return the standing of the customer that people call ``code``."""
    line = reach.customer_coded(session, actor, Permission.VIEW_STANDING, code, company)
    return standing_of(session, actor, line, as_of)


def order(
    judged: CustomerStanding, amount: Decimal, currency: str = "", terms_days: int | None = None
) -> tuple[int, str, OrderAnswer]:
    """Return the order in minor units, its currency and the answer; raise ``InputError`` for an absurd one."""
    chosen = check_currency(currency.strip().upper()) if currency.strip() else judged.facts.currency
    minor = to_minor(amount, chosen)
    if minor <= 0:
        raise InputError(f"{amount} is no order.", "Give an amount above zero.")
    return minor, chosen, answer_order(judged.facts, minor, chosen, rules=judged.rules, terms_days=terms_days)


def listed(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    search: str = "",
    mine: bool = False,
    company: str = "",
    most: int = 50,
) -> Listed:
    """Return the customers ``actor`` may see the standing of, on hold first, then to watch, then by amount overdue."""
    reached = customer_clause(actor.scope(Permission.VIEW_STANDING), actor.email) & stored.is_named(search)
    if mine:
        reached = reached & (col(CustomerRow.sales_email) == actor.email)
    if company:
        chosen = chosen_companies(session, actor, Permission.VIEW_STANDING, company)
        reached = reached & col(CustomerRow.company_id).in_(chosen)
    total = stored_standing.count(session, reached)
    if total > MOST_JUDGED:
        worst = stored_standing.most_overdue(session, reached, as_of, MOST_JUDGED)
        reached = reached & col(CustomerRow.id).in_(worst)
    book = judged_book(session, reached, as_of)
    beside = groups.held_beside(session, book, as_of)
    judged = [CustomerStanding(line, *portfolio.judged(line, book, as_of, beside)) for line in book.lines]
    judged.sort(key=_worst_first)
    return Listed(tuple(judged[:most]), total)


def _worst_first(judged: CustomerStanding) -> tuple[int, int, str, int]:
    level = list(Level).index(judged.standing.level)
    return -level, -judged.facts.overdue_minor, judged.customer.name, judged.customer.customer_id
