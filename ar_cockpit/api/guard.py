"""Who asks: the same session row that guards the handlers guards downloads and uploads."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.services import clock
from ar_cockpit.services.people import sign_in

_UNAUTHORIZED = 401


def who_asks(request: Request) -> sign_in.SignedIn:
    """Return who is signed in, or answer 401; the service then checks the right on what is touched."""
    token = request.cookies.get(routes.SESSION_COOKIE, "")
    with reading() as session:
        who = sign_in.signed_in(session, token, at=clock.now()) if token else None
    if who is None:
        raise HTTPException(_UNAUTHORIZED, "You are not signed in.")
    return who


SignedIn = Annotated[sign_in.SignedIn, Depends(who_asks)]


def actor_of_request(who: SignedIn) -> Actor:
    """Return the actor behind a request."""
    return who.actor


SignedInActor = Annotated[Actor, Depends(actor_of_request)]
