"""The cards of the team's page: customers of nobody, rules, absences."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon_button, link
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.forms import choice_field, field, text_input
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.team import AbsenceItem, OrphanItem, RuleItem, TeamState
from ar_cockpit.state.frame.session import SessionState


def orphans() -> rx.Component:
    """Return the customers whom nobody looks after."""
    columns = (
        Column("name", t("queue.orphan.name"), strong=True, cell=_orphan),
        Column("why", t("queue.orphan.why"), wide=True),
        Column("open", t("queue.orphan.open"), numeric=True),
    )
    empty = empty_state("check", t("queue.orphans.none"), t("queue.orphans.none.text"), small=True)
    listed = data_table(columns, TeamState.orphans, caption=t("queue.orphans.title"), empty=empty)
    return card(
        card_head(t("queue.orphans.title"), TeamState.orphan_words),
        rx.cond(TeamState.is_loaded, listed, skeleton_rows(3)),
    )


def _orphan(item: rx.Var[OrphanItem]) -> rx.Component:
    place = rx.el.span(item.place, class_name="cc")
    return rx.fragment(link(item.name, href=item.href, class_name="lnk"), place)


def rules() -> rx.Component:
    """Return the rules in their order, a form for another, and the press that applies them."""

    def gone(item: rx.Var[RuleItem]) -> rx.Component:
        words = t("queue.rule.remove") + ": " + item.what
        return rx.el.span(
            _moved(item, "queue.rule.up", "arrow-up", up=True),
            _moved(item, "queue.rule.down", "arrow-down", up=False),
            icon_button("x", words, size="sm", on_click=TeamState.remove_rule(item.key)),
            class_name="row end",
        )

    columns = (
        Column("place", t("queue.rule.place"), numeric=True),
        Column("what", t("queue.rule.what"), strong=True),
        Column("who", t("queue.rule.who")),
        Column("key", rx.el.span(t("queue.rule.remove"), class_name="sr"), cell=gone),
    )
    empty = empty_state("users", t("queue.rules.none"), t("queue.rules.none.text"), small=True)
    listed = data_table(columns, TeamState.rules, caption=t("queue.rules.title"), empty=empty)
    apply = (
        button(t("queue.rule.apply"), kind="pri", size="sm", on_click=TeamState.ask_apply(False)),
        button(t("queue.rule.apply_all"), size="sm", on_click=TeamState.ask_apply(True)),
    )
    sure = confirm_dialog(
        TeamState.is_applying,
        t("queue.rule.apply.title"),
        TeamState.consequences,
        t("queue.rule.apply.confirm"),
        TeamState.apply,
        TeamState.cancel_apply,
    )
    body = rx.fragment(listed, _new_rule())
    return card(
        card_head(
            t("queue.rules.title"),
            t("queue.rules.note"),
            rx.cond(TeamState.rules.length() > 0, rx.fragment(*apply), rx.fragment()),
        ),
        rx.cond(
            TeamState.needs_company, rx.el.div(note("info", t("queue.rules.company")), class_name="team-form"), body
        ),
        sure,
    )


def _moved(item: rx.Var[RuleItem], key: str, icon_name: str, *, up: bool) -> rx.Component:
    """Return the press that moves a rule: the first that takes a customer decides."""
    return icon_button(
        icon_name,
        t(key) + ": " + item.what,
        size="sm",
        disabled=item.is_first if up else item.is_last,
        on_click=TeamState.move_rule(item.key, up),
    )


def _new_rule() -> rx.Component:
    words = (("country", 2), ("segment", 60), ("name_from", 20), ("name_to", 20))
    fields = [
        field(
            t(f"queue.rule.{name}"),
            text_input(id=f"rule-{name}", name=name, max_length=length),
            control_id=f"rule-{name}",
        )
        for name, length in words
    ]
    amounts = [
        field(
            t(f"queue.rule.{name}") + " (" + SessionState.currency + ")",
            text_input(id=f"rule-{name}", name=name, input_mode="decimal", class_name="num"),
            control_id=f"rule-{name}",
        )
        for name in ("least", "most")
    ]
    who = _person("rule_who", t("queue.rule.who"))
    error = rx.cond(TeamState.rule_error != "", note("bad", TeamState.rule_error), rx.fragment())
    send = button(t("queue.rule.add"), icon_name="plus", type="submit")
    return rx.el.form(
        rx.el.div(*fields, *amounts, who, class_name="team-grid"),
        error,
        rx.el.div(send, class_name="row end"),
        on_submit=TeamState.add_rule,
        reset_on_submit=True,
        class_name="team-form",
    )


def absences() -> rx.Component:
    """Return who is away and who covers, with a form for another absence."""

    def gone(item: rx.Var[AbsenceItem]) -> rx.Component:
        press = icon_button(
            "x", t("queue.absence.cancel") + ": " + item.who, size="sm", on_click=TeamState.cancel_absence(item.key)
        )
        return rx.cond(item.may_cancel, press, rx.fragment())

    columns = (
        Column("who", t("queue.absence.who"), strong=True),
        Column("span", t("queue.absence.when")),
        Column("cover", t("queue.absence.cover")),
        Column("note", t("queue.absence.note"), wide=True),
        Column("key", rx.el.span(t("queue.absence.cancel"), class_name="sr"), cell=gone),
    )
    empty = empty_state("users", t("queue.absences.none"), t("queue.absences.none.text"), small=True)
    listed = data_table(columns, TeamState.away, caption=t("queue.absences.title"), empty=empty)
    return card(
        card_head(t("queue.absences.title"), t("queue.absences.note")),
        rx.cond(TeamState.is_loaded, listed, skeleton_rows(2)),
        _new_absence(),
    )


def _new_absence() -> rx.Component:
    def day(name: str) -> rx.Component:
        control = text_input(id=f"absence-{name}", name=name, type="date", required=True, min=SessionState.as_of)
        return field(t(f"queue.absence.{name}"), control, control_id=f"absence-{name}")

    said = text_input(id="absence-note", name="note", max_length=200)
    error = rx.cond(TeamState.absence_error != "", note("bad", TeamState.absence_error), rx.fragment())
    return rx.el.form(
        rx.el.div(
            rx.cond(TeamState.leads, _person("absent", t("queue.absence.who")), rx.fragment()),
            day("from"),
            day("to"),
            _person("cover", t("queue.absence.cover")),
            field(t("queue.absence.note"), said, control_id="absence-note"),
            class_name="team-grid",
        ),
        error,
        rx.el.div(button(t("queue.absence.add"), icon_name="plus", type="submit"), class_name="row end"),
        on_submit=TeamState.add_absence,
        reset_on_submit=True,
        class_name="team-form",
    )


def _person(name: str, label: Any) -> rx.Component:
    return choice_field(
        label,
        TeamState.team,
        getattr(TeamState, name),
        lambda value: TeamState.choose(name, value),
        control_id=f"team-{name}",
        placeholder=t("queue.choose"),
    )
