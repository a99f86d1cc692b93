"""The outer web application: our own routes first, the compiled screens and their socket beneath."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from sqlalchemy import text
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from ar_cockpit import api, routes
from ar_cockpit.api.headers import SecurityHeaders, content_security_policy, script_hashes
from ar_cockpit.api.pages import ScreensForTheSignedIn
from ar_cockpit.api.v1 import app as v1
from ar_cockpit.db.session import reading
from ar_cockpit.domain.errors import BusyError, CockpitError, ForbiddenError, NotFoundError
from ar_cockpit.services import clock, job_board


def around_the_screens(web: Path, origins: list[str]) -> list[FastAPI | Callable[[ASGIApp], ASGIApp]]:
    """Return what is put around the compiled screens, inside out: our routes, then the headers of every answer."""
    app = FastAPI(title="AR Cockpit", openapi_url=None, middleware=[Middleware(ScreensForTheSignedIn)])
    app.mount(routes.API, v1.build())  # first: routes are looked through in their order, and programs ask most
    for router in _routers():
        app.include_router(router)
    app.add_exception_handler(CockpitError, _refuse)
    app.add_api_route(routes.HEALTH, health, methods=["GET"])
    policy = content_security_policy(script_hashes(web), origins)
    return [app, partial(SecurityHeaders, policy=policy, origins=origins)]


def health() -> dict[str, Any]:
    """Answer that the server runs and reaches its database, and whether the job process lives."""
    with reading() as session:
        session.execute(text("SELECT 1"))
        return {"status": "ok", "jobs": job_board.health(session, at=clock.now())}


def _routers() -> list[APIRouter]:
    """Return the ``router`` of every module of this package and its parts that has one."""
    found = pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
    modules = [importlib.import_module(one.name) for one in found if one.name != __name__]
    return [module.router for module in modules if isinstance(getattr(module, "router", None), APIRouter)]


async def _refuse(_request: Request, error: Exception) -> Response:
    """Turn a refusal into one clear sentence; unknown and forbidden look the same from outside."""
    if isinstance(error, BusyError):
        return PlainTextResponse(str(error), 503, {"Retry-After": "5"})
    hidden = isinstance(error, ForbiddenError | NotFoundError)
    return PlainTextResponse("There is nothing here for you." if hidden else str(error), 404 if hidden else 409)
