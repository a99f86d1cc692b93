"""What the sign-in page shows before anybody is known."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx
from reflex.event import EventSpec

from ar_cockpit import routes
from ar_cockpit.db.session import reading
from ar_cockpit.services.demo import accounts as demo_accounts
from ar_cockpit.state.frame.access import public
from ar_cockpit.state.frame.navigation import home_for
from ar_cockpit.state.frame.session import SessionState

_REASONS = {"wrong": "sign_in.wrong", "slow": "sign_in.slow", "busy": "sign_in.busy"}


@dataclass
class DemoAccount:
    """A person of the demo company, entered with one click."""

    role: str
    name: str
    email: str
    password: str


class SignInState(SessionState):
    """The form's starting values, the reason it came back, and the demo's people."""

    email: str = ""
    target: str = routes.HOME
    back_here: str = routes.SIGN_IN
    reason: str = ""
    demo: list[DemoAccount] = []

    @rx.event
    @public
    def open(self) -> EventSpec | None:
        """Read the address; who is signed in already goes on."""
        given = self.router.url.query_parameters
        self.target = routes.safe_target(given.get("next", routes.HOME))
        if self._held.actor is not None:
            return rx.redirect(self.target)
        self.email = given.get("email", "")
        self.back_here = self._address(routes.SIGN_IN, reason="", email="")
        reason = _REASONS.get(given.get("reason", ""))
        self.reason = self._say(reason) if reason else ""
        with reading() as session:
            people = demo_accounts.people(session)
        self.demo = [DemoAccount(self._say(f"sign_in.role.{p.role}"), p.name, p.email, p.password) for p in people]
        return None

    @rx.event
    @public
    def go_home(self) -> EventSpec:
        """Lead from the bare address to one's cockpit, or to the sign-in page."""
        return rx.redirect(home_for(self.actor.roles) if self._held.actor else routes.SIGN_IN)
