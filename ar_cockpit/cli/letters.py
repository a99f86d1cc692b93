"""`ar-cockpit letters`: the letters that wait for a person, and statements of account, as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, asking, business_date, emit_json
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services import reach
from ar_cockpit.services.documents.storage import store
from ar_cockpit.services.letters.printing import Written, print_letters
from ar_cockpit.services.papers.statements import statement_pdf
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.settings import get_settings

letters = typer.Typer(help="Letters that wait, and statements of account.", no_args_is_help=True)
_MISSING = {
    "address_missing": "no postal address is known",
    "interest_unknown": "interest is reserved, not claimed",
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
