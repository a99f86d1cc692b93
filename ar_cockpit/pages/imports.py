"""Imports: choose files, look at what they would do, load them, and see what was set aside."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, icon, icon_button, link, link_button
from ar_cockpit.components.forms import posted_form
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.imports.changes import changes_block
from ar_cockpit.components.imports.mapping import mapping_view
from ar_cockpit.components.imports.report import counts_strip, decisions, told_columns
from ar_cockpit.components.imports.settling import open_items_choice, waiting_note
from ar_cockpit.components.imports.steps import steps
from ar_cockpit.components.imports.undo import take_back
from ar_cockpit.components.layout import card, card_head, empty_state, note, page_head, skeleton_rows
from ar_cockpit.components.tables import Column, data_table, pager
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.imports.rows import Past, Tried
from ar_cockpit.state.imports.screen import About, ImportsState, NamedCell
from ar_cockpit.state.imports.settling import SettlingState


@rx.page(route=routes.IMPORTS, title=t("imports.title"), on_load=[ImportsState.load, SettlingState.look])
def imports() -> rx.Component:
    """Draw the list with its upload, the look before an import, or one import's result."""
    columns = mapping_view(_crumb(t("columns.heading")), ImportsState.list_href)
    views = rx.match(ImportsState.view, ("try", _trial()), ("one", _result()), ("columns", columns), _overview())
    return page_frame(
        routes.IMPORTS,
        rx.cond(ImportsState.is_loaded, views, rx.fragment(page_head(t("imports.title")), card(skeleton_rows(8)))),
        permission=Permission.IMPORT_LEDGER,
    )


def _overview() -> rx.Component:
    columns = (
        Column("name", t("imports.file"), cell=lambda one: link(one.name, href=one.href, class_name="rowlink")),
        Column("when", t("imports.when")),
        Column("table", t("imports.what")),
        Column("company", t("imports.company")),
        Column("read", t("imports.read"), numeric=True),
        Column("kept_out", t("imports.set_aside"), numeric=True),
        Column("state", t("imports.result"), cell=_state),
        Column("by", t("imports.by")),
    )
    none = empty_state("upload", t("imports.none"), t("imports.none.text"), small=True)
    return rx.fragment(
        page_head(t("imports.title"), t("imports.remark")),
        rx.cond(ImportsState.problem != "", note("bad", ImportsState.problem, icon_name="octagon-alert")),
        waiting_note(),
        card(card_head(t("imports.new")), _upload()),
        card(
            card_head(t("imports.past")),
            data_table(columns, ImportsState.past, caption=t("imports.past"), empty=none),
            pager(ImportsState.page, ImportsState.pages, ImportsState.counted),
        ),
    )


def _state(one: rx.Var[Past]) -> rx.Component:
    return badge(one.kind, one.state)


def _upload() -> rx.Component:
    chosen = rx.el.input(
        type="file",
        id="files",
        name="files",
        multiple=True,
        required=True,
        accept=".csv,.tsv,.txt,.xlsx,.xlsm,text/csv",
        class_name="drop",
        aria_describedby="files-hint",
    )
    into = rx.el.select(
        rx.el.option(t("imports.into.file"), value=""),
        rx.foreach(SessionState.companies, lambda one: rx.el.option(one.label, value=one.value)),
        id="into",
        name="into",
        default_value=SessionState.company,
        key=SessionState.company,
        class_name="inp",
    )
    return posted_form(
        rx.el.div(
            rx.el.label(t("imports.files"), html_for="files", class_name="fl"),
            chosen,
            rx.el.p(ImportsState.files_hint, id="files-hint", class_name="fld-hint"),
        ),
        rx.el.div(
            rx.el.label(t("imports.into"), html_for="into", class_name="fl"),
            into,
            rx.el.p(t("imports.into.hint"), class_name="fld-hint"),
            button(t("imports.look"), kind="pri", icon_name="eye", type="submit", class_name="look"),
        ),
        action=f"{routes.UPLOADS}/imports",
        is_upload=True,
        class_name="upload",
    )


def _trial() -> rx.Component:
    back = rx.fragment(
        button(t("imports.forget"), on_click=ImportsState.forget, disabled=ImportsState.is_working),
        button(
            rx.cond(ImportsState.is_working, t("imports.working"), t("imports.load")),
            kind="pri",
            icon_name="upload",
            on_click=ImportsState.import_now,
            disabled=~ImportsState.can_import | ImportsState.is_working,
        ),
    )
    tell = link_button(t("columns.tell"), href=ImportsState.columns_href, size="sm", icon_name="columns-3")
    refused = rx.fragment(
        note("bad", rx.el.b(t("imports.refused")), " ", ImportsState.refusal, icon_name="octagon-alert"),
        rx.cond(ImportsState.columns_href != "", rx.el.div(tell)),
    )
    return rx.fragment(
        rx.el.div(_crumb(t("imports.trial")), rx.el.span(class_name="sp"), back, class_name="row ph"),
        steps("preview"),
        rx.cond(ImportsState.refusal != "", refused, note("info", t("imports.trial.remark"))),
        rx.cond(ImportsState.has_invoices, card(open_items_choice()), rx.fragment()),
        rx.foreach(ImportsState.tried, _tried),
    )


def _tried(one: rx.Var[Tried]) -> rx.Component:
    refused = rx.el.div(note("bad", one.summary.error, icon_name="octagon-alert"), class_name="db")
    content = rx.fragment(
        counts_strip(one.summary, is_trial=True),
        rx.cond(one.proposed != "", rx.el.div(note("info", one.proposed), class_name="db"), rx.fragment()),
        changes_block(one.changes, is_trial=True),
        decisions(one.summary),
        rx.cond(one.told.length() > 0, _first_told(one)),
        rx.cond(one.sample.length() > 0, _sample(one)),
    )
    return card(
        card_head(
            one.summary.name,
            one.summary.table,
            rx.el.span(one.summary.mapping, class_name="t2 f12"),
            link_button(t("columns.change"), href=one.columns_href, size="sm", icon_name="columns-3"),
        ),
        rx.cond(one.summary.error != "", refused, content),
        class_name="tried",
    )


def _first_told(one: rx.Var[Tried]) -> rx.Component:
    return rx.fragment(
        rx.el.h3(t("imports.told"), class_name="sub"),
        data_table(told_columns(), one.told, caption=t("imports.told")),
        rx.cond(one.more != "", rx.el.p(one.more, class_name="t2 f12 under")),
    )


def _sample(one: rx.Var[Tried]) -> rx.Component:
    def cell(value: Any, tag: Any) -> rx.Component:
        return tag(value.text, class_name=rx.cond(value.is_numeric, "num", ""))

    head = rx.el.thead(rx.el.tr(rx.foreach(one.head, lambda value: cell(value, rx.el.th))))
    body = rx.foreach(one.sample, lambda row: rx.el.tr(rx.foreach(row.cells, lambda value: cell(value, rx.el.td))))
    caption = rx.el.caption(t("imports.sample"), class_name="sr")
    table = rx.el.table(caption, head, rx.el.tbody(body))
    return rx.fragment(
        rx.el.h3(t("imports.sample"), class_name="sub"),
        rx.el.div(table, class_name="scroll", tab_index=0, role="group", aria_label=t("imports.sample")),
    )


def _result() -> rx.Component:
    download = link_button(
        t("imports.download"), href=ImportsState.download_href, size="sm", icon_name="download", is_download=True
    )
    again = link_button(t("imports.corrected"), href=ImportsState.list_href, size="sm", kind="pri", icon_name="upload")
    actions = rx.cond(ImportsState.download_href != "", rx.fragment(download, again))
    nothing = empty_state("check", t("imports.all_loaded"), t("imports.all_loaded.text"), small=True)
    listed = card(
        rx.el.div(
            rx.el.h2(t("imports.rows_set_aside")),
            _abouts(),
            rx.el.span(class_name="sp"),
            actions,
            class_name="list-head",
        ),
        data_table(
            told_columns(is_linked=True),
            ImportsState.told,
            caption=t("imports.rows_set_aside"),
            empty=nothing,
            row_class=lambda row: rx.cond(row.is_chosen, "sel", ""),
        ),
        rx.cond(ImportsState.told.length() > 0, pager(ImportsState.page, ImportsState.pages, ImportsState.counted)),
        class_name="told",
    )
    head = rx.el.div(
        _crumb(ImportsState.summary.name),
        badge(ImportsState.badge_kind, ImportsState.badge),
        rx.el.span(ImportsState.when, class_name="t2"),
        rx.el.span(class_name="sp"),
        rx.cond(ImportsState.is_taken_back, rx.fragment(), take_back()),
        class_name="row ph",
    )
    beside = rx.cond(ImportsState.chosen.title != "", _chosen(), rx.fragment())
    split = rx.cond(ImportsState.chosen.title != "", "split", "")
    return rx.fragment(
        head,
        waiting_note(),
        card(counts_strip(ImportsState.summary), changes_block(ImportsState.changes), decisions(ImportsState.summary)),
        rx.el.div(listed, beside, class_name=split),
    )


def _abouts() -> rx.Component:
    def about(one: rx.Var[About]) -> rx.Component:
        return link(
            one.label,
            rx.el.span(one.count, class_name="tabs-count"),
            href=one.href,
            class_name=rx.cond(one.is_chosen, "tab on", "tab"),
            aria_current=rx.cond(one.is_chosen, "true", "false"),
        )

    return rx.el.nav(rx.foreach(ImportsState.about, about), class_name="tabs", aria_label=t("imports.about"))


def _chosen() -> rx.Component:
    chosen = ImportsState.chosen
    close = icon_button("x", t("shell.close"), size="sm", on_click=SessionState.set_param("line", ""))

    def cell(one: rx.Var[NamedCell]) -> rx.Component:
        return rx.el.tr(
            rx.el.th(one.name, scope="row"), rx.el.td(one.value), class_name=rx.cond(one.is_wrong, "df", "")
        )

    raw = rx.fragment(rx.el.span(t("imports.as_read"), class_name="lbl"), rx.el.pre(chosen.raw))
    cells = rx.el.table(
        rx.el.caption(chosen.title, class_name="sr"), rx.el.tbody(rx.foreach(chosen.cells, cell)), class_name="cmp"
    )
    return card(
        card_head(chosen.title, None, close),
        rx.el.div(
            note("watch", rx.el.b(chosen.reason), rx.el.div(chosen.mend, class_name="in"), icon_name="triangle-alert"),
            cells,
            rx.cond(chosen.raw != "", raw),
            class_name="db",
        ),
    )


def _crumb(title: Any) -> rx.Component:
    above = link(t("imports.title"), href=ImportsState.list_href, class_name="t2 lnk")
    return rx.fragment(above, icon("chevron-right", 13), rx.el.h1(title))
