"""`ar-cockpit user`: add and list people."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsUser, Company, acting, asking, emit_json
from ar_cockpit.domain.access import Role
from ar_cockpit.services.people import users

user = typer.Typer(help="People who sign in.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(user, name="user")


@user.command("add")
def add(
    email: str,
    role: Annotated[Role, typer.Option("--role", help="What the person may do.")],
    company: Company = "",
    name: Annotated[str, typer.Option("--name", help="As shown on screen.")] = "",
    as_user: AsUser = "",
) -> None:
    """Add a user, or a role to a user; the password is prompted for, or one line of stdin."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with acting(as_user) as (session, actor):
        users.add_user(session, actor, email, role, password, company_code=company, name=name)
    messages.print(f"{email} is {role.value} now.", markup=False)


@user.command("list")
def list_(as_json: AsJson = False, as_user: AsUser = "") -> None:
    """List users with their roles and companies (none named: all)."""
    with asking(as_user) as (session, actor):
        found = users.list_users(session, actor)
    if as_json:
        emit_json({"users": [{"email": u.email, "role": u.role, "companies": list(u.companies)} for u in found]})
        return
    table = Table("E-mail", "Name", "Role", "Companies")
    for one in found:
        table.add_row(one.email, one.name, one.role, ", ".join(one.companies) or "all")
    tables.print(table)
