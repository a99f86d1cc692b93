"""The mentions of the reader: a count in the top bar of every screen, and the page that lists them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.services import clock
from ar_cockpit.services.customers import mentions
from ar_cockpit.services.customers.mentions import Inbox, Mention
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.navigation import address, carried
from ar_cockpit.state.frame.session import SessionState

_SEE = Permission.VIEW_CUSTOMERS


@dataclass
class MentionLine:
    """A note that names the reader."""

    key: str
    customer: str
    href: str
    text: str
    about: str
    is_new: bool


class MentionCount(SessionState):
    """How many mentions wait, told on every screen."""

    unread: int = 0
    unread_words: str = ""
    _is_known: bool = False

    @rx.event
    @allowed(_SEE)
    async def look(self) -> None:
        """Count the unread mentions; one that came since the last look is told."""
        before, known = self.unread, self._is_known
        self._count_as(await asyncio.to_thread(_unread, self.actor))
        if known and self.unread > before:
            self._notify("info", self._count("inbox.told", self.unread - before))

    def _count_as(self, number: int) -> None:
        self.unread, self._is_known = number, True
        self.unread_words = self._count("inbox.unread", number) if number else ""


class InboxState(MentionCount):
    """The page of mentions."""

    lines: list[MentionLine] = []
    is_loaded: bool = False

    @rx.event
    @allowed(_SEE)
    async def load(self) -> None:
        """List the mentions, the unread ones first."""
        self._draw(await asyncio.to_thread(_inbox, self.actor))

    @rx.event
    @allowed(_SEE)
    async def read(self, key: str) -> Any:
        """Mark one mention (an empty key: all) as read, with undo for one."""
        if key and not (key.isascii() and key.isdigit()):
            raise NotFoundError("There is no such mention.")
        with transaction() as session:
            done = mentions.mark_read(session, self.actor, int(key) if key else None, at=clock.now())
        back = InboxState.unread_again(key) if key and done else None
        self._notify("ok", self._count("inbox.read.done", done), undo=back)
        self._draw(await asyncio.to_thread(_inbox, self.actor))

    @rx.event
    @allowed(_SEE)
    async def unread_again(self, key: str) -> None:
        """Take back that a mention was read."""
        if not (key.isascii() and key.isdigit()):
            raise NotFoundError("There is no such mention.")
        with transaction() as session:
            mentions.mark_unread(session, self.actor, int(key))
        self._draw(await asyncio.to_thread(_inbox, self.actor))

    def _draw(self, found: Inbox) -> None:
        self.lines = [self._line(one) for one in found.mentions]
        self.is_loaded = True
        self._count_as(found.unread)

    def _line(self, one: Mention) -> MentionLine:
        at = one.mentioned_at.astimezone(get_settings().zone)
        day = rows.weekday(at.date(), self.language)
        theirs = {routes.COMPANY_PARAM: one.company_code, routes.CUSTOMER_PARAM: one.customer_code}
        return MentionLine(
            key=str(one.mention_id),
            customer=one.customer_name,
            href=address(routes.CUSTOMER, carried(self.params) | theirs),
            text=one.text,
            about=self._say("inbox.about", name=one.by, day=day, time=f"{at:%H:%M}"),
            is_new=one.read_at is None,
        )


def _unread(actor: Actor) -> int:
    with reading() as session:
        return mentions.unread(session, actor)


def _inbox(actor: Actor) -> Inbox:
    with reading() as session:
        return mentions.inbox(session, actor)
