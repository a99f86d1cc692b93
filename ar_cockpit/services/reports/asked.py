"""What a report is asked about, and the customers that who asks may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import reports as stored
from ar_cockpit.db.queries.figures.reports import Who
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services.people import companies


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, of which day and in which documents' currency, or of all documents converted into it."""

    as_of: date
    company: str
    currency: str
    is_converted: bool = False

    @property
    def documents_in(self) -> str:
        """The currency that documents must have; empty for any."""
        return "" if self.is_converted else self.currency


def chosen_customers(session: Session, actor: Actor, asked: Asked) -> tuple[ColumnElement[bool], list[int]]:
    """Return the customers that ``actor`` may see the figures of, and their companies."""
    ids = companies.chosen_companies(session, actor, Permission.VIEW_FIGURES, asked.company)
    reached = customer_clause(actor.scope(Permission.VIEW_FIGURES), actor.email)
    return and_(reached, col(CustomerRow.company_id).in_(ids)), ids


def known_customers(session: Session, actor: Actor, asked: Asked, chosen: ColumnElement[bool]) -> dict[int, Who]:
    """Return the chosen customers; a pack asks for them three times within one reading."""
    kept: dict[tuple[Actor, Asked], dict[int, Who]] = session.info.setdefault("customers of reports", {})
    key = actor, asked
    if key not in kept:
        kept[key] = stored.customers(session, chosen)
    return kept[key]


def named(one: Who) -> dict[str, Any]:
    """Return a customer's columns."""
    return {
        "company": one.company,
        "customer_code": one.code,
        "customer": one.name,
        "country": one.country,
        "segment": one.segment,
        "collector": one.collector,
        "sales": one.sales,
    }


def grouped(one: Who, groups: Mapping[int, str]) -> dict[str, str]:
    """Return whom a customer belongs to; one that is alone is a group of its own, so that both add up side by side."""
    return {"customer_group": groups.get(one.customer_id, one.name)}


def billed_in(currency: str) -> dict[str, str]:
    """Return the columns of a row's own currency."""
    return {"currency": currency, "own_currency": currency}
