"""`ar-cockpit standing` and `order`: may sales take an order from this customer, and what accepted ones keep."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import (
    AsJson,
    AsOf,
    AsUser,
    Company,
    acting,
    asking,
    business_date,
    emit_json,
    moment_of,
    parse_amount,
)
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services import credit, groups, order_checks, reach
from ar_cockpit.services.credit import CustomerStanding
from ar_cockpit.services.order_checks import OrderCheck, Wish

_ENGLISH = "en"
Amount = Annotated[str, typer.Option("--amount", help="What it is worth.")]
Number = Annotated[str, typer.Option("--number", help="The order's number; invoices name it.")]
Currency = Annotated[str, typer.Option("--currency", metavar="EUR", help="The order's currency.")]
Terms = Annotated[int | None, typer.Option("--terms", metavar="DAYS", help="The payment terms it asks for.")]

order = typer.Typer(help="Orders that count against limits.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("standing")(standing)
    app.add_typer(order, name="order")


def standing(
    customer: str,
    order_amount: Annotated[str, typer.Option("--order-amount", metavar="AMOUNT", help="An order to check.")] = "",
    currency: Annotated[str, typer.Option("--currency", metavar="EUR", help="The order's currency.")] = "",
    terms: Annotated[int | None, typer.Option("--terms", metavar="DAYS", help="The payment terms it asks for.")] = None,
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """May sales take an order from this customer, and why."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, Permission.VIEW_STANDING, customer, company)
        judged, book, _ = credit.judged(session, actor, line, day)
        group = groups.group_of(session, actor, judged.customer, judged.facts.currency, day)
        wish = Wish(parse_amount(order_amount), currency, terms) if order_amount else None
        checked = order_checks.of_standing(session, judged, book, wish, day) if wish else None
    document = _standing(judged) | {"group": groups.group_told(group) if group else None}
    if checked:
        document["order"] = order_told(checked)
    if as_json:
        emit_json(document)
    else:
        _print_standing(document)


@order.command("reserve")
def reserve(
    customer: str,
    amount: Amount,
    number: Number,
    currency: Currency = "",
    terms: Terms = None,
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Answer an order and, when it is accepted, let it count against the limit until it is invoiced or expires."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, Permission.VIEW_STANDING, customer, company)
        checked = order_checks.reserve(session, actor, line, Wish(parse_amount(amount), currency, terms, number), when)
    kept = checked.reservation
    document = _standing(checked.judged) | {
        "order": order_told(checked) | {"number": number, "expires_on": kept.expires_on.isoformat() if kept else None},
        "group": None,
    }
    if as_json:
        emit_json(document)
    else:
        _print_standing(document)
    if kept is None:
        messages.print("The order is not accepted; nothing was reserved.", markup=False)
        raise typer.Exit(1)


@order.command("release")
def release(customer: str, number: Number, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """Give back what an accepted order keeps of the limit."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, Permission.VIEW_STANDING, customer, company)
        found = order_checks.reserved(session, actor, when.on, customer_id=line.customer_id)
        kept = [one for one in found if one.reference == number]
        if not kept:
            raise NotFoundError(f"{customer} has no accepted order {number}.", "Check the number.")
        order_checks.release(session, actor, kept[0].reservation_id, when)
    messages.print(f"Order {number} keeps nothing any more.", markup=False)


@order.command("list")
def list_orders(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "") -> None:
    """The accepted orders that count against limits."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        found = order_checks.reserved(session, actor, day)
    told = [
        {
            "company": one.company_code,
            "customer": one.customer_code,
            "number": one.reference,
            "amount": decimal_string(one.amount_minor, one.currency),
            "left": decimal_string(one.left_minor, one.currency),
            "currency": one.currency,
            "expires_on": one.expires_on.isoformat(),
        }
        for one in found
    ]
    if as_json:
        emit_json({"as_of": day.isoformat(), "orders": told})
        return
    table = Table("Customer", "Order", "Amount", "Left", "Until")
    for one in told:
        amounts = (f"{one[key]} {one['currency']}" for key in ("amount", "left"))
        table.add_row(one["customer"], one["number"], *amounts, one["expires_on"])
    tables.print(table)


def order_told(checked: OrderCheck) -> dict[str, Any]:
    """Return the answer to an order as the commands tell it."""
    own = checked.judged.facts.currency
    return {
        "amount": decimal_string(checked.amount_minor, checked.currency),
        "currency": checked.currency,
        "decision": checked.answer.decision.value,
        "reasons": [_reason(one) for one in checked.answer.reasons],
        "acceptable": decimal_string(checked.answer.acceptable_minor, own),
        "would_help": [
            _reason(way.reason)
            | {
                "invoices": [
                    {"number": one.number, "open": decimal_string(one.minor, one.currency), "currency": one.currency}
                    for one in way.invoices
                ]
            }
            for way in checked.ways
        ],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "text": sentence(reason, _ENGLISH, STANDING)}


def _standing(judged: CustomerStanding) -> dict[str, Any]:
    return {
        "customer": judged.customer.code,
        "company": judged.customer.company_code,
        "name": judged.customer.name,
        "standing": judged.standing.level.value,
        "reasons": [_reason(one) for one in judged.standing.reasons],
        **credit.figures_told(judged),
    }


def _print_standing(document: dict[str, Any]) -> None:
    table = Table(f"{document['name']} ({document['customer']})", document["standing"].upper())
    for reason in document["reasons"]:
        table.add_row("", reason["text"])
    for key in ("open", "overdue", "max_days_overdue", "credit_limit", "available_credit"):
        value = document[key]
        table.add_row(key.replace("_", " "), "—" if value is None else f"{value}")
    if document["group"]:
        group = document["group"]
        amounts = (f"{key} {'—' if group[key] is None else group[key]}" for key in ("open", "overdue"))
        told = f"{', '.join(amounts)} {group['currency']}, {len(group['customers'])} customers, {group['standing']}"
        table.add_row(f"group {group['name']} ({group['code']})", told)
    if "order" in document:
        answer = document["order"]
        why = " ".join(reason["text"] for reason in answer["reasons"])
        table.add_row(f"order of {answer['amount']} {answer['currency']}", f"{answer['decision']}: {why}")
        for way in answer["would_help"]:
            numbers = ", ".join(one["number"] for one in way["invoices"])
            table.add_row("would help", f"{way['text']} {numbers}".rstrip())
    tables.print(table)
