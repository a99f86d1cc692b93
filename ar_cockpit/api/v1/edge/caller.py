"""Who calls: the token behind a request, and whether its scopes admit what is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from sqlmodel import Session

from ar_cockpit.api.v1.edge.problems import ProblemError
from ar_cockpit.domain.access import Permission, TokenScope
from ar_cockpit.services.clock import today
from ar_cockpit.services.people.companies import visible_companies
from ar_cockpit.services.programs.tokens import Program
from ar_cockpit.settings import get_settings

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token made by `ar-cockpit token add`.")


def _holding(scope: TokenScope, *others: TokenScope) -> Callable[..., Awaitable[Program]]:
    async def admitted(request: Request, _token: Annotated[Any, Security(_BEARER)]) -> Program:
        program: Program = request.state.program  # the door has let it in; nothing here is worth a thread
        if all(grant.role not in (scope, *others) for grant in program.actor.grants):
            challenge = f'Bearer error="insufficient_scope", scope="{scope.value}"'
            raise ProblemError(
                403,
                f"This token lacks the scope {scope.value}.",
                kind="insufficient-scope",
                headers={"WWW-Authenticate": challenge},
            )
        return program

    return admitted


Reader = Annotated[Program, Depends(_holding(TokenScope.LEDGER_READ))]
Writer = Annotated[Program, Depends(_holding(TokenScope.LEDGER_WRITE))]
Analyst = Annotated[Program, Depends(_holding(TokenScope.FIGURES_READ))]
Checker = Annotated[Program, Depends(_holding(TokenScope.ORDERS_CHECK, TokenScope.FIGURES_READ))]
Seller = Annotated[Program, Depends(_holding(TokenScope.ORDERS_CHECK))]
Publisher = Annotated[Program, Depends(_holding(TokenScope.WEBHOOKS_MANAGE))]


def business_date(session: Session, program: Program, permission: Permission, company: str = "") -> date:
    """Return today: in the company's time zone when one is meant, else in the configured one."""
    seen = visible_companies(session, program.actor, permission)
    zones = {one.timezone for one in seen if company in ("", one.code)}
    return today(ZoneInfo(zones.pop()) if len(zones) == 1 else get_settings().zone)
