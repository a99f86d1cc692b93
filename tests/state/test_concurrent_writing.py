"""Another writer may keep a SQLite ledger for seconds: no tab's event makes the others wait for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Iterator
from typing import Any

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Role
from ar_cockpit.state.frame.session import SessionState, _Held
from ar_cockpit.state.reports.mailing import MailingState
from ar_cockpit.state.reports.screen import ReportsState
from ar_cockpit.state.targets.screen import TargetsState
from tests.state.cockpit_ledger import fill
from tests.state.conftest import StateOf

SECONDS = 2.0
LONGEST = 0.7  # a busy machine's own pauses stay below; waiting for the writer would take all its seconds


def held_for(seconds: float) -> threading.Thread:
    """Begin a transaction that keeps the ledger's writer for some seconds; return once it has it."""
    is_held = threading.Event()

    def hold() -> None:
        with transaction():
            is_held.set()
            time.sleep(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(10)
    return thread


async def longest_pause_during(work: Awaitable[Any]) -> float:
    """Return the longest time that the event loop did nothing else while ``work`` was done."""
    pauses, is_over = [0.0], False

    async def watch() -> None:
        last = time.monotonic()
        while not is_over:
            await asyncio.sleep(0.02)
            pauses.append(time.monotonic() - last)
            last = time.monotonic()

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    await work
    is_over = True
    await watching
    return max(pauses)


def acts(state_of: StateOf) -> Iterator[tuple[str, Any, Any]]:
    reports = state_of(ReportsState, Role.CREDIT_MANAGER, "/executive/reports/?currency=EUR")
    fill()
    asyncio.run(ReportsState.load.fn(reports))
    yield "save a report", reports, lambda: ReportsState.save.fn(reports, {"name": "Mine"})
    yield "delete it", reports, lambda: ReportsState.delete.fn(reports)
    targets = state_of(TargetsState, Role.CREDIT_MANAGER, "/executive/targets/")
    asyncio.run(TargetsState.load.fn(targets))
    yield "set targets", targets, lambda: TargetsState.save.fn(targets, {"company": "FR", "goal_cei": "80"})
    mailing = state_of(MailingState, Role.CREDIT_MANAGER, "/executive/reports/?currency=EUR")
    asyncio.run(MailingState.list_mailed.fn(mailing))
    yield "pause a mailing", mailing, lambda: MailingState.pause.fn(mailing, 1, True)


def test_no_act_of_a_tab_makes_the_event_loop_wait(state_of: StateOf) -> None:
    slow = {}
    for name, state, work in acts(state_of):
        state._held = _Held(state._held.token, state._held.actor, None, state._held.companies)  # a minute has passed
        holder = held_for(SECONDS)
        slow[name] = asyncio.run(longest_pause_during(work()))
        holder.join()
    assert {name: pause for name, pause in slow.items() if pause > LONGEST} == {}


def test_a_tab_that_only_looks_writes_its_touch_aside(state_of: StateOf) -> None:
    state = state_of(SessionState, Role.EXECUTIVE, "/executive/")

    async def settle() -> None:
        state._held = _Held(state._held.token, state._held.actor, None, state._held.companies)
        state._settle()

    holder = held_for(SECONDS)
    assert asyncio.run(longest_pause_during(settle())) < LONGEST
    holder.join()
