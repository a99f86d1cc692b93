"""A collector's results: the month of the team, one person's months, and the goal."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, link
from ar_cockpit.components.dialogs import form_dialog
from ar_cockpit.components.figures import progress
from ar_cockpit.components.forms import field, select, text_input
from ar_cockpit.components.frame.tabs import collecting_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.lists import wanted_exports
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.results import ResultItem, ResultsState


@rx.page(route=routes.RESULTS, title=t("queue.results.title"), on_load=ResultsState.load)
def results() -> rx.Component:
    """Draw the month by person, then the months of one of them."""
    empty = empty_state("chart-column", t("queue.results.none"), t("queue.results.none.text"), small=True)
    people = data_table(
        _columns(
            Column("name", t("queue.results.collector"), strong=True, cell=_name),
            Column("key", rx.el.span(t("queue.goal.change"), class_name="sr"), cell=_change),
        ),
        ResultsState.people,
        caption=t("queue.results.team"),
        empty=empty,
        row_class=lambda item: rx.cond(item.is_chosen, "sel", ""),
    )
    months = data_table(
        _columns(Column("month", t("queue.results.month"), strong=True)),
        ResultsState.months,
        caption=t("queue.results.months"),
    )
    month = select(
        ResultsState.month_choices, ResultsState.month, ResultsState.choose_month, label=t("queue.results.month")
    )
    return collecting_page(
        routes.RESULTS,
        rx.cond(ResultsState.needs_company, note("info", t("queue.goal.company")), rx.fragment()),
        card(
            card_head(ResultsState.month_label, t("queue.results.note"), month),
            rx.cond(ResultsState.is_loaded, people, skeleton_rows(5)),
        ),
        rx.cond(
            ResultsState.months.length() > 0,
            card(card_head(ResultsState.person_name, t("queue.results.six")), months),
            rx.fragment(),
        ),
        _goal(),
        actions=(wanted_exports(ResultsState),),
    )


def _columns(first: Column, *last: Column) -> tuple[Column, ...]:
    return (
        first,
        Column("touched", t("queue.results.touched"), numeric=True, note=t("queue.results.touched.note")),
        Column("collected", t("queue.results.collected"), numeric=True, note=t("queue.results.collected.note")),
        Column("promised", t("queue.results.promised"), numeric=True, wide=True),
        Column("kept", t("queue.results.kept"), numeric=True, wide=True, note=t("queue.results.kept.note")),
        Column("change", t("queue.results.change"), numeric=True, cell=_more, note=t("queue.results.change.note")),
        Column("goal", t("queue.results.goal"), numeric=True, wide=True, cell=_of_goal),
        *last,
    )


def _name(item: rx.Var[ResultItem]) -> rx.Component:
    return link(item.name, href=item.href, class_name="lnk")


def _more(item: rx.Var[ResultItem]) -> rx.Component:
    return rx.el.span(item.change, class_name=item.change_kind)


def _of_goal(item: rx.Var[ResultItem]) -> rx.Component:
    bar = rx.el.div(
        progress(item.percent, label=t("queue.results.goal")), rx.el.span(item.percent_words), class_name="goal"
    )
    return rx.fragment(item.goal, rx.cond(item.percent_words != "", bar, rx.fragment()))


def _change(item: rx.Var[ResultItem]) -> rx.Component:
    press: Any = button(
        t("queue.goal"),
        size="sm",
        on_click=ResultsState.ask_goal(item.key),
        aria_label=t("queue.goal") + ": " + item.name,
    )
    return rx.cond(ResultsState.may_set, press, rx.fragment())


def _goal() -> rx.Component:
    amount = text_input(
        id="goal-amount",
        name="amount",
        default_value=ResultsState.goal_amount,
        key=ResultsState.goal_of,
        input_mode="decimal",
        auto_focus=True,
        aria_describedby="goal-amount-error",
        class_name="num",
    )
    return form_dialog(
        ResultsState.goal_of != "",
        ResultsState.ask_goal(""),
        t("queue.goal"),
        rx.el.p(ResultsState.goal_name, ", ", ResultsState.month_label, class_name="t2"),
        field(
            t("queue.goal.amount"),
            amount,
            control_id="goal-amount",
            hint=t("queue.goal.hint"),
            error=ResultsState.goal_error,
        ),
        send=t("queue.goal.save"),
        on_submit=ResultsState.save_goal,
        width="380px",
    )
