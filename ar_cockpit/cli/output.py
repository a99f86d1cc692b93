"""What every command shares: options, JSON on stdout, words on stderr, and the end of a refusal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlmodel import Session

from ar_cockpit.cli.console import REFUSED, messages
from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.session import engine, reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services.clock import now, today
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.users import actor_by_email
from ar_cockpit.settings import get_settings, prepare_home

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The business date; today by default.")]
AsUser = Annotated[str, typer.Option("--as", metavar="EMAIL", help="Act as this user; the local operator by default.")]
Company = Annotated[str, typer.Option("--company", metavar="CODE", help="One company; all visible ones by default.")]
Note = Annotated[str, typer.Option("--note", help="What was said, in a few words.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
Invoices = Annotated[list[str], typer.Option("--invoice", metavar="NUMBER", help="Once for each invoice.")]


def open_database() -> None:
    """Create or migrate the database: every command may be the first."""
    prepare_home(get_settings())
    migrate(engine())


@contextmanager
def asking(as_user: str = "") -> Iterator[tuple[Session, Actor]]:
    """Open a session for questions, with the actor."""
    open_database()
    with reading() as session:
        yield session, _actor(session, as_user)


@contextmanager
def acting(as_user: str = "") -> Iterator[tuple[Session, Actor]]:
    """Open a transaction for an act, with the actor."""
    open_database()
    with transaction() as session:
        yield session, _actor(session, as_user)


def business_date(as_of: str) -> date:
    """Return the date given, or today in the configured time zone; raise ``InputError`` when it is none."""
    if not as_of:
        return today(get_settings().zone)
    return parse_date(as_of)


def parse_date(value: str) -> date:
    """Return an ISO date; raise ``InputError`` otherwise."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"{value!r} is not a date.", "Write it as 2026-03-31.") from error


def parse_amount(written: str) -> Decimal:
    """Return an amount in major units; raise ``InputError`` for what is none."""
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise InputError(f"{written!r} is not an amount.", "Write it as 1234.50.") from error


def moment_of(as_of: str) -> Moment:
    """Return when an act happens: on the date given, or today, and now."""
    return Moment(business_date(as_of), now())


def read_file(file: Path) -> str:
    """Return a text file of the user's; raise ``InputError`` when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text.", "Save it as UTF-8.") from error


def emit_json(document: dict[str, Any]) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def fail(sentence: str, code: int = REFUSED) -> NoReturn:
    """End with ``sentence`` on stderr."""
    messages.print(sentence, markup=False)
    raise typer.Exit(code)


def _actor(session: Session, as_user: str) -> Actor:
    return actor_by_email(session, as_user) if as_user else Actor.local_operator()
