"""Waiting for a forecast that another process makes, without keeping a thread or a connection meanwhile."""

from __future__ import annotations

import asyncio
from datetime import date

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.figures import apart

# Who waits for a forecast that is being made finds it kept then.
_one_at_a_time = asyncio.Lock()


async def until_kept(actor: Actor, *, as_of: date, company: str) -> None:
    """Return once what a page of ``as_of`` needs is kept, or could not be made."""
    async with _one_at_a_time:
        if apart.is_wanted() and not await asyncio.to_thread(_is_ready, actor, as_of, company):
            await asyncio.to_thread(apart.make, company, as_of)


def _is_ready(actor: Actor, as_of: date, company: str) -> bool:
    from ar_cockpit.services.figures import cash_outlook  # noqa: PLC0415 (its libraries would double the start)

    with reading() as session:
        return cash_outlook.is_ready(session, actor, as_of=as_of, company=company)
