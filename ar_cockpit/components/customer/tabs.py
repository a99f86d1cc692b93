"""What stands below a record, loaded after it: timeline, behaviour, segment with its cadence, files, terms."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, icon, icon_button, link, link_button, named_icon
from ar_cockpit.components.customer.known import identity, score_history
from ar_cockpit.components.customer.timeline import Beside, customer_timeline
from ar_cockpit.components.documents.dialog import FileZone
from ar_cockpit.components.forms import checkbox, tabs
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import may, t
from ar_cockpit.components.vega_chart import chart_card
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.customer.acts import CustomerActs
from ar_cockpit.state.customer.ending import CustomerEnding
from ar_cockpit.state.customer.more import TABS, CustomerMore
from ar_cockpit.state.customer.rows import BandRow, ChangeRow, FileRow, PartRow, StepRow

_ZONE = ("choose", "or_drop", "sending", "stop", "stopped", "lost", "too_large", "one_only")


def record_tabs(state: Any, beside: Beside | None = None) -> rx.Component:
    """Return the tabs; ``state`` shows the record, ``beside`` draws what may be done with a line of the timeline."""
    choices = [(tab, t(f"record.tab.{tab}")) for tab in TABS]
    row = tabs(choices, CustomerMore.tab, CustomerMore.choose_tab, label=t("record.tabs"), underlined=True)
    body = rx.match(
        CustomerMore.tab,
        ("behaviour", _behaviour()),
        ("segment", _segment()),
        ("files", _files()),
        ("terms", _terms()),
        customer_timeline(state, beside),
    )
    return rx.el.div(row, body, class_name="rec-tabs")


def _counted(item: rx.Var[BandRow]) -> rx.Component:
    return rx.cond(item.href != "", link(item.count, href=item.href, class_name="lnk"), item.count)


def _behaviour() -> rx.Component:
    more = CustomerMore
    columns = (
        Column("label", t("record.band")),
        Column("count", t("record.band.invoices"), numeric=True, cell=_counted),
        Column("share", t("record.band.share"), numeric=True),
    )
    table = data_table(columns, more.bands, caption=t("record.behaviour"))
    chart = chart_card(
        t("record.behaviour"),
        more.late_spec,
        summary=more.late_summary,
        table=table,
        name="late",
        height=130,
        picture=more.late_picture,
    )
    habits = rx.el.ul(
        rx.cond(more.month_end != "", rx.el.li(icon("calendar-clock", 14), more.month_end), rx.fragment()),
        rx.el.li(icon("check", 14), more.promises),
        class_name="habits",
    )
    return rx.el.div(chart, habits, class_name="tab-body")


def _segment() -> rx.Component:
    more = CustomerMore
    never = rx.el.p(t("record.segment.never"), class_name="t2 f12")
    known = rx.fragment(
        rx.el.p(
            rx.el.b(more.segment.name),
            " ",
            rx.el.span(t("record.segment.since"), " ", more.segment.since, class_name="t2"),
        ),
        rx.el.p(more.segment.why, class_name="t2 f12"),
        rx.cond(more.segment.score != "", _score(), rx.fragment()),
    )
    return rx.el.div(
        rx.el.h3(t("record.segment")),
        rx.cond(more.segment.name != "", known, never),
        score_history(),
        rx.el.h3(t("record.cadence"), rx.cond(more.segment.cadence != "", ": " + more.segment.cadence, "")),
        _pause(),
        rx.cond(
            more.steps.length() > 0,
            rx.el.ol(rx.foreach(more.steps, _step), class_name="steps-ahead"),
            rx.el.p(t("record.steps.none"), class_name="t2 f12"),
        ),
        rx.el.h3(t("record.changes")),
        rx.cond(
            more.changes.length() > 0,
            rx.el.ol(rx.foreach(more.changes, _change), class_name="changes"),
            rx.el.p(t("record.changes.none"), class_name="t2 f12"),
        ),
        class_name="tab-body",
    )


def _score() -> rx.Component:
    def part(one: rx.Var[PartRow]) -> rx.Component:
        return rx.el.div(
            rx.el.dt(one.label, rx.el.span(one.why, class_name="t2 f11")), rx.el.dd(one.taken, class_name="num")
        )

    total = rx.el.div(
        rx.el.dt(rx.el.b(t("record.score"))), rx.el.dd(rx.el.b(CustomerMore.segment.score), class_name="num")
    )
    whole = rx.el.div(rx.el.dt(t("record.score.whole")), rx.el.dd("100", class_name="num"))
    return rx.el.dl(whole, rx.foreach(CustomerMore.segment.parts, part), total, class_name="score-parts")


def _pause() -> rx.Component:
    pause = button(t("record.pause"), size="sm", icon_name="pause", on_click=CustomerActs.ask_pausing(True))
    resume = button(t("record.resume"), size="sm", icon_name="play", on_click=CustomerActs.resume)
    note = rx.el.div(icon("pause", 15), rx.el.div(CustomerMore.paused), class_name="note b-watch")
    return rx.fragment(
        rx.cond(CustomerMore.paused != "", note, rx.fragment()),
        rx.cond(
            CustomerMore.may_work,
            rx.el.div(rx.cond(CustomerMore.paused != "", resume, pause), class_name="row"),
            rx.fragment(),
        ),
    )


def _step(step: rx.Var[StepRow]) -> rx.Component:
    return rx.el.li(
        named_icon(step.icon, 13),
        rx.el.span(step.day, class_name="tw"),
        rx.el.b(step.text),
        rx.el.span(step.about, class_name="t2"),
    )


def _change(change: rx.Var[ChangeRow]) -> rx.Component:
    score = rx.el.span(t("record.score"), " ", change.score, class_name="t2 nw")
    return rx.el.li(
        rx.el.span(change.day, class_name="tw"),
        rx.el.span(change.text),
        rx.cond(change.score != "", score, rx.fragment()),
    )


def _files() -> rx.Component:
    inside = rx.el.div(
        checkbox(t("record.file.inside"), checked=CustomerActs.file_inside, on_change=CustomerActs.file_for_finance),
        rx.el.span(t("record.file.inside"), aria_hidden="true"),
        class_name="row tick-line",
    )
    words = {name: t(f"documents.zone.{name}") for name in _ZONE} | {"not_pdf": t("record.file.kinds")}
    zone = FileZone.create(
        key=CustomerMore.file_key + CustomerActs.file_inside.to_string(),
        invoice=CustomerMore.file_key,
        address=rx.cond(
            CustomerActs.file_inside, f"{routes.UPLOADS}/customers/finance/", f"{routes.UPLOADS}/customers/shared/"
        ),
        kinds="pdf|png|jpe?g",
        accept=".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg",
        most=CustomerMore.most_mb,
        words=words | {"choose": t("record.file.choose"), "or_drop": t("record.file.drop")},
        on_done=CustomerActs.file_attached,
    )
    nothing = rx.el.p(t("record.files.none"), class_name="t2 f12")
    listed = rx.el.ul(rx.foreach(CustomerMore.files, _file), class_name="cust-files")
    return rx.el.div(
        rx.cond(CustomerMore.files.length() > 0, listed, nothing),
        rx.cond(CustomerMore.may_work, rx.fragment(rx.cond(CustomerMore.may_keep_inside, inside), zone), rx.fragment()),
        class_name="tab-body",
    )


def _file(one: rx.Var[FileRow]) -> rx.Component:
    lock = rx.el.span(icon("lock", 11), t("record.inside"), class_name="t2 inside")
    remove = icon_button(
        "trash-2", t("record.file.remove") + " " + one.name, size="sm", on_click=CustomerActs.remove_file(one.key)
    )
    save = link_button(one.name, href=one.href, kind="ghost", size="sm", icon_name="download", is_download=True)
    return rx.el.li(
        save,
        rx.el.span(one.about, class_name="t2 f12"),
        rx.cond(one.finance_only, lock, rx.fragment()),
        rx.el.span(class_name="sp"),
        rx.cond(CustomerMore.may_work, remove, rx.fragment()),
        class_name="row",
    )


def _terms() -> rx.Component:
    more = CustomerMore
    rate = button(t("record.rate.change"), size="sm", icon_name="pencil", on_click=CustomerActs.ask_rate(True))
    archive = button(t("record.archive"), size="sm", icon_name="archive", on_click=CustomerEnding.archive)
    back = button(t("record.unarchive"), size="sm", icon_name="archive-restore", on_click=CustomerEnding.unarchive)
    merge = button(t("record.merge"), size="sm", icon_name="merge", on_click=CustomerEnding.ask_merging(True))
    is_archived = more.terms.archived != ""
    return rx.el.div(
        identity(),
        rx.el.h3(t("record.rate")),
        rx.el.p(more.terms.rate),
        rx.cond(more.may_set_terms, rx.el.div(rate, class_name="row"), rx.fragment()),
        rx.el.h3(t("record.keeping")),
        rx.cond(is_archived, rx.el.p(more.terms.archived), rx.el.p(t("record.kept"), class_name="t2 f12")),
        rx.foreach(more.merged, lambda words: rx.el.p(words, class_name="f12")),
        rx.cond(
            more.may_work,
            rx.el.div(
                rx.cond(is_archived, back, archive),
                rx.cond(more.may_set_terms & may(Permission.SET_CREDIT), merge, rx.fragment()),
                class_name="row",
            ),
            rx.fragment(),
        ),
        class_name="tab-body",
    )
