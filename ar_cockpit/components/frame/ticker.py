"""News without reloading: an event every few seconds while the screen is visible."""

from __future__ import annotations

import reflex as rx


class _Ticker(rx.Component):
    """The timer in ``assets/ticker.js``."""

    library = "$/public/ticker.js"
    tag = "Ticker"
    seconds: rx.Var[int]
    on_tick: rx.EventHandler[rx.event.no_args_event_spec]


def ticker(seconds: int, on_tick: rx.EventHandler) -> rx.Component:
    """Call ``on_tick`` every ``seconds`` seconds, and when the reader comes back to the screen."""
    # While the line is lost nobody asks: what would wait for it all comes at once when it is back.
    return _Ticker.create(seconds=seconds, on_tick=on_tick.temporal)
