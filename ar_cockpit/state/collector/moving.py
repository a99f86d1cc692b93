"""From one customer to the next: who comes, and presses that were about the one before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Any

SHOWN = "shown"  # the hidden field of every form: the customer that was on the screen with it
Handler = Callable[..., Any]


def on_screen(handler: Handler) -> Handler:
    """Let a form's handler act only if the open customer is still the one that was on the screen with the form.

    A browser is a moment behind: what was pressed in that moment must not be done to the next customer. A form that
    does not say which one was shown is taken as it is. Goes below ``@allowed``.
    """

    @wraps(handler)
    def guarded(self: Any, form: dict[str, Any]) -> Any:
        return None if self._is_past(form.get(SHOWN)) else handler(self, form)

    return guarded


def next_key(order: Sequence[str], current: str, taken: Collection[str]) -> str:
    """Return the key after ``current``, from the first again after the last; whom others are at comes last."""
    at = order.index(current) if current in order else -1
    others = [*order[at + 1 :], *order[: max(at, 0)]]
    free = [key for key in others if key not in taken] or others
    return free[0] if free else ""
