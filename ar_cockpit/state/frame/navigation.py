"""Which screens a person may open, and addresses that carry the chosen company, currency and day along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ar_cockpit import routes
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.figures.listing import FIGURES, OF

CARRIED = (routes.COMPANY_PARAM, routes.CURRENCY_PARAM, routes.CONSOLIDATE_PARAM, routes.AS_OF_PARAM)
_OF_FIGURES = (routes.EXECUTIVE, routes.FORECAST)  # pages of figures
_LISTS = (routes.INVOICES, routes.CUSTOMERS)


@dataclass(frozen=True)
class Screen:
    """An entry of the rail; ``section`` and ``label`` are message keys."""

    section: str
    label: str
    icon: str
    route: str
    roles: frozenset[Role]


_LEDGER_ROLES = frozenset({Role.COLLECTOR, Role.CREDIT_MANAGER, Role.ADMIN})
_COLLECTING_ROLES = frozenset({Role.COLLECTOR, Role.CREDIT_MANAGER})
_SETTINGS_ROLES = frozenset({Role.CREDIT_MANAGER, Role.ADMIN})
_CREDIT_ROLES = frozenset({Role.EXECUTIVE, Role.CREDIT_MANAGER})
_CUSTOMER_ROLES = frozenset({Role.EXECUTIVE, Role.COLLECTOR, Role.SALES, Role.CREDIT_MANAGER})
SCREENS = (
    Screen(
        "shell.section.cockpits",
        "shell.nav.executive",
        "chart-column",
        routes.EXECUTIVE,
        frozenset({Role.EXECUTIVE, Role.CREDIT_MANAGER}),
    ),
    Screen(
        "shell.section.cockpits",
        "shell.nav.collector",
        "list-checks",
        routes.COLLECTOR,
        frozenset({Role.COLLECTOR, Role.CREDIT_MANAGER}),
    ),
    Screen(
        "shell.section.cockpits",
        "shell.nav.sales",
        "store",
        routes.SALES,
        frozenset({Role.SALES, Role.CREDIT_MANAGER}),
    ),
    Screen("shell.section.records", "customers.nav", "users", routes.CUSTOMERS, _CUSTOMER_ROLES),
    Screen("shell.section.records", "invoices.nav", "file-text", routes.INVOICES, _CUSTOMER_ROLES),
    Screen("shell.section.records", "credit.nav", "gauge", routes.CREDIT, _CREDIT_ROLES),
    Screen("shell.section.records", "inbox.nav", "inbox", routes.INBOX, _CUSTOMER_ROLES),
    Screen("shell.section.records", "agreements.nav", "scale", routes.PROMISES, _CUSTOMER_ROLES),
    Screen("shell.section.records", "forecast.nav", "trending-up", routes.FORECAST, _CREDIT_ROLES),
    Screen("shell.section.records", "shell.nav.reminders", "mail", routes.REMINDERS, _COLLECTING_ROLES),
    Screen("shell.section.records", "shell.nav.imports", "upload", routes.IMPORTS, _LEDGER_ROLES),
    Screen("shell.section.records", "shell.nav.settings", "settings-2", routes.CADENCES, _SETTINGS_ROLES),
)


@dataclass
class NavLink:
    """An entry of the rail as drawn."""

    section: str
    label: str
    icon: str
    route: str
    href: str
    starts_section: bool


def screens_for(roles: Iterable[Role]) -> list[Screen]:
    """Return the screens that ``roles`` may open, the home screen first."""
    held = frozenset(roles)
    return [screen for screen in SCREENS if screen.roles & held]


def nav_links(roles: Iterable[Role], params: Mapping[str, str]) -> list[NavLink]:
    """Return the rail for ``roles``, each link carrying the present choices."""
    links: list[NavLink] = []
    for screen in screens_for(roles):
        starts = not links or links[-1].section != screen.section
        href = address(screen.route, carried(params))
        links.append(NavLink(screen.section, screen.label, screen.icon, screen.route, href, starts))
    return links


def home_for(roles: Iterable[Role]) -> str:
    """Return the first screen of ``roles``."""
    screens = screens_for(roles)
    return screens[0].route if screens else routes.IMPORTS


def cockpit_of(may: Callable[[Permission], bool]) -> str:
    """Return the screen on which a person works with a customer; who only looks has the customer's own page."""
    if may(Permission.VIEW_QUEUE):
        return routes.COLLECTOR
    return routes.SALES if may(Permission.PAUSE_STEP) else routes.CUSTOMER


def carried(params: Mapping[str, str]) -> dict[str, str]:
    """Return the choices that follow the reader from screen to screen."""
    return {name: params[name] for name in CARRIED if params.get(name)}


def of_figures(actor: Actor | None, here: str, there: str) -> dict[str, str]:
    """Return what the address of a figure's list says beside its choices, for whoever may see more than figures.

    An executive of one company who sells for another sees the customers of both, and the figures of the first.
    """
    figures, customers = Permission.VIEW_FIGURES, Permission.VIEW_CUSTOMERS
    if actor is None or there not in _LISTS or not here.startswith(_OF_FIGURES):
        return {}
    sees_both = actor.may(figures) and actor.may(customers)
    return {OF: FIGURES} if sees_both and actor.scope(figures) != actor.scope(customers) else {}


def address(path: str, params: Mapping[str, str]) -> str:
    """Return ``path`` with ``params``, the empty ones left out."""
    given = {name: value for name, value in params.items() if value}
    path = path.rstrip("/") + "/"  # the compiled pages live in folders: spare the browser a redirect
    return f"{path}?{urlencode(given)}" if given else path
