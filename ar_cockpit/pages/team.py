"""The team: customers of nobody, the rules that give them a collector, and who is away."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.collector.team import absences, orphans, rules
from ar_cockpit.components.frame.tabs import collecting_page
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.team import TeamState


@rx.page(route=routes.TEAM, title=t("queue.team.title"), on_load=TeamState.load)
def team() -> rx.Component:
    """Draw what the lead decides, and the absences, which everybody sees."""
    led = rx.cond(TeamState.leads, rx.fragment(orphans(), rules()), rx.fragment())
    return collecting_page(routes.TEAM, led, absences())
