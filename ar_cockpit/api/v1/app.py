"""The API as one application with its own description, refusals and door; it is mounted beside the screens."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.middleware import Middleware

from ar_cockpit.api.v1 import figures, ledger, orders, pushes, webhooks
from ar_cockpit.api.v1.edge import problems
from ar_cockpit.api.v1.edge.door import DESCRIPTION, Door
from ar_cockpit.api.v1.edge.problems import MEDIA_TYPE, Problem
from ar_cockpit.api.v1.shapes.given import BATCHES

VERSION = "1.0"
_ALL = {
    400: "A body that cannot be read",
    401: "No token, or none that is known",
    403: "The token lacks the scope",
    404: "Nothing here for this token",
    406: "Only JSON is spoken",
    409: "Not possible as things stand",
    413: "Too large a body",
    415: "Only JSON is understood",
    422: "Some part of the request is wrong",
    429: "Too many requests",
}
_ABOUT = (
    "Customers, contacts, invoices, payments and allocations in batches; lists, figures and webhooks. "
    "Amounts are strings with the currency's decimals, dates are ISO 8601, refusals are problem documents (RFC 9457)."
)


def build() -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title="AR Cockpit",
        version=VERSION,
        description=_ABOUT,
        openapi_url=DESCRIPTION,
        docs_url=None,  # a page of foreign scripts, which the policy of this site forbids
        redoc_url=None,
        middleware=[Middleware(Door)],
        responses={
            status: {"description": told, "model": Problem, "content": {MEDIA_TYPE: {}}}
            for status, told in _ALL.items()
        },
        generate_unique_id_function=_operation,
        redirect_slashes=False,
    )
    # Routes are looked through in this order, and of all that programs ask somebody waits for orders.
    for module in (orders, ledger, pushes, figures, webhooks):
        app.include_router(module.endpoints)
    problems.install(app)
    _describe(app)
    return app


def _operation(route: APIRoute) -> str:
    return route.name


def _describe(app: FastAPI) -> None:
    """Add to the description what FastAPI does not see: the bodies that are read off the event loop."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _, given = models_json_schema(
                [(model, "validation") for model in BATCHES], ref_template="#/components/schemas/{model}"
            )
            schemas = document["components"]["schemas"]
            schemas |= {name: schema for name, schema in given["$defs"].items() if name not in schemas}
            _only_problems(document)
        return app.openapi_schema or {}

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to extend the description


def _only_problems(document: dict[str, Any]) -> None:
    """Refusals have one form, not the two that FastAPI writes down for a model beside a media type."""
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) in _ALL:
                    answer["content"] = problem
