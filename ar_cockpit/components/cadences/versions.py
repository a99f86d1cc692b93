"""Dialogs of the policy as a whole: switching the draft on, its versions, its file."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.chosen_file import chosen_file
from ar_cockpit.components.controls import badge, button, icon
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import field, text_area, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.differences import DifferenceLine
from ar_cockpit.state.cadences.files import LONGEST_FILE, FileProblem, FileState
from ar_cockpit.state.cadences.outlook import OutlookState
from ar_cockpit.state.cadences.switching import LONGEST_NOTE, SwitchState, VersionLine


def switch_dialog() -> rx.Component:
    """Return the question before the draft is switched on, with what it changes."""
    between = note("watch", SwitchState.between, icon_name="triangle-alert")
    tomorrow = rx.el.p(
        rx.el.b(OutlookState.tomorrow_label, ": "),
        OutlookState.first.messages,
        " ",
        t("cadences.outlook.messages.word"),
        ", ",
        OutlookState.first.tasks,
        " ",
        t("cadences.outlook.tasks.word"),
        ". ",
        OutlookState.first.difference,
    )
    why = text_input(id="switch-note", default_value="", on_blur=SwitchState.write_note, max_length=LONGEST_NOTE)
    return dialog(
        SwitchState.is_switching,
        SwitchState.on_asked,
        t("cadences.switch.title"),
        rx.el.div(
            rx.cond(SwitchState.between != "", between),
            rx.cond(OutlookState.is_known & ~OutlookState.is_running, tomorrow),
            _differences(SwitchState.changes),
            rx.cond(SwitchState.skips.length() > 0, _skips()),
            rx.el.p(icon("check", 13, class_name="ok"), t("cadences.switch.once"), class_name="t2"),
            field(t("cadences.switch.note"), why, control_id="switch-note"),
            _foot(
                button(t("shell.cancel"), on_click=SwitchState.on_asked(False)),
                button(t("cadences.switch.now"), kind="pri", on_click=SwitchState.switch_on),
            ),
            class_name="rule-form",
        ),
        width="600px",
    )


def _skips() -> rx.Component:
    listed = rx.foreach(SwitchState.skips, rx.el.li)
    return note("watch", rx.el.ul(listed), icon_name="triangle-alert")


def versions_dialog() -> rx.Component:
    """Return every version, with what changed and the way back."""
    compared = rx.el.div(
        rx.el.h3(SwitchState.compared_title),
        rx.cond(
            SwitchState.compared.length() > 0,
            _differences(SwitchState.compared),
            rx.el.p(t("cadences.diff.none"), class_name="t2"),
        ),
        rx.cond(SwitchState.restoring >= 0, _restore()),
        class_name="versions-compared",
    )
    return dialog(
        SwitchState.is_listing,
        SwitchState.on_listed,
        t("cadences.versions"),
        rx.el.div(
            rx.el.ul(rx.foreach(SwitchState.versions, _version), class_name="versions-list"),
            rx.cond(SwitchState.compared_title != "", compared),
            class_name="rule-form",
        ),
        width="680px",
    )


def _restore() -> rx.Component:
    return rx.fragment(
        rx.el.p(icon("check", 13, class_name="ok"), t("cadences.switch.once"), class_name="t2"),
        _foot(button(t("cadences.restore.now"), kind="pri", on_click=SwitchState.restore)),
    )


def _version(line: rx.Var[VersionLine]) -> rx.Component:
    acts = rx.fragment(
        button(t("cadences.compare"), size="sm", kind="ghost", on_click=SwitchState.compare(line.number)),
        button(t("cadences.restore"), size="sm", on_click=SwitchState.ask_restore(line.number)),
    )
    told = rx.el.span(line.when, " ", line.who, class_name="t2 f12")
    return rx.el.li(
        rx.el.div(rx.el.b(line.title), told, rx.el.span(line.note, class_name="f12")),
        rx.cond(line.is_in_force, badge("ok", t("cadences.is_in_force")), acts),
        class_name=rx.cond(line.is_compared, "version on", "version"),
    )


def file_dialog() -> rx.Component:
    """Return the policy's text: to read, to download, to replace."""
    words = {name: t(f"cadences.file.{name}") for name in ("choose", "size", "unread")}
    upload = chosen_file(".toml,.txt,text/plain", LONGEST_FILE, words, FileState.take_file)
    text = text_area(
        id="policy-text",
        name="text",
        default_value=FileState.text,
        key=FileState.drawn,
        rows=18,
        spell_check=False,
        class_name="mono",
    )
    refusal = note("bad", FileState.file_refusal, icon_name="triangle-alert")
    return dialog(
        FileState.is_file_open,
        FileState.on_file_shown,
        t("cadences.file.title"),
        rx.el.form(
            rx.el.p(t("cadences.file.about"), class_name="t2"),
            rx.el.div(
                upload,
                button(t("cadences.file.download"), icon_name="download", size="sm", on_click=FileState.download),
                class_name="row",
            ),
            field(t("cadences.file.text"), text, control_id="policy-text"),
            rx.cond(FileState.file_problems.length() > 0, _problems()),
            rx.cond(FileState.file_refusal != "", refusal),
            _foot(
                button(t("shell.cancel"), on_click=FileState.on_file_shown(False)),
                button(t("cadences.file.keep"), kind="pri", type="submit"),
            ),
            on_submit=FileState.keep_text,
            class_name="rule-form",
        ),
        width="760px",
    )


def _problems() -> rx.Component:
    def one(problem: rx.Var[FileProblem]) -> rx.Component:
        return rx.el.li(rx.el.b(problem.line, ": "), problem.said, " ", problem.mend)

    listed = rx.el.ul(rx.foreach(FileState.file_problems, one), class_name="file-problems")
    return rx.el.div(note("bad", listed, icon_name="triangle-alert"), role="alert")


def _differences(lines: Any) -> rx.Component:
    def one(line: rx.Var[DifferenceLine]) -> rx.Component:
        values = rx.fragment(
            line.field, " ", rx.el.del_(line.before, class_name="t2"), " ", rx.el.ins(line.after, class_name="b")
        )
        return rx.el.li(
            rx.el.b(line.what), " ", rx.cond(line.field != "", values, rx.el.span(line.kind)), class_name="diff"
        )

    return rx.el.ul(rx.foreach(lines, one), class_name="diffs")


def _foot(*actions: Any) -> rx.Component:
    return rx.el.div(rx.el.span(class_name="sp"), *actions, class_name="row")
