"""Find customers and invoices by the names people use, among those the actor may reach; all others do not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.open_items import open_on
from ar_cockpit.db.queries.customers import CustomerLine, customer_lines, line_of, lines_coded
from ar_cockpit.db.queries.scope import customer_clause, in_any_company
from ar_cockpit.db.tables import CompanyRow, CustomerMergeRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """An invoice as acts need it: whose it is and what is open of it."""

    invoice_id: int
    company_id: int
    company_code: str
    customer_id: int
    number: str
    invoice_on: date
    currency: str
    open_minor: int


def customer(session: Session, actor: Actor, permission: Permission, customer_id: int) -> CustomerLine:
    """Return the customer if ``permission`` reaches it; raise ``NotFoundError`` otherwise."""
    actor.scope(permission)
    line = line_of(session, customer_id)
    if line is None or not _is_reached(actor, permission, line):
        raise NotFoundError("There is no such customer.", "It may belong to a company you do not see.")
    return line


def customers(
    session: Session, actor: Actor, permission: Permission, customer_ids: Sequence[int]
) -> list[CustomerLine]:
    """Return the customers in the order asked; raise ``NotFoundError`` when ``permission`` does not reach them all."""
    reached = customer_clause(actor.scope(permission), actor.email)
    found = {
        line.customer_id: line for line in customer_lines(session, reached & col(CustomerRow.id).in_(customer_ids))
    }
    if len(found) != len(set(customer_ids)):
        raise NotFoundError("There is no such customer.", "It may belong to a company you do not see.")
    return [found[key] for key in customer_ids]


def customer_coded(
    session: Session, actor: Actor, permission: Permission, code: str, company: str = ""
) -> CustomerLine:
    """Return the customer ``code``; raise ``NotFoundError``, or ``InputError`` when several companies have one.

    The code of a customer that was merged into another means that other one.
    """
    actor.scope(permission)
    if not code.strip():
        raise NotFoundError("No customer is named.", "Give the customer's code.")
    found = [
        line
        for line in _as_merged(session, lines_coded(session, code))
        if _is_reached(actor, permission, line) and company in ("", line.company_code)
    ]
    if not found:
        where = f" in company {company}" if company else ""
        raise NotFoundError(f"There is no customer {code}{where}.", "Check the code.")
    if len(found) > 1:
        _refuse_several(f"Customer {code}", [line.company_code for line in found])
    return found[0]


def invoices_numbered(
    session: Session, actor: Actor, permission: Permission, numbers: Sequence[str], as_of: date, company: str = ""
) -> list[InvoiceLine]:
    """Return the invoices with these numbers, in the order asked; each must exist, once."""
    asked = list(dict.fromkeys(numbers))
    numbered = col(InvoiceRow.number).in_(asked) & in_any_company(col(InvoiceRow.company_id))
    found = _invoices(session, actor, permission, numbered & _of_company(company), as_of)
    by_number: dict[str, list[InvoiceLine]] = {}
    for line in found:
        by_number.setdefault(line.number, []).append(line)
    for number in asked:
        if number not in by_number:
            raise NotFoundError(f"There is no invoice {number}.", "Check the number.")
        if len(by_number[number]) > 1:
            _refuse_several(f"Invoice {number}", [line.company_code for line in by_number[number]])
    return [by_number[number][0] for number in asked]


def invoices(
    session: Session, actor: Actor, permission: Permission, invoice_ids: Sequence[int], as_of: date
) -> list[InvoiceLine]:
    """Return the invoices with these keys; raise ``NotFoundError`` when one is out of reach."""
    found = _invoices(session, actor, permission, col(InvoiceRow.id).in_(invoice_ids), as_of)
    if {line.invoice_id for line in found} != set(invoice_ids):
        raise NotFoundError("There is no such invoice.", "It may belong to a company you do not see.")
    return found


def check_owed(line: CustomerLine, asked: Sequence[InvoiceLine]) -> None:
    """Raise ``InputError`` unless all the invoices are the customer's and something of each is open."""
    for one in asked:
        if one.customer_id != line.customer_id:
            raise InputError(f"{one.number} is not an invoice of {line.code}.", "Check the number.")
        if one.open_minor <= 0:
            raise InputError(f"Nothing of {one.number} is open.", "Leave it out.")


def _as_merged(session: Session, lines: Sequence[CustomerLine]) -> list[CustomerLine]:
    """Return, in the place of each customer that was merged, the one it was merged into."""
    if not any(line.is_archived for line in lines):
        return list(lines)
    row = CustomerMergeRow
    archived = [line.customer_id for line in lines if line.is_archived]
    question = select(col(row.from_id), col(row.into_id)).where(col(row.from_id).in_(archived))
    into = {key: line_of(session, target) for key, target in session.execute(question)}
    return [into.get(line.customer_id) or line for line in lines]


def _invoices(
    session: Session, actor: Actor, permission: Permission, asked: ColumnElement[bool], as_of: date
) -> list[InvoiceLine]:
    question = (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.company_id),
            col(CompanyRow.code),
            col(InvoiceRow.customer_id),
            col(InvoiceRow.number),
            col(InvoiceRow.invoice_on),
            col(InvoiceRow.currency),
            open_on(as_of),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(InvoiceRow.company_id))
        .where(asked, customer_clause(actor.scope(permission), actor.email))
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )
    return [InvoiceLine(*values) for values in session.execute(question)]


def _is_reached(actor: Actor, permission: Permission, line: CustomerLine) -> bool:
    """Return whether ``permission`` reaches a customer, as :func:`customer_clause` says it of many."""
    return actor.may(permission, line.company_id, owns=line.sales_email == actor.email)


def _of_company(code: str) -> ColumnElement[bool]:
    if not code:
        return true()
    return col(CustomerRow.company_id).in_(select(col(CompanyRow.id)).where(col(CompanyRow.code) == code))


def _refuse_several(what: str, companies: Sequence[str]) -> None:
    raise InputError(f"{what} exists in several companies: {', '.join(sorted(companies))}.", "Choose with --company.")
