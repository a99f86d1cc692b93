"""Answer a request once: with an ``Idempotency-Key``, a repetition gets the first answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request
from pydantic import BaseModel
from sqlmodel import Session
from starlette.responses import Response

from ar_cockpit.db.session import engine, transaction
from ar_cockpit.services import clock
from ar_cockpit.services.programs import requests
from ar_cockpit.services.programs.requests import Answer
from ar_cockpit.services.programs.tokens import Program

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,255}$",
        description="Any name of your own for this request: repeated with the same body it is answered the same way, "
        "and done once. Kept for three days.",
    ),
]
Work = Callable[[Session], BaseModel]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as far as its repetition is concerned."""

    program: Program
    request: Request
    body: bytes
    key: str | None


def answer(asked: Asked, work: Work) -> Response:
    """Do ``work`` in one transaction, or give the answer that the same request got before."""
    if asked.key is None:
        with transaction() as session:
            return _response(Answer(200, work(session).model_dump_json()))
    address = f"{asked.request.method} {asked.request.url.path}?{asked.request.url.query}"
    print_ = requests.fingerprint(address, asked.body)
    taken = requests.take(engine(), asked.program.token_id, asked.key, print_, clock.now())
    if isinstance(taken, Answer):
        response = _response(taken)
        response.headers["Idempotent-Replayed"] = "true"
        return response
    try:
        with transaction() as session:
            done = Answer(200, work(session).model_dump_json())
            requests.keep(session, taken, done)
    except BaseException:  # whatever ended the work, the key is free for the next try
        requests.give_back(engine(), taken)
        raise
    return _response(done)


def _response(told: Answer) -> Response:
    return Response(told.body, told.status, media_type="application/json")
