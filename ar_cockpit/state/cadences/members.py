"""The customers of a segment, with the reason in words, searched and paged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Permission
from ar_cockpit.services.reminders import membership
from ar_cockpit.services.reminders.membership import Member
from ar_cockpit.state.cadences import portfolios, words
from ar_cockpit.state.cadences.screen import CadencesState, database
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.lists.filters import record_address

_VIEW = Permission.VIEW_CUSTOMERS


@dataclass
class MemberLine:
    """A customer of the segment."""

    name: str
    code: str
    href: str
    open: str
    why: str


class MembersState(CadencesState):
    """The dialog of a segment's customers."""

    is_members_open: bool = False
    members: list[MemberLine] = []
    members_words: str = ""
    members_page: int = 1
    members_pages: int = 1
    members_count: str = ""

    @rx.event
    @allowed(_VIEW)
    async def show_members(self) -> None:
        """Open the list of the segment that is chosen."""
        self.members_words, self.members_page, self.is_members_open = "", 1, True
        await self._list()

    @rx.event
    @allowed(_VIEW)
    def on_members_shown(self, shown: bool) -> None:
        """Hear that the dialog was closed."""
        self.is_members_open = bool(shown)

    @rx.event
    @allowed(_VIEW)
    async def search_members(self, given: str) -> None:
        """Show the customers whose name or code has these words."""
        self.members_words, self.members_page = str(given)[:80], 1
        await self._list()

    @rx.event
    @allowed(_VIEW)
    async def turn_members(self, by: int) -> None:
        """Turn the page."""
        step = -1 if by == -1 else 1
        self.members_page = min(max(1, self.members_page + step), self.members_pages)
        await self._list()

    async def _list(self) -> None:
        found, count = await asyncio.to_thread(self._ask)
        self.members_pages = max(1, -(-count // membership.PER_PAGE))
        self.members_count = self._count("cadences.members", count, total=rows.number(count, self.language))
        self.members = [self._line(one) for one in found]

    def _ask(self) -> tuple[list[Member], int]:
        known = portfolios.portfolio_of(self.actor, self.as_of_date, database())
        with reading() as session:
            return membership.listed(
                session,
                self.actor,
                known,
                self._policy,
                self.segment,
                words=self.members_words,
                page=self.members_page,
            )

    def _line(self, one: Member) -> MemberLine:
        named = self._say("cadences.member.named") if one.is_named else ""
        met = "; ".join(
            self._say(
                "cadences.member.fact",
                field=words.field(rule.field, self.language),
                fact=words.fact(rule.field, fact, self.language),
            )
            for rule, fact in one.met
        )
        return MemberLine(
            one.name,
            one.code,
            record_address(self, one.company, one.code),
            rows.money(one.open_minor, one.currency, self.language),
            named or met or self._say("cadences.member.rest"),
        )
