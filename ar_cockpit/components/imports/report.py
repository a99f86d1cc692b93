"""What one imported file's report looks like: counts, control totals, decisions, rows set aside."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import icon, link
from ar_cockpit.components.tables import Column
from ar_cockpit.components.text import t
from ar_cockpit.state.imports.rows import Summary, Told


def counts_strip(summary: rx.Var[Summary], *, is_trial: bool = False) -> rx.Component:
    """Return rows read, loaded and set aside, beside the control totals by currency."""

    def figure(label: str, value: Any, remark: Any) -> rx.Component:
        return rx.el.div(
            rx.el.span(t(label), class_name="lbl"), rx.el.b(value), rx.el.span(remark, class_name="t2 f12")
        )

    kept_out = rx.cond(summary.is_whole, t("imports.none_aside"), t("imports.nothing_of_them"))
    return rx.el.div(
        figure("imports.rows_read", summary.read, summary.table + " " + summary.companies),
        figure("imports.would_load" if is_trial else "imports.loaded", summary.taken, summary.parts),
        figure("imports.set_aside", summary.kept_out, rx.cond(summary.warnings != "", summary.warnings, kept_out)),
        _totals(summary),
        class_name="ig",
    )


def _totals(summary: rx.Var[Summary]) -> rx.Component:
    def total(one: Any) -> rx.Component:
        agrees = rx.cond(
            one.agrees,
            rx.el.span(icon("check", 13), t("imports.agrees"), class_name="ok f11 b"),
            rx.el.span(icon("octagon-alert", 13), t("imports.differs"), class_name="bad f11 b"),
        )
        return rx.el.tbody(
            rx.el.tr(rx.el.td(t("imports.control")), rx.el.td(one.came, class_name="num")),
            rx.el.tr(rx.el.td(t("imports.set_aside")), rx.el.td(one.kept_out, class_name="num")),
            rx.el.tr(
                rx.el.td(rx.el.b(t("imports.total_loaded")), " ", agrees),
                rx.el.td(one.taken, class_name="num b"),
                class_name="sum",
            ),
        )

    table = rx.el.table(
        rx.el.caption(t("imports.totals"), class_name="sr"), rx.foreach(summary.totals, total), class_name="rec"
    )
    control = rx.el.table(
        rx.el.caption(t("fec.control"), class_name="sr"), rx.foreach(summary.control, _control), class_name="rec"
    )
    return rx.cond(summary.control.length() > 0, rx.el.div(control), _plain_totals(summary, table))


def _plain_totals(summary: rx.Var[Summary], table: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.cond(summary.totals.length() > 0, table, rx.el.span(t("imports.no_totals"), class_name="t2 f12"))
    )


def _control(one: Any) -> rx.Component:
    """Return the balance of the customers' accounts in a FEC beside what was imported of it."""
    agrees = rx.cond(
        one.agrees,
        rx.el.span(icon("check", 13), t("imports.agrees"), class_name="ok f11 b"),
        rx.el.span(icon("octagon-alert", 13), t("imports.differs"), class_name="bad f11 b"),
    )
    difference = rx.el.tr(rx.el.td(t("fec.difference")), rx.el.td(one.difference, class_name="num"))
    return rx.el.tbody(
        rx.el.tr(rx.el.td(one.accounts), rx.el.td(one.file, class_name="num")),
        rx.el.tr(rx.el.td(t("imports.set_aside")), rx.el.td(one.set_aside, class_name="num")),
        rx.cond(one.agrees, rx.fragment(), difference),
        rx.el.tr(
            rx.el.td(rx.el.b(t("fec.imported")), " ", agrees),
            rx.el.td(one.imported, class_name="num b"),
            class_name="sum",
        ),
    )


def decisions(summary: rx.Var[Summary]) -> rx.Component:
    """Return how ambiguous columns were read, and what nothing proves."""

    def one(decided: Any) -> rx.Component:
        mark = rx.cond(
            decided.is_certain, icon("check", 13, class_name="ok"), icon("triangle-alert", 13, class_name="watch")
        )
        return rx.el.li(mark, decided.text)

    listed = rx.el.ul(rx.foreach(summary.decided, one), class_name="decided", aria_label=t("imports.decisions"))
    return rx.cond(summary.decided.length() > 0, listed, rx.fragment())


def told_columns(*, is_linked: bool = False) -> tuple[Column, ...]:
    """Return the columns of rows set aside and of remarks; ``is_linked`` leads from each line to its row."""

    def line(one: rx.Var[Told]) -> Any:
        return link(one.line, href=one.href, class_name="rowlink") if is_linked else one.line

    def value(one: rx.Var[Told]) -> rx.Component:
        return rx.cond(
            one.value != "", rx.el.code(one.value, class_name="v"), rx.el.span(t("imports.empty"), class_name="t2")
        )

    return (
        Column("line", t("imports.col.line"), numeric=True, cell=line),
        Column("column", t("imports.col.column"), cell=lambda one: rx.el.code(one.column)),
        Column("value", t("imports.col.value"), cell=value),
        Column("reason", t("imports.col.reason")),
        Column("mend", t("imports.col.mend"), cell=lambda one: rx.el.span(one.mend, class_name="acc b")),
    )
