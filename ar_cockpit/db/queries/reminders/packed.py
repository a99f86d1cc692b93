"""What a day's plan is made of, in whole columns: the many rows of a large ledger, as known on the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    String,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.sql.elements import True_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, listed
from ar_cockpit.db.days import days_between
from ar_cockpit.db.packing import Ints, numbers, packed, packed_numbers, packed_values, values
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.customers import may_be_written_to
from ar_cockpit.db.queries.reminders.contacts import is_for_payables
from ar_cockpit.db.queries.reminders.currencies import currencies_of_documents
from ar_cockpit.db.queries.reminders.plan import allocated_later, tags_of
from ar_cockpit.db.queries.reminders.steps_done import is_about, was_done, went_on
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, InvoiceRow, MessageItemRow
from ar_cockpit.domain.cadence.columns import Dones, Flags, Owing, where
from ar_cockpit.domain.cadence.people import Column, People, worded

_UNTAGGED: frozenset[str] = frozenset()
_FEW = 20_000  # customers: more are not named, their contacts are among all


def owing(session: Session, wanted: ColumnElement[bool], as_of: date) -> Owing:
    """Return what the ``wanted`` customers owe, in no order and without the invoices' numbers."""
    row = InvoiceRow
    open_minor: SQLColumnExpression[int] = col(row.open_minor)
    later = allocated_later(as_of)
    is_past = session.execute(select(later.c.invoice_id).limit(1)).first() is not None
    if is_past:
        open_minor = cast(open_minor + func.coalesce(later.c.minor, 0), BigInteger)
    asked = (col(row.id), open_minor, days_between(literal(as_of), col(row.due_on)), col(row.customer_id))
    question = select(col(row.currency), *(packed_numbers(session, column) for column in asked))
    if is_past:
        question = question.outerjoin(later, later.c.invoice_id == col(row.id))
    if not isinstance(wanted, True_):
        question = question.join(CustomerRow, col(CustomerRow.id) == col(row.customer_id)).where(wanted)
    else:
        # By the whole key of the index that holds all of this but for few words: no document is looked at.
        company_ids = list(session.execute(select(col(CompanyRow.id))).scalars())
        currencies = currencies_of_documents(session)
        question = question.where(col(row.company_id).in_(company_ids), col(row.currency).in_(currencies))
    question = question.where(is_open_on(as_of), open_minor > 0).group_by(col(row.company_id), col(row.currency))
    parts = packed(session, question)
    ids, minor, days, owners = (numbers(part[place] for part in parts) for place in range(1, 5))
    words = sorted({part[0] for part in parts})
    of_part = [words.index(part[0]) for part in parts]
    return Owing(ids, minor, days, owners, np.repeat(of_part, [len(numbers([part[1]])) for part in parts]), words)


def numbers_of(session: Session, ids: Ints) -> list[str]:
    """Return the numbers of invoices, in the order of their keys; of one that went meanwhile an empty one."""
    if not len(ids):
        return []
    row, each = InvoiceRow, listed(session, np.sort(ids).tolist())  # as they lie
    question = select(packed_numbers(session, col(row.id)), packed_values(session, col(row.number)))
    question = question.select_from(each).join(row, col(row.id) == each.c.value)
    parts = packed(session, question)
    found, words = numbers(part[0] for part in parts), values(part[1] for part in parts)
    return [words[place] if place >= 0 else "" for place in where(found, ids).tolist()]


def dones(session: Session, wanted: ColumnElement[bool], as_of: date, bits: Mapping[str, int]) -> Dones:
    """Return what was done by ``as_of`` about the invoices open on it, perhaps of others too."""
    item = MessageItemRow
    bit = case(bits, value=col(item.step), else_=0) if bits else literal(0)
    days = (days_between(as_of, col(item.business_on)), days_between(as_of, went_on(as_of)))
    columns = (col(item.invoice_id), bit, col(item.step_offset), *days, col(item.firmness))
    question = select(*(packed_numbers(session, column) for column in columns)).where(was_done(as_of))
    if not isinstance(wanted, True_):
        question = question.join(InvoiceRow, is_about()).join(
            CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id)
        )
        question = question.where(wanted, is_open_on(as_of))
    parts = packed(session, question)
    return Dones(*(numbers(part[place] for part in parts) for place in range(len(columns))))


def people(session: Session, wanted: ColumnElement[bool]) -> People:
    """Return the ``wanted`` customers by company and code, without whom to write to.

    ``speaks`` is the company's language.
    """
    row, company = CustomerRow, CompanyRow
    tags = cast(col(row.tags), String)
    whole = (col(row.id), col(row.payment_terms_days), case((col(row.sales_email) != "", 1), else_=0))
    words = (
        col(row.code),
        col(row.country),
        col(row.language),
        col(row.currency),
        col(row.credit_limit_minor),
        col(row.external_score),
        col(row.segment_key),
        case((tags.in_(("[]", "null")), None), else_=tags),
    )
    columns = [*(packed_numbers(session, one) for one in whole), *(packed_values(session, one) for one in words)]
    question = (
        select(col(company.code), col(company.language), *columns)
        .join(company, col(company.id) == col(row.company_id))
        .where(wanted)
        .group_by(col(company.id), col(company.code), col(company.language))
    )
    return _in_order(sorted(packed(session, question), key=itemgetter(0)))


def _in_order(parts: Sequence[Sequence[Any]]) -> People:
    """Return the customers of the companies in ``parts``, each company's by code."""
    found: dict[str, list[Any]] = defaultdict(list)
    for company, language, ids, terms, owned, *words in parts:
        codes, *more, tagged = (values([part]) for part in words)
        order = sorted(range(len(codes)), key=codes.__getitem__)
        tags = [tags_of(one) if one else _UNTAGGED for one in tagged]
        read = [*(numbers([part]).tolist() for part in (ids, terms)), (numbers([owned]) > 0).tolist(), codes, *more]
        for name, column in zip(_READ, [*read, tags], strict=True):
            found[name] += [column[place] for place in order]
        for name, value in (("company", company), ("speaks", language)):
            found[name] += [value] * len(order)
    columns = {name: worded(found[name]) for name in (*_READ, "company", "speaks")}
    return People(columns, np.arange(len(columns["code"])))


_READ = (
    "customer_id",
    "terms_days",
    "has_sales_owner",
    "code",
    "country",
    "language",
    "currency",
    "limit_minor",
    "external_score",
    "segment",
    "tags",
)


class Contacts(NamedTuple):
    """Contacts of customers in columns, of each customer the one to write to first."""

    owners: Ints
    ids: Ints
    emails: Column  # empty where none works
    languages: Column
    has_phone: Flags


def contacts(session: Session, customer_ids: Ints) -> Contacts:
    """Return the contacts of these customers; others' may be among them."""
    row = ContactRow
    goes, calls = may_be_written_to(row), (col(row.phone) != "") & col(row.left_on).is_(None)
    last = (col(row.is_primary), is_for_payables(row))
    flags = [case((one, 1), else_=0) for one in (*last, calls)]
    whole = [packed_numbers(session, one) for one in (col(row.customer_id), col(row.id), *flags)]
    words = (case((goes, col(row.email)), else_=""), col(row.language))
    question = select(*whole, *(packed_values(session, one) for one in words))
    if len(customer_ids) <= _FEW:
        question = question.where(among(session, col(row.customer_id), customer_ids.tolist()))
    parts = packed(session, question)
    owners, ids, is_primary, is_for_bills, has_phone = (numbers(part[place] for part in parts) for place in range(5))
    emails, languages = (worded(values(part[place] for part in parts)) for place in (5, 6))
    order = np.lexsort((ids, -is_for_bills, -is_primary, owners))
    return Contacts(owners[order], ids[order], emails[order], languages[order], has_phone[order] > 0)
