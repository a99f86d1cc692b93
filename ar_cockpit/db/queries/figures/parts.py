"""A part of the customers in SQL: those of a segment, a collector, a sales owner or a country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, literal_column, not_, select
from sqlmodel import Session, col

from ar_cockpit.db.hints import unindexed
from ar_cockpit.db.narrowed import Ints
from ar_cockpit.db.packing import numbers, packed, packed_numbers
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import CustomerRow, CustomerSegmentRow, InvoiceRow
from ar_cockpit.domain.figures.listing import Part

SCORE_BANDS = ((80, "80"), (60, "60"), (40, "40"), (0, "0"))


class Traits(NamedTuple):
    """What a customer is grouped by; each may be empty. The band is of its payer score."""

    country: str
    sales: str
    collector: str
    segment: str
    band: str


NOBODY = Traits("", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Kinds:
    """The customers by what they are grouped by: few kinds, so that amounts are grouped once for every grouping."""

    every: Sequence[Traits]
    of: Mapping[int, Traits]  # by customer; the same value for all of a kind

    def kind(self, customer_id: int) -> Traits:
        """Return the kind of a customer; of one that is not known, the kind of nobody."""
        return self.of.get(customer_id, NOBODY)


def conditions(part: Part) -> list[ColumnElement[bool]]:
    """Return what holds of the customers of ``part``; nothing when it is all of them."""
    row = CustomerSegmentRow
    of_segment = col(CustomerRow.id).in_(select(col(row.customer_id)).where(col(row.segment) == part.segment))
    given = [
        (part.country, col(CustomerRow.country) == part.country),
        (part.sales, col(CustomerRow.sales_email) == part.sales),
        (part.collector, col(CustomerRow.collector_email) == part.collector),
        (part.segment, of_segment),
    ]
    return [condition for is_asked, condition in given if is_asked]


def documents_of(part: Part, company_ids: Sequence[int], currency: str, *, others: bool = False) -> ColumnElement[bool]:
    """Return whether a document is one of the customers of ``part``, or of all ``others``, in one currency.

    Asked so that the customers come first: by company and currency SQLite would walk the whole ledger of the companies.
    """
    row = InvoiceRow
    company, told = unindexed(col(row.company_id)), unindexed(col(row.currency))
    is_meant = and_(*conditions(part))
    customers = select(col(CustomerRow.id)).where(
        col(CustomerRow.company_id).in_(company_ids), not_(is_meant) if others else is_meant
    )
    return and_(company.in_(company_ids), told == currency, col(row.customer_id).in_(customers))


def is_most(session: Session, part: Part, company_ids: Sequence[int]) -> bool:
    """Return whether more than half of the customers of companies are of ``part``."""
    whole = select(func.count()).select_from(CustomerRow).where(col(CustomerRow.company_id).in_(company_ids))
    count = int(session.execute(whole.where(*conditions(part))).scalar_one())
    return 2 * count > int(session.execute(whole).scalar_one())


def is_of(part: Part, company_ids: Sequence[int], customer_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return whether a row is of a customer of ``part``."""
    customers = select(col(CustomerRow.id)).where(col(CustomerRow.company_id).in_(company_ids), *conditions(part))
    return customer_id.in_(customers)


def is_kind_of(part: Part, kind: Traits) -> bool:
    """Return whether customers of a kind belong to ``part``."""
    asked = ((part.country, kind.country), (part.sales, kind.sales), (part.collector, kind.collector))
    return all(wanted in ("", own) for wanted, own in (*asked, (part.segment, kind.segment)))


def traits() -> tuple[ColumnElement[Any], ...]:
    """Return the columns that make the kind of a customer, of :func:`told_of_customers`."""
    judged = CustomerSegmentRow
    # Written out: as parameters they would not be the same expression twice, to be grouped by.
    bands: list[Any] = [
        (col(judged.score) >= literal_column(str(least)), literal_column(f"'{key}'")) for least, key in SCORE_BANDS
    ]
    nothing: ColumnElement[str] = literal_column("''")
    return (
        col(CustomerRow.country).label("country"),
        col(CustomerRow.sales_email).label("sales"),
        col(CustomerRow.collector_email).label("collector"),
        func.coalesce(col(judged.segment), nothing).label("segment"),
        case(*bands, else_=nothing).label("band"),
    )


def told_of_customers(question: Select[Any]) -> Select[Any]:
    """Join what a customer is grouped by to a question about customers."""
    judged = CustomerSegmentRow
    return question.outerjoin(judged, col(judged.customer_id) == col(CustomerRow.id))


def numbered_kinds(session: Session, company_ids: Sequence[int]) -> tuple[list[Traits], Ints]:
    """Return every kind of the customers of companies, and by the key of a customer the place of its kind."""
    customer = col(CustomerRow.id)
    question = told_of_customers(select(*traits(), packed_numbers(session, customer)).select_from(CustomerRow))
    # By place: the words of a band are no column that SQLite could be told to group by.
    grouped = question.where(col(CustomerRow.company_id).in_(company_ids)).group_by(
        *(literal_column(str(place)) for place in range(1, len(Traits._fields) + 1))
    )
    told = [(Traits._make(kind), numbers([theirs])) for *kind, theirs in packed(session, grouped)]
    of = np.zeros(1 + max((int(theirs.max()) for _, theirs in told), default=0), np.int64)
    for place, (_, theirs) in enumerate(told):
        of[theirs] = place
    return [kind for kind, _ in told], of


def kinds_by_code(session: Session, company_id: int, company: str) -> dict[str, Traits]:
    """Return what a company's customers are grouped by, but for their scores, by both codes as forecasts join them."""
    country, sales, collector, segment, _ = traits()
    question = told_of_customers(
        select(col(CustomerRow.code), country, sales, collector, segment).select_from(CustomerRow)
    )
    question = question.where(col(CustomerRow.company_id) == company_id)
    known: dict[tuple[Any, ...], Traits] = {}
    return {
        f"{company}\x1f{row[0]}": known.setdefault(tuple(row[1:]), Traits(row[1], row[2], row[3], row[4], ""))
        for row in narrow(session, question)
    }


def kinds(session: Session, company_ids: Sequence[int]) -> Kinds:
    """Return what the customers of companies are grouped by."""
    question = told_of_customers(select(col(CustomerRow.id), *traits()).select_from(CustomerRow)).where(
        col(CustomerRow.company_id).in_(company_ids)
    )
    known: dict[tuple[Any, ...], Traits] = {}
    of: dict[int, Traits] = {}
    for row in narrow(session, question):
        key = row[1:]
        kind = known.get(key)
        if kind is None:
            kind = known[key] = Traits._make(key)
        of[row[0]] = kind
    return Kinds(list(known.values()), of)
