"""Batches into the ledger: every item created, updated, left or refused, by the rules of the file import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.responses import Response

from ar_cockpit.api.v1.edge import once
from ar_cockpit.api.v1.edge.caller import Writer
from ar_cockpit.api.v1.edge.once import IdempotencyKey
from ar_cockpit.api.v1.edge.problems import FieldError, ProblemError, invalid_body
from ar_cockpit.api.v1.shapes import asked as queries
from ar_cockpit.api.v1.shapes import given, told
from ar_cockpit.domain.access import Actor
from ar_cockpit.importing.records import Table
from ar_cockpit.services.clock import today
from ar_cockpit.services.pushing import contacts, ledger
from ar_cockpit.services.pushing.items import Item
from ar_cockpit.services.pushing.ledger import PushReport
from ar_cockpit.settings import get_settings

endpoints = APIRouter(tags=["batches"])
_AMOUNTS = ("amount", "credit_limit")


async def _raw(request: Request) -> bytes:
    """Return the body as it came: it is read and judged in a worker thread, where it delays nobody."""
    return await request.body()


Body = Annotated[bytes, Depends(_raw)]
BatchAsked = Annotated[queries.BatchAsked, Query()]


def _batch_of(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _offer(path: str, name: str, batch: type[given.Batch[Any]], push: Callable[..., PushReport]) -> None:
    """Offer a batch at ``path``; the five differ in their records only."""

    def endpoint(
        request: Request, program: Writer, body: Body, how: BatchAsked, key: IdempotencyKey = None
    ) -> Response:
        asked = once.Asked(program, request, body, key)
        return once.answer(asked, _Work(program.actor, batch, body, how.atomic, push))

    endpoint.__name__ = f"push_{name}"
    endpoint.__doc__ = f"Create or update {name}; the same batch again changes nothing."
    endpoints.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        response_model=told.BatchResult,
        response_class=Response,
        responses={200: {"model": told.BatchResult, "description": "What became of each item"}},
        openapi_extra=_batch_of(batch),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """One batch to be done."""

    actor: Actor
    batch: type[given.Batch[Any]]
    body: bytes
    atomic: bool
    push: Callable[..., PushReport]

    def __call__(self, session: Session) -> BaseModel:
        """Do it in the caller's transaction."""
        try:
            items = self.batch.model_validate_json(self.body).items
        except ValidationError as error:
            raise invalid_body(error) from error
        settings = get_settings()
        rows = [_item(item) for item in items]
        report = self.push(session, self.actor, rows, on=today(settings.zone), settings=settings)
        if self.atomic and report.counts["refused"]:
            raise _refused(report)
        return _result(report)


def _item(item: BaseModel) -> Item:
    """Return what was told of an item, amounts exact."""
    row = item.model_dump(exclude_unset=True)
    return row | {name: Decimal(row[name]) for name in _AMOUNTS if row.get(name) is not None}


def _of_table(table: Table) -> Callable[..., PushReport]:
    def push(session: Session, actor: Actor, items: list[Item], *, on: date, settings: Any) -> PushReport:
        return ledger.push(session, actor, table, items, on=on, settings=settings)

    return push


def _result(report: PushReport) -> told.BatchResult:
    counts = report.counts
    results = [
        told.ItemResult.model_construct(
            index=one.number - 1,
            key=one.key,
            outcome=one.outcome,
            errors=[told.Remark(code=e.code, field=e.field, reason=e.reason) for e in one.errors],
            warnings=[told.Remark(code=e.code, field=e.field, reason=e.reason) for e in one.warnings],
        )
        for one in report.items
    ]
    return told.BatchResult(**{name: counts[name] for name in ledger.OUTCOMES}, results=results)


def _refused(report: PushReport) -> ProblemError:
    errors = [
        FieldError(code=error.code, detail=error.reason, pointer=f"#/items/{one.number - 1}/{error.field}")
        for one in report.items
        for error in one.errors
    ]
    count = report.counts["refused"]
    told_ = (
        f"{count} of {len(report.items)} items {'is' if count == 1 else 'are'} refused, so that nothing was changed."
    )
    return ProblemError(409, told_, kind="batch-refused", errors=errors)


_offer("/customers/batch", "customers", given.CustomerBatch, _of_table(Table.CUSTOMERS))
_offer("/contacts/batch", "contacts", given.ContactBatch, contacts.push)
_offer("/invoices/batch", "invoices", given.InvoiceBatch, _of_table(Table.INVOICES))
_offer("/payments/batch", "payments", given.PaymentBatch, _of_table(Table.PAYMENTS))
_offer("/allocations/batch", "allocations", given.AllocationBatch, _of_table(Table.ALLOCATIONS))
