"""Acts of a screen in a thread of their own: the ledger's writer is waited for there, not in the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from ar_cockpit.db.session import transaction

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def act(
    service: Callable[Concatenate[Session, Given], Answer], *args: Given.args, **named: Given.kwargs
) -> Answer:
    """Call a service with a session of its own transaction and return its answer; a refusal comes through."""
    return await asyncio.to_thread(_committed, service, *args, **named)


def _committed(service: Callable[..., Any], *args: Any, **named: Any) -> Any:
    with transaction() as session:
        return service(session, *args, **named)


def aside(service: Callable[Concatenate[Session, Given], object], *args: Given.args, **named: Given.kwargs) -> None:
    """Let a service write without waiting for it; at once where no event loop would have to wait."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        _committed(service, *args, **named)
    else:
        loop.run_in_executor(None, lambda: _committed(service, *args, **named))
