"""Reports: those that come with the product and those made to measure, on screen and as files."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, icon, icon_button, link
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.executive.left_out import left_out
from ar_cockpit.components.forms import field, param, select, text_input
from ar_cockpit.components.frame.tabs import executive_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.lists import filters_in_force, wanted_exports
from ar_cockpit.components.reports.mailing import mail_button, mailed_reports, mailing_dialog
from ar_cockpit.components.reports.pack import on_its_way, pack_card
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.executive.left_out import LeftOutState
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.reports.mailing import MailingState
from ar_cockpit.state.reports.pack import PaperState
from ar_cockpit.state.reports.rows import Cell, ColumnItem, Head, Line, ReportItem
from ar_cockpit.state.reports.screen import ReportsState as State


@rx.page(
    route=routes.REPORTS, title=t("reports.title"), on_load=[State.load, LeftOutState.look, MailingState.list_mailed]
)
def reports() -> rx.Component:
    """Draw the reports to choose from, and the one that is shown."""
    shown = rx.el.div(_head(), rx.cond(State.is_loaded, _table(), skeleton_rows(10)), class_name="report-main")
    side = rx.el.div(_chooser(), pack_card(), class_name="report-side")
    main = rx.el.div(card(shown), mailed_reports(), class_name="report-side")
    return executive_page(
        routes.REPORTS,
        left_out(),
        rx.el.div(side, main, class_name="report-cols"),
        _saving(),
        mailing_dialog(),
        actions=(),
    )


def _chooser() -> rx.Component:
    def way(item: rx.Var[ReportItem]) -> rx.Component:
        return link(
            rx.el.b(item.name),
            rx.el.span(item.note, class_name="t2 f11"),
            href=item.href,
            class_name=rx.cond(item.is_chosen, "report-way here", "report-way"),
            aria_current=rx.cond(item.is_chosen, "true", "false"),
        )

    own = rx.fragment(rx.el.h2(t("reports.own"), class_name="report-sec"), rx.foreach(State.saved, way))
    return card(
        rx.el.h2(t("reports.shipped"), class_name="report-sec"),
        rx.foreach(State.shipped, way),
        rx.cond(State.saved.length() > 0, own, rx.fragment()),
        class_name="report-list",
    )


def _head() -> rx.Component:
    delete = button(t("reports.delete"), kind="ghost", size="sm", icon_name="trash-2", on_click=State.delete)
    save = button(t("reports.save"), size="sm", icon_name="save", on_click=State.ask_save(True))
    pdf = button(t("reports.pdf"), kind="ghost", size="sm", icon_name="download", on_click=PaperState.make)
    files = rx.cond(may(Permission.EXPORT), pdf, rx.fragment())
    mailed = rx.cond(may(Permission.EXPORT), mail_button(is_pack=False), rx.fragment())
    actions = (rx.cond(State.is_mine, delete, rx.fragment()), save, mailed, files, wanted_exports(State))
    return rx.fragment(
        card_head(State.name, State.note, *actions),
        on_its_way(),
        rx.el.div(
            _columns(),
            select(State.groups, State.group, param("group", "")[1], label=t("reports.group")),
            _filter(),
            rx.el.span(class_name="sp"),
            rx.el.span(
                rx.cond(SessionState.consolidate != "", t("reports.about.into"), t("reports.currency")),
                " ",
                rx.el.b(SessionState.currency),
                class_name="t2 f12",
            ),
            class_name="row wrap report-tools",
        ),
        filters_in_force(State.chips),
        rx.cond(
            State.rates != "",
            rx.cond(
                State.rates_are_old, note("watch", State.rates), rx.el.p(State.rates, class_name="t2 f11 report-rates")
            ),
            rx.fragment(),
        ),
    )


def _columns() -> rx.Component:
    def column(item: rx.Var[ColumnItem]) -> rx.Component:
        box = rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=item.is_shown,
                on_change=lambda _value: State.toggle_column(item.key, ~item.is_shown),
            ),
            item.label,
            class_name="row f12",
        )
        up = icon_button(
            "arrow-up", t("reports.earlier") + " " + item.label, size="sm", on_click=State.move_column(item.key)
        )
        return rx.el.div(box, rx.el.span(class_name="sp"), rx.cond(item.is_shown, up, rx.fragment()), class_name="row")

    trigger = rx.popover.trigger(
        rx.el.button(icon("columns-3", 14), t("reports.columns"), type="button", class_name="btn sm")
    )
    listed = rx.el.div(rx.foreach(State.columns, column), class_name="report-columns")
    return rx.popover.root(trigger, rx.popover.content(listed, width="280px", aria_label=t("reports.columns")))


def _filter() -> rx.Component:
    def option(one: rx.Var[Choice]) -> rx.Component:
        return rx.el.option(one.label, value=one.value)

    def menu(name: str, choices: rx.Var[list[Choice]], label: str) -> rx.Component:
        return rx.el.select(rx.foreach(choices, option), name=name, aria_label=t(label), class_name="inp")

    form = rx.form(
        menu("field", State.fields, "reports.filter.column"),
        menu("operator", State.operators, "reports.filter.operator"),
        text_input(name="value", aria_label=t("reports.filter.value"), required=True, max_length=60),
        rx.el.p(t("reports.filter.note"), class_name="t2 f11"),
        button(t("reports.filter.add"), kind="pri", type="submit"),
        on_submit=State.add_filter,
        reset_on_submit=True,
        class_name="review-form",
    )
    trigger = rx.popover.trigger(
        rx.el.button(icon("list-filter", 14), t("reports.filter"), type="button", class_name="btn sm")
    )
    return rx.popover.root(trigger, rx.popover.content(form, width="260px", aria_label=t("reports.filter")))


def _table() -> rx.Component:
    def head(item: rx.Var[Head]) -> rx.Component:
        arrow = rx.match(
            item.order, ("ascending", icon("arrow-up", 11)), ("descending", icon("arrow-down", 11)), rx.fragment()
        )
        press = rx.el.button(
            item.label, arrow, type="button", class_name="sort", on_click=SessionState.sort_by("order", item.key)
        )
        return rx.el.th(press, scope="col", class_name=item.kind, aria_sort=item.order)

    def cell(item: rx.Var[Cell]) -> rx.Component:
        led = rx.cond(item.href != "", link(item.text, href=item.href, class_name="lnk"), item.text)
        return rx.el.td(led, class_name=item.kind)

    def line(item: rx.Var[Line]) -> rx.Component:
        return rx.el.tr(rx.foreach(item.cells, cell))

    table = rx.el.div(
        rx.el.table(
            rx.el.caption(State.name, class_name="sr"),
            rx.el.thead(rx.el.tr(rx.foreach(State.heads, head))),
            rx.el.tbody(rx.foreach(State.lines, line)),
            rx.cond(State.foot.length() > 0, rx.el.tfoot(rx.el.tr(rx.foreach(State.foot, cell))), rx.fragment()),
            class_name="sticky",
        ),
        class_name="scroll report-table",
        tab_index=0,
        role="group",
        aria_label=State.name,
    )
    empty = empty_state("table-2", t("reports.empty"), t("reports.empty.text"), small=True)
    further = rx.el.div(
        rx.el.span(State.note),
        rx.el.span(class_name="sp"),
        link(t("reports.more"), href=State.more_href, class_name="btn sm"),
        class_name="pg",
    )
    more = rx.cond(State.more_href != "", further, rx.fragment())
    return rx.cond(State.lines.length() > 0, rx.fragment(table, more), empty)


def _saving() -> rx.Component:
    def role(one: rx.Var[Choice]) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            name=rx.Var.create("role_") + one.value,
            default_checked=State.shared_with.contains(one.value),
        )
        return rx.el.label(box, one.label, class_name="row f12")

    form = rx.form(
        field(
            t("reports.save.name"),
            text_input(id="report-name", name="name", default_value=State.save_name, required=True, max_length=80),
            control_id="report-name",
        ),
        rx.el.fieldset(
            rx.el.legend(t("reports.save.share"), class_name="fl"), rx.foreach(State.roles, role), class_name="roles"
        ),
        note("info", t("reports.save.note")),
        rx.el.div(
            button(t("shell.cancel"), on_click=State.ask_save(False)),
            button(t("reports.save"), kind="pri", type="submit"),
            class_name="row dialog-acts",
        ),
        on_submit=State.save,
        class_name="review-form",
    )
    return dialog(State.is_saving, State.ask_save, t("reports.save.title"), form, width="440px")
