"""The customers of a segment in a dialog, with the facts that brought each there."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import icon_button, link
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import text_input
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.members import MemberLine, MembersState


def members_dialog() -> rx.Component:
    """Return the dialog of the segment that is chosen."""
    search = text_input(
        id="members-search",
        type="search",
        placeholder=t("cadences.members.search"),
        aria_label=t("cadences.members.search"),
        default_value="",
        on_change=MembersState.search_members.debounce(250),
    )
    heads = [rx.el.th(t(key), scope="col", class_name=looks) for key, looks in _HEADS]
    table = rx.el.div(
        rx.el.table(
            rx.el.caption(t("cadences.members.show"), class_name="sr"),
            rx.el.thead(rx.el.tr(*heads)),
            rx.el.tbody(rx.foreach(MembersState.members, _member)),
        ),
        class_name="scroll members-list",
        tab_index=0,
    )
    none = empty_state("users", t("cadences.members.none"), t("cadences.members.none.text"), small=True)
    return dialog(
        MembersState.is_members_open,
        MembersState.on_members_shown,
        MembersState.segment_name,
        rx.el.div(
            rx.el.p(MembersState.segment_rule, class_name="t2"),
            search,
            rx.cond(MembersState.members.length() > 0, table, none),
            _foot(),
            class_name="rule-form",
        ),
        width="720px",
    )


_HEADS = (("cadences.members.name", ""), ("cadences.members.why", ""), ("cadences.members.open", "num"))


def _member(line: rx.Var[MemberLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(link(line.name, href=line.href, class_name="lnk"), rx.el.span(line.code, class_name="cc")),
        rx.el.td(line.why, class_name="t2 why"),
        rx.el.td(line.open, class_name="num"),
    )


def _foot() -> rx.Component:
    turn = rx.fragment(
        icon_button(
            "chevron-left",
            t("cadences.members.before"),
            size="sm",
            disabled=MembersState.members_page <= 1,
            on_click=MembersState.turn_members(-1),
        ),
        icon_button(
            "chevron-right",
            t("cadences.members.after"),
            size="sm",
            disabled=MembersState.members_page >= MembersState.members_pages,
            on_click=MembersState.turn_members(1),
        ),
    )
    return rx.el.div(
        rx.el.span(MembersState.members_count, class_name="t2 f12", role="status"),
        rx.el.span(class_name="sp"),
        rx.cond(MembersState.members_pages > 1, turn),
        class_name="row",
    )
