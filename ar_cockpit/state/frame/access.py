"""The one gate of every event handler: any browser may call any handler, whatever its page shows.

Each handler carries :func:`allowed` (or, on a short list, :func:`public`) *below* ``@rx.event``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import CockpitError

Handler = Callable[..., Any]


def allowed(*any_of: Permission) -> Callable[[Handler], Handler]:
    """Admit who is signed in now and holds one of ``any_of`` (none given: anyone signed in).

    The session row is read on every event. A refusal, and any ``CockpitError`` of the handler, becomes a notice.
    """
    return lambda handler: _guarded(handler, any_of=any_of, is_public=False)


def public(handler: Handler) -> Handler:
    """Let anybody call ``handler``, signed in or not: it must neither read nor change business facts."""
    return _guarded(handler, any_of=(), is_public=True)


def _guarded(handler: Handler, *, any_of: tuple[Permission, ...], is_public: bool) -> Handler:
    kind = next(wrap for is_kind, wrap in _KINDS if is_kind(handler))
    guarded = wraps(handler)(kind(handler, any_of, is_public))
    guarded.admits = "public" if is_public else any_of  # read by the test that lists every handler
    return guarded


def _plain(handler: Handler, any_of: tuple[Permission, ...], is_public: bool) -> Handler:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_in, answer = self._admit(any_of, is_public)
        if not is_in:
            return answer
        try:
            return handler(self, *args, **kwargs)
        except CockpitError as error:
            self._notify_error(error)
            return None

    return call


def _generator(handler: Handler, any_of: tuple[Permission, ...], is_public: bool) -> Handler:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_in, answer = self._admit(any_of, is_public)
        if not is_in:
            yield answer
            return
        try:
            yield from handler(self, *args, **kwargs)
        except CockpitError as error:
            self._notify_error(error)

    return call


def _coroutine(handler: Handler, any_of: tuple[Permission, ...], is_public: bool) -> Handler:
    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_in, answer = await _admit_locked(self, any_of, is_public)
        if not is_in:
            return answer
        try:
            return await handler(self, *args, **kwargs)
        except CockpitError as error:
            await _notify_locked(self, error)
            return None

    return call


def _async_generator(handler: Handler, any_of: tuple[Permission, ...], is_public: bool) -> Handler:
    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_in, answer = await _admit_locked(self, any_of, is_public)
        if not is_in:
            yield answer
            return
        try:
            async for event in handler(self, *args, **kwargs):
                yield event
        except CockpitError as error:
            await _notify_locked(self, error)

    return call


# A background handler gets a proxy that is only writable inside ``async with``; on a plain state that is a no-op.
async def _admit_locked(state: Any, any_of: tuple[Permission, ...], is_public: bool) -> tuple[bool, Any]:
    async with state:
        return state._admit(any_of, is_public)


async def _notify_locked(state: Any, error: CockpitError) -> None:
    async with state:
        state._notify_error(error)


_KINDS: tuple[tuple[Callable[[Handler], bool], Callable[..., Handler]], ...] = (
    (inspect.isasyncgenfunction, _async_generator),
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isgeneratorfunction, _generator),
    (callable, _plain),
)
