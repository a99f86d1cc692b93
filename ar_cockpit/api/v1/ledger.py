"""Reading the ledger: lists by cursor, and single records."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from ar_cockpit.api.v1.edge import cursors
from ar_cockpit.api.v1.edge.caller import Reader, business_date
from ar_cockpit.api.v1.edge.cursors import Place
from ar_cockpit.api.v1.edge.keys import Key
from ar_cockpit.api.v1.shapes import asked as given
from ar_cockpit.api.v1.shapes import rows, told
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Permission
from ar_cockpit.services.lists import feeds
from ar_cockpit.services.lists.feeds import Asked, Documents, Feed

endpoints = APIRouter(tags=["ledger"])


@endpoints.get("/customers", response_model=told.CustomerPage)
def list_customers(program: Reader, asked: Annotated[given.CustomersAsked, Query()]) -> Any:
    """List customers."""
    _, page = _page(asked)
    with reading() as session:
        owners = {"collector": asked.collector or "", "sales_rep": asked.sales_rep or ""}
        feed = feeds.customers(session, program.actor, page, **owners)
        return {"items": [rows.customer(row) for row in feed.rows], "next": _next(feed, asked)}


@endpoints.get("/customers/{id:int}", response_model=told.CustomerDetail)
def get_customer(program: Reader, id: Key) -> Any:  # noqa: A002 (the name in the address)
    """Get a customer with its contacts."""
    with reading() as session:
        row, contacts = feeds.customer(session, program.actor, id)
        return rows.customer(row) | {"contacts": [rows.contact(one) for one in contacts]}


@endpoints.get("/invoices", response_model=told.InvoicePage)
def list_invoices(program: Reader, asked: Annotated[given.InvoicesAsked, Query()]) -> Any:
    """List the invoices and credit notes that exist on a day, with what is open of them then."""
    place, page = _page(asked)
    with reading() as session:
        company = asked.company or ""
        day = asked.as_of or place.as_of or business_date(session, program, Permission.VIEW_CUSTOMERS, company)
        which = Documents(
            as_of=day,
            state=asked.state,
            number=asked.invoice_number or "",
            due=(asked.due_from, asked.due_to),
            issued=(asked.issued_from, asked.issued_to),
        )
        feed = feeds.invoices(session, program.actor, page, which)
        items = [rows.invoice(row, day) for row in feed.rows]
        return {"as_of": day, "items": items, "next": _next(feed, asked, day)}


@endpoints.get("/invoices/{id:int}", response_model=told.Invoice)
def get_invoice(program: Reader, id: Key, asked: Annotated[given.DayAsked, Query()]) -> Any:  # noqa: A002 (likewise)
    """Get an invoice or credit note as of a day."""
    with reading() as session:
        day = asked.as_of or business_date(session, program, Permission.VIEW_CUSTOMERS)
        return rows.invoice(feeds.invoice(session, program.actor, id, day), day)


@endpoints.get("/payments", response_model=told.PaymentPage)
def list_payments(program: Reader, asked: Annotated[given.PaymentsAsked, Query()]) -> Any:
    """List payments."""
    _, page = _page(asked)
    number, paid = asked.payment_id or "", (asked.paid_from, asked.paid_to)
    with reading() as session:
        feed = feeds.payments(session, program.actor, page, number=number, paid=paid, unapplied=asked.unapplied)
        return {"items": [rows.payment(row) for row in feed.rows], "next": _next(feed, asked)}


@endpoints.get("/payments/{id:int}", response_model=told.Payment)
def get_payment(program: Reader, id: Key) -> Any:  # noqa: A002 (likewise)
    """Get a payment."""
    with reading() as session:
        return rows.payment(feeds.payment(session, program.actor, id))


@endpoints.get("/allocations", response_model=told.AllocationPage)
def list_allocations(program: Reader, asked: Annotated[given.AllocationsAsked, Query()]) -> Any:
    """List allocations."""
    _, page = _page(asked)
    payment, invoice = asked.payment_id or "", asked.invoice_number or ""
    days = (asked.allocated_from, asked.allocated_to)
    with reading() as session:
        feed = feeds.allocations(session, program.actor, page, payment=payment, invoice=invoice, on=days)
        return {"items": [rows.allocation(row) for row in feed.rows], "next": _next(feed, asked)}


def _page(asked: given.PageAsked) -> tuple[Place, Asked]:
    place = cursors.read(asked.cursor, asked.question())
    whose = (asked.company or "", asked.customer_id or "", asked.currency or "")
    return place, Asked(place.after, asked.limit, *whose)


def _next(feed: Feed, asked: given.PageAsked, as_of: date | None = None) -> str | None:
    return cursors.write(Place(feed.rows[-1].id, as_of), asked.question()) if feed.has_more else None
