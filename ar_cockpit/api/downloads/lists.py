"""Lists as files: the same questions as the pages ask, answered whole for those who may export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.db.session import reading_one_state
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import CockpitError, ForbiddenError
from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.figures.consolidation import Conversion, Rate
from ar_cockpit.domain.figures.listing import customer_question, invoice_question
from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import DEFAULT_LANGUAGE, LANGUAGES, say
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services import clock
from ar_cockpit.services.lists import exports, records
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.lists.records import CustomerLine, InvoiceLine
from ar_cockpit.settings import get_settings

router = APIRouter(prefix=routes.DOWNLOADS)
Ending = Literal["csv", "xlsx"]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORBIDDEN, _NOT_FOUND = 403, 404


class Wanted:
    """What the address asks for."""

    def __init__(self, request: Request) -> None:
        self.params = dict(request.query_params)
        self.consolidate = self.params.get(routes.CONSOLIDATE_PARAM, "")
        usual = self.params.get(routes.CURRENCY_PARAM, "") or get_settings().default_currency
        self.currency = self.consolidate or usual
        language = self.params.get("lang", "")
        self.language = language if language in LANGUAGES else DEFAULT_LANGUAGE
        self.as_of = clock.today(get_settings().zone)
        self.as_of = min(self.as_of, self.day(routes.AS_OF_PARAM))

    def day(self, name: str) -> date:
        """Return a day of the address; what is none is the day that all is as of."""
        try:
            return date.fromisoformat(self.params.get(name, ""))
        except ValueError:
            return self.as_of

    def say(self, key: str, **values: object) -> str:
        """Return a word of the catalogue in the reader's language."""
        return say(self.language, key, **values)


WantedNow = Annotated[Wanted, Depends(Wanted)]
Make = Callable[[Session, Actor, Wanted], list[Sheet]]


@router.get("/invoices.{ending}")
def invoices(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every document of the list."""
    return file_of("invoices", ending, invoice_sheets, actor, wanted)


@router.get("/customers.{ending}")
def customers(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every customer of the list."""
    return file_of("customers", ending, customer_sheets, actor, wanted)


def invoice_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the documents of the list; of several currencies, each also converted."""
    asked = invoice_question(wanted.params, wanted.as_of, wanted.currency, consolidated=bool(wanted.consolidate))
    keys = ("number", "kind", "company", "customer_code", "customer", "invoice_on", "due_on", "settled")
    more = ("currency", "amount", "open", "days_overdue", "is_disputed", "collector", "expected", "chance")
    lines = records.all_invoices(session, actor, asked)
    paid = ("paid",) if asked.paid else ()
    head = [wanted.say(f"invoices.{key}") for key in (*keys, *more, *paid)]
    rows = (_invoice(line, wanted, with_paid=bool(paid)) for line in lines)
    if wanted.consolidate:
        rates = records.rates_of_invoices(session, actor, asked)
        head += converted_heads(wanted, "amount_in", "open_in")
        rows = (
            [
                *_invoice(line, wanted, with_paid=bool(paid)),
                *converted_cells(rates, line.currency, line.amount_minor, line.open_minor),
            ]
            for line in lines
        )
    return [Sheet(wanted.say("invoices.title"), head, rows)]


def converted_heads(wanted: Wanted, *amounts: str) -> list[str]:
    """Return the heads of what a consolidated list has beside its own amounts."""
    words = [wanted.say("consolidation.export.rate"), wanted.say("consolidation.export.rate_date")]
    return words + [wanted.say(f"consolidation.export.{key}", currency=wanted.currency) for key in amounts]


def converted_cells(rates: Conversion, currency: str, *amounts: int) -> list[Cell]:
    """Return rate, its day and the amounts converted, each rounded; empty where there is no rate."""
    rate = rates.rates.get(currency)
    told: list[Cell] = [rate.told, rate.published_on] if isinstance(rate, Rate) else [None, None]
    if currency == rates.into:
        told = [Decimal(1), None]
    return told + [units(rates.total({currency: minor}), rates.into) for minor in amounts]


def _invoice(line: InvoiceLine, wanted: Wanted, *, with_paid: bool) -> list[Cell]:
    return [
        line.number,
        wanted.say(f"invoices.kind.{line.kind}"),
        line.company,
        line.customer,
        line.customer_name,
        line.invoice_on,
        line.due_on,
        line.settled_on,
        line.currency,
        units(line.amount_minor, line.currency),
        units(line.open_minor, line.currency),
        days_overdue(line.due_on, wanted.as_of) if line.open_minor else None,
        int(line.is_disputed),
        line.collector_email,
        line.expected_on,
        None if line.chance is None else line.chance / 100,
        *([units(line.paid_minor, line.currency)] if with_paid else []),
    ]


def customer_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the customers of the list; those that owe several currencies have a row for each, also converted."""
    asked = customer_question(wanted.params, wanted.as_of, wanted.currency, consolidated=bool(wanted.consolidate))
    keys = ("code", "name", "country", "company", "currency", "overdue", "oldest_due", "open")
    more = ("limit_currency", "limit", "collector", "sales")
    lines = records.all_customers(session, actor, asked)
    head = [wanted.say(f"customers.{key}") for key in (*keys, *more)]
    rows = (_customer(line) for line in lines)
    if wanted.consolidate:
        rates = records.rates_of_customers(session, actor, asked)
        head += converted_heads(wanted, "overdue_in", "open_in")
        rows = (
            [*_customer(line), *converted_cells(rates, line.owed_currency, line.overdue_minor, line.open_minor)]
            for line in lines
        )
    return [Sheet(wanted.say("customers.title"), head, rows)]


def _customer(line: CustomerLine) -> list[Cell]:
    return [
        line.code,
        line.name,
        line.country,
        line.company,
        line.owed_currency,
        units(line.overdue_minor, line.owed_currency),
        line.oldest_due_on,
        units(line.open_minor, line.owed_currency),
        line.currency,
        None if line.limit_minor is None else units(line.limit_minor, line.currency),
        line.collector_email,
        line.sales_email,
    ]


def file_of(name: str, ending: Ending, make: Make, actor: Actor, wanted: Wanted) -> Response:
    """Return the sheets as a download; a refusal is a status with its sentence, and nothing is sent."""
    heads = {"Content-Disposition": f'attachment; filename="{name}-{wanted.as_of.isoformat()}.{ending}"'}
    if ending == "xlsx":
        with refusals(wanted.language), reading_one_state() as session:
            content = exports.xlsx_bytes(make(session, actor, wanted))
        return Response(content, media_type=_XLSX, headers=heads)
    lines = _csv(make, actor, wanted)
    with refusals(wanted.language):
        first = next(lines)  # a refusal comes before anything is sent
    return StreamingResponse(_again(first, lines), media_type="text/csv; charset=utf-8", headers=heads)


def _csv(make: Make, actor: Actor, wanted: Wanted) -> Iterator[str]:
    with reading_one_state() as session:
        (sheet,) = make(session, actor, wanted)
        yield from exports.csv_lines(sheet)


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


@contextmanager
def refusals(language: str) -> Iterator[None]:
    """Answer a refusal with its status and its sentence in the reader's language."""
    try:
        yield
    except ForbiddenError as error:
        raise HTTPException(_FORBIDDEN, refusal(language, error.sentence)) from error
    except CockpitError as error:
        raise HTTPException(_NOT_FOUND, refusal(language, error.sentence)) from error


def units(minor: int | None, currency: str) -> Decimal | None:
    """Return an amount in major units, exactly; what is not available stays empty."""
    return None if minor is None else Decimal(minor).scaleb(-exponent(currency))
