"""Refusals as problem documents (RFC 9457), for everything under the API: never plain text, never a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ar_cockpit.domain.errors import (
    BusyError,
    CockpitError,
    ForbiddenError,
    InputError,
    NotFoundError,
    SeveralCurrenciesError,
)
from ar_cockpit.services.programs.requests import KeyReusedError, UnderWayError

MEDIA_TYPE = "application/problem+json"
_TYPES = "urn:ar-cockpit:problem:"
_MOST_ERRORS = 100
_NOTHING = "There is nothing here for this token."
_KEY = re.compile(r"\{\w+\}")  # in the template of an address; all of them are numbers
_OTHER_METHOD = "This method is not known here."
_HIDDEN = (ForbiddenError, NotFoundError)


class FieldError(BaseModel):
    """What is wrong with one part of a request: ``pointer`` into the body, or the ``parameter``."""

    code: str
    detail: str
    pointer: str | None = Field(default=None, description="A JSON pointer into the body, such as `#/items/0/amount`.")
    parameter: str | None = Field(default=None, description="A parameter of the path, the query or a header.")


class Problem(BaseModel):
    """A refusal, as RFC 9457 describes it."""

    type: str = Field(description="`about:blank`, or `urn:ar-cockpit:problem:…` for what a program may want to tell.")
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


class ProblemError(Exception):
    """Raised where a request is refused; carries what the document says."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "",
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind
        self.errors, self.headers = list(errors), dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the document."""
        problem = Problem(
            type=_TYPES + self.kind if self.kind else "about:blank",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            errors=self.errors[:_MOST_ERRORS] or None,
        )
        return problem.model_dump(exclude_none=True)

    def response(self) -> Response:
        """Return the answer."""
        return JSONResponse(self.body(), self.status, self.headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let ``app`` answer every refusal and every failure as a problem."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(CockpitError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def invalid_body(error: ValidationError) -> ProblemError:
    """Return the problem of a body that is not what the description says."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return ProblemError(400, "The body is no JSON.", kind="not-json")
    errors = [_field_error(("body", *one["loc"]), one["type"], one["msg"]) for one in found]
    return ProblemError(422, _count(errors), kind="invalid-request", errors=errors)


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 (how it was registered)
    return error.response()


async def _refused(_request: Request, error: Exception) -> Response:
    return of_refusal(error).response()


def of_refusal(error: Exception) -> ProblemError:
    """Return the problem behind a service's refusal; unknown and forbidden look the same from outside."""
    if isinstance(error, _HIDDEN):
        return ProblemError(404, _NOTHING)
    if isinstance(error, SeveralCurrenciesError):
        told = f"The ledger holds several currencies: {', '.join(error.currencies)}. Choose one with `currency`."
        return ProblemError(409, told, kind="several-currencies")
    if isinstance(error, KeyReusedError):
        return ProblemError(409, str(error), kind="idempotency-key-reused")
    if isinstance(error, UnderWayError | BusyError):
        status, kind = (503, "") if isinstance(error, BusyError) else (409, "request-under-way")
        return ProblemError(status, str(error), kind=kind, headers={"Retry-After": "5"})
    if isinstance(error, InputError):
        return ProblemError(422, str(error), kind="invalid-request")
    return ProblemError(409, str(error))


@contextmanager
def fits_the_ledger() -> Iterator[None]:
    """Turn what only the ledger can refuse of a rightly formed order into a conflict: decimals, currency, number."""
    try:
        yield
    except InputError as error:
        raise ProblemError(409, str(error), kind="not-in-this-ledger") from error


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (how it was registered)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return ProblemError(400, "The body is no JSON.", kind="not-json").response()
    errors = [_field_error(one["loc"], one["type"], one["msg"]) for one in found]
    return ProblemError(422, _count(errors), kind="invalid-request", errors=errors).response()


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (how it was registered)
    told = {404: _NOTHING, 405: _OTHER_METHOD}.get(error.status_code, str(error.detail))
    headers = error.headers
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := _known_methods(request)):
        headers = {"Allow": ", ".join(methods)}
    return ProblemError(error.status_code, told, headers=headers).response()


def _known_methods(request: Request) -> list[str]:
    """Return every method that is described of an address: the router names those of its first route only."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    described: Mapping[str, Mapping[str, Any]] = request.app.openapi()["paths"]
    known = (methods for template, methods in described.items() if re.fullmatch(_KEY.sub("[0-9]+", template), path))
    return sorted({method.upper() for methods in known for method in methods})


async def _failed(_request: Request, _error: Exception) -> Response:
    # Starlette tells the server's log what happened; the caller is told that something did.
    return ProblemError(500, "Something failed on our side; nothing was changed.").response()


def _field_error(where: Sequence[Any], code: str, message: str) -> FieldError:
    place, *rest = where
    if place == "body":
        steps = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in rest)
        return FieldError(code=code, detail=message, pointer=f"#{steps}")
    return FieldError(code=code, detail=message, parameter=str(rest[0]) if rest else str(place))


def _count(errors: Sequence[FieldError]) -> str:
    return "1 part of the request is wrong." if len(errors) == 1 else f"{len(errors)} parts of the request are wrong."
