"""`ar-cockpit token`: tokens for programs that use the API."""

from __future__ import annotations

import sys
from datetime import datetime, time
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsUser, acting, asking, emit_json, parse_date
from ar_cockpit.domain.access import TokenScope
from ar_cockpit.services.clock import now
from ar_cockpit.services.programs import tokens
from ar_cockpit.services.programs.tokens import TokenOrder, TokenSummary
from ar_cockpit.settings import get_settings

token = typer.Typer(help="Tokens for programs that use the API.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(token, name="token")


@token.command("add")
def add(
    name: str,
    scope: Annotated[list[TokenScope], typer.Option("--scope", help="What it is good for; may be repeated.")],
    company: Annotated[list[str] | None, typer.Option("--company", help="A company's code; all by default.")] = None,
    expires: Annotated[str, typer.Option("--expires", metavar="YYYY-MM-DD", help="Its last day.")] = "",
    as_user: AsUser = "",
) -> None:
    """Make a token; it is printed on stdout, this once."""
    zone = get_settings().zone
    ends_at = datetime.combine(parse_date(expires), time.max, zone) if expires else None
    with acting(as_user) as (session, actor):
        made = tokens.add(session, actor, TokenOrder(name, scope, company or (), ends_at), at=now())
    sys.stdout.write(f"{made}\n")
    messages.print("Keep it now: it cannot be shown again.", markup=False)


@token.command("list")
def list_(as_json: AsJson = False, as_user: AsUser = "") -> None:
    """List tokens with their scopes and companies (none named: all), and when they were used last."""
    with asking(as_user) as (session, actor):
        found = tokens.listed(session, actor)
    if as_json:
        emit_json({"tokens": [_document(one) for one in found]})
        return
    table = Table("Name", "Begins with", "Scopes", "Companies", "State", "Expires", "Last used")
    for one in found:
        companies = ", ".join(one.companies) or "all"
        days = (_told(one.expires_at) or "—", _told(one.last_used_at) or "never")
        table.add_row(one.name, f"{one.hint}…", ", ".join(one.scopes), companies, one.state(now()), *days)
    tables.print(table)


@token.command("revoke")
def revoke(name: str, as_user: AsUser = "") -> None:
    """End a token's rights at once."""
    with acting(as_user) as (session, actor):
        tokens.revoke(session, actor, name, at=now())
    messages.print(f"The token {name} is revoked.", markup=False)


def _document(one: TokenSummary) -> dict[str, Any]:
    return {
        "name": one.name,
        "hint": one.hint,
        "scopes": list(one.scopes),
        "companies": list(one.companies),
        "state": one.state(now()),
        "created_at": _told(one.created_at),
        "created_by": one.created_by,
        "expires_at": _told(one.expires_at),
        "last_used_at": _told(one.last_used_at),
    }


def _told(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
