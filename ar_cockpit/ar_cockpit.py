"""Composition root: the app, its pages and the web routes around them. No logic."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import reflex as rx
from reflex.app import default_error_boundary
from reflex.config import get_config
from reflex.environment import environment

from ar_cockpit import pages
from ar_cockpit.api.app import around_the_screens
from ar_cockpit.services.figures.apart import this_is_a_web_worker
from ar_cockpit.state.frame.gate import SessionGate, tell_of_failure

if TYPE_CHECKING:
    from starlette.types import ASGIApp

# The tokens and shared parts first, then each page's own sheet.
STYLESHEETS = sorted(f"/{sheet.name}" for sheet in Path("assets").glob("*.css"))

WARM_UP_AFTER_SECONDS = 2
SLOWEST_TO_LOAD = "ar_cockpit.services.figures.cash_outlook"  # with the forecast's libraries

app = rx.App(
    stylesheets=sorted(STYLESHEETS, key=lambda sheet: sheet != "/app.css"),
    head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    # No toasts and no overlay of the framework: they evaluate code in the page, which our policy forbids.
    toaster=None,
    app_wraps={(55, "ErrorBoundary"): lambda _stateful: default_error_boundary()},
    backend_exception_handler=tell_of_failure,
    api_transformer=around_the_screens(environment.REFLEX_WEB_WORKDIR.get(), list(get_config().cors_allowed_origins)),
)
app.add_middleware(SessionGate())

for module in pkgutil.iter_modules(pages.__path__):
    importlib.import_module(f"{pages.__name__}.{module.name}")


def application() -> ASGIApp:
    """Return the whole web application; called once, in the serving process."""
    this_is_a_web_worker()
    gc.freeze()  # what is loaded by now stays
    gc.enable()
    # The forecast's libraries take longer to load than all the rest: not before the first page, nor with the first use.
    warm_up = threading.Timer(WARM_UP_AFTER_SECONDS, importlib.import_module, (SLOWEST_TO_LOAD,))
    warm_up.daemon = True
    warm_up.start()
    return app()
