"""`ar-cockpit letters`: the letters that wait for a person, and statements of account, as PDF."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, acting, asking, business_date, emit_json
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services import reach
from ar_cockpit.services.documents.storage import store
from ar_cockpit.services.letters.printing import Written, print_letters
from ar_cockpit.services.papers.statements import statement_pdf
from ar_cockpit.services.papers.terms import late_terms, set_late_rate
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.settings import get_settings

letters = typer.Typer(help="Letters that wait, and statements of account.", no_args_is_help=True)
_MISSING = {
    "address_missing": "no postal address is known",
    "interest_unknown": "interest is reserved, not claimed",
    "rate_unconfirmed": "interest rests on a rate that is to be confirmed",
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(letters, name="letters")


@letters.callback()
def _letters() -> None:
    """Letters that wait, and statements of account."""


@letters.command("print")
def print_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the PDFs are written.")],
    one_file: Annotated[bool, typer.Option("--one-file", help="All letters in one file, for one print job.")] = False,
    as_of: AsOf = "",
    company: Company = "",
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Write every letter that waits; they keep waiting until a person marks them as done."""
    on = business_date(as_of)
    with asking(as_user) as (session, actor):
        chosen = chosen_companies(session, actor, Permission.WORK_CUSTOMERS, company) if company else None
    found = print_letters(transaction, actor, store(get_settings()), folder, on, company_ids=chosen, as_one=one_file)
    if as_json:
        emit_json({"as_of": on.isoformat(), "letters": [_document(one) for one in found]})
    else:
        _show(found)
    if any(one.path is None or one.letter.missing for one in found):
        raise typer.Exit(IN_PART)


@letters.command()
def statement(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's code.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help="Where the PDF is written.")],
    currency: Annotated[str, typer.Option("--currency", help="The customer's own by default.")] = "",
    as_of: AsOf = "",
    company: Company = "",
    as_user: AsUser = "",
) -> None:
    """Write a customer's statement of account."""
    with asking(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, Permission.WORK_CUSTOMERS, customer, company)
        paper = statement_pdf(session, actor, line.customer_id, business_date(as_of), currency=currency)
    try:
        out.write_bytes(paper.content)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.", "Choose another place.") from error
    messages.print(f"{out}: {len(paper.content):,} bytes", markup=False)


@letters.command()
def rate(
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="The company's code.")],
    percent: Annotated[str, typer.Argument(metavar="[PERCENT]", help="As the terms of sale say, a year.")] = "",
    by_law: Annotated[bool, typer.Option("--by-law", help="Forget what was agreed.")] = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Show what a company claims on late payments, or set the rate that was agreed."""
    with acting(as_user) as (session, actor):
        if percent or by_law:
            set_late_rate(session, actor, company, None if by_law else _decimal(percent))
        terms = late_terms(session, actor, company, business_date(as_of))
    agreed = str(terms.agreed) if terms.agreed is not None else None
    if as_json:
        told = {"law": terms.law, "source": terms.source, "agreed": agreed, "rate": str(terms.rate)}
        emit_json({"company": terms.company} | told)
        return
    how = f"agreed at {agreed} %" if agreed else "by law"
    messages.print(f"{terms.company}: {terms.rate} % a year, {how} ({terms.source}).", markup=False)


def _decimal(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise InputError(f"{written!r} is no rate.", "Write it as 12.5.") from error


def _show(found: list[Written]) -> None:
    if not found:
        messages.print("No letter waits.")
        return
    table = Table("Customer", "File", "Invoices", "Total", "Missing")
    for one in found:
        letter = one.letter
        missing = "; ".join(_MISSING[code] for code in letter.missing)
        name = one.path.name if one.path else "nothing left to ask for"
        total = f"{decimal_string(letter.total_minor, letter.letter.currency)} {letter.letter.currency}"
        table.add_row(letter.customer, name, str(len(letter.invoices)), total, missing)
    tables.print(table)


def _document(one: Written) -> dict[str, Any]:
    letter = one.letter
    return {
        "customer": letter.customer,
        "file": str(one.path) if one.path else None,
        "invoices": list(letter.invoices),
        "total": decimal_string(letter.total_minor, letter.letter.currency),
        "currency": letter.letter.currency,
        "missing": list(letter.missing),
        "why": letter.why or None,
    }
