"""A customer's group in a line: what it owes together, and where its members are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ar_cockpit import routes
from ar_cockpit.i18n import count, say
from ar_cockpit.services.groups import GroupStanding
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.rates import missing_told, rates_told
from ar_cockpit.state.frame.navigation import address

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {"ok": "ok", "watch": "watch", "hold": "bad"}


@dataclass
class GroupView:
    """The group of the customer that is open, ready to draw; without a name there is none."""

    name: str = ""
    text: str = ""
    note: str = ""
    href: str = ""
    kind: str = "ok"
    word: str = ""


def group_view(group: GroupStanding | None, params: Mapping[str, str], language: str) -> GroupView:
    """Return what to show of a group."""
    if group is None:
        return GroupView()
    owed, overdue, limit = (
        rows.money(minor, group.currency, language)
        for minor in (group.open_minor, group.overdue_minor, group.limit_minor)
    )
    text = say(language, "groups.owes", open=owed, overdue=overdue)
    if group.limit_minor:
        used = rows.percent((group.open_minor or 0) / group.limit_minor, language, 0)
        text += " " + say(language, "groups.limit", share=used, limit=limit)
    about = count(language, "groups.members", len(group.members))
    told = missing_told(group.missing, language) if group.missing else rates_told(group.rates, language)
    kept = {routes.AS_OF_PARAM: params.get(routes.AS_OF_PARAM, "")}
    members = {routes.COMPANY_PARAM: group.company_code, "group": group.code, routes.CONSOLIDATE_PARAM: group.currency}
    return GroupView(
        name=group.name,
        text=text,
        note=" ".join(word for word in (about + ".", told) if word),
        href=address(routes.CUSTOMERS, kept | members),
        kind=_KINDS[group.level.value],
        word=say(language, f"standing.level.{group.level.value}"),
    )
