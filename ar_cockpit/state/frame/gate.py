"""Before a tab is given its whole state again, make sure that it still belongs to who holds the cookie."""

from __future__ import annotations

import logging
import secrets

import reflex as rx
from reflex.event import Event, EventSpec
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from ar_cockpit.state.frame.session import SessionState

log = logging.getLogger(__name__)
# Framework events that send everything a state holds, without passing a handler of ours.
_SENDS_EVERYTHING = (".hydrate", ".hydrate_and_load")


class SessionGate(Middleware):
    """Settle who is signed in before the state is sent: after sign-out a reconnecting tab gets nothing."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002 (the framework passes the app)
        """Reset the state of a tab whose session ended or changed hands, then let the event go on."""
        if event.name.endswith(_SENDS_EVERYTHING):
            session_state = await state.get_state(SessionState)
            session_state._settle()
            session_state.notices = []


def tell_of_failure(exception: Exception) -> EventSpec:
    """Log an unexpected error under a reference and show that reference, never the error itself."""
    reference = secrets.token_hex(4).upper()
    log.error("reference %s", reference, exc_info=exception)
    return SessionState.tell_failure(reference)
