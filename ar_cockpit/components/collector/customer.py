"""The middle pane: what the customer owes, whom to talk to, how it pays, and everything that happened."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.collector.invoices import invoice_table
from ar_cockpit.components.collector.papers import papers_line
from ar_cockpit.components.controls import badge, button, icon, link, named_icon
from ar_cockpit.components.figures import ageing_bar, sparkline
from ar_cockpit.components.forms import tabs
from ar_cockpit.components.groups import group_line
from ar_cockpit.components.layout import empty_state, skeleton_block
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.rows import ContactLine
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.display.timeline import TimelineLine
from ar_cockpit.state.frame.session import SessionState

_RECORD = CollectorState.record


def customer_pane() -> rx.Component:
    """Return the customer that is open."""
    found = rx.fragment(_head(), _figures(), _ageing(), _contacts(), papers_line(), invoice_table(), _timeline())
    missing = empty_state("users", t("collector.nobody"), CollectorState.missing, _back())
    nobody = empty_state("list-checks", t("collector.nobody"), t("collector.nobody.text"))
    content = rx.cond(
        CollectorState.has_record,
        found,
        rx.cond(
            CollectorState.is_loaded,
            rx.cond(CollectorState.missing != "", missing, nobody),
            rx.el.div(skeleton_block(90), skeleton_block(50), skeleton_block(260), class_name="rec-bones"),
        ),
    )
    return rx.el.section(content, class_name="pane rec", aria_label=t("collector.customer"), tab_index=0)


def _back() -> rx.Component:
    words = (icon("arrow-left", 16), t("collector.today"))
    return link(*words, href=CollectorState.list_href, class_name="btn sm go-back")


def _head() -> rx.Component:
    return rx.el.div(
        _back(),
        rx.el.div(
            rx.el.h2(_RECORD.name, class_name="rec-name"),
            badge(_RECORD.standing, _RECORD.standing_word),
            rx.el.span(class_name="sp"),
            rx.cond(may(Permission.WORK_CUSTOMERS) & (SessionState.as_of_banner == ""), _presses(), rx.fragment()),
            class_name="row name-row",
        ),
        rx.el.div(_RECORD.about, class_name="t2 f12 meta"),
        rx.el.div(
            sparkline(_RECORD.spark, quiet=True),
            rx.el.span(rx.el.b(_RECORD.pays), _RECORD.trend),
            rx.cond(_RECORD.kept != "", rx.el.span(_RECORD.kept, class_name="t2"), rx.fragment()),
            class_name="row f12 pay",
        ),
        rx.cond(
            _RECORD.hold != "",
            rx.el.div(icon("hand", 15), rx.el.div(t("collector.on_hold"), _RECORD.hold), class_name="note b-bad"),
            rx.fragment(),
        ),
        group_line(_RECORD.group),
        class_name="mh",
    )


def _presses() -> rx.Component:
    hold = button(t("collector.hold"), size="sm", icon_name="hand", on_click=CollectorActs.ask_holding(True))
    release = button(t("collector.release"), size="sm", icon_name="check", on_click=CollectorActs.release_hold)
    done = button(t("collector.mark_done"), size="sm", icon_name="check", on_click=CollectorActs.mark_done)
    return rx.fragment(rx.cond(_RECORD.hold == "", hold, release), done)


def _figures() -> rx.Component:
    over = rx.el.span(icon("triangle-alert", 13), _RECORD.over_limit, class_name="bad f11 b")
    notes = rx.el.span(t("collector.credit_notes"), " ", _RECORD.credit_notes, class_name="t2 f11")
    return rx.el.dl(
        _figure("collector.owed", _RECORD.owed),
        _figure("collector.overdue", _RECORD.overdue),
        _figure("collector.oldest", _RECORD.oldest),
        _figure("collector.limit", _RECORD.limit, rx.cond(_RECORD.over_limit != "", over, rx.fragment())),
        _figure("collector.unapplied", _RECORD.unapplied, rx.cond(_RECORD.credit_notes != "", notes, rx.fragment())),
        class_name="rec-stats",
    )


def _figure(key: str, value: rx.Var[str], *more: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.dt(t(key), class_name="lbl"), rx.el.dd(rx.el.b(value), *more))


def _ageing() -> rx.Component:
    return rx.el.div(ageing_bar(CollectorState.ageing, label=t("collector.ageing")), class_name="ageing")


def _contacts() -> rx.Component:
    nobody = rx.el.div(icon("user", 15), t("collector.no_contact"), class_name="rec-contact t2")
    listed = rx.foreach(CollectorState.contacts, _contact)
    return rx.cond(CollectorState.contacts.length() > 0, rx.fragment(listed), nobody)


def _contact(contact: rx.Var[ContactLine]) -> rx.Component:
    bounced = rx.el.span(icon("mail-x", 13), t("collector.bounced"), class_name="bad b f12")
    call = rx.el.a(icon("phone", 13), t("collector.call"), href=contact.phone_href, class_name="btn sm")
    return rx.el.div(
        rx.el.span(contact.initials, class_name="av", aria_hidden="true"),
        rx.el.div(
            rx.el.b(contact.name),
            " ",
            rx.el.span(contact.about, class_name="t2"),
            rx.el.div(contact.email, rx.cond(contact.has_bounced, bounced, rx.fragment()), class_name="t2 f12 el"),
            class_name="who",
        ),
        rx.el.span(class_name="sp"),
        rx.cond(
            contact.phone != "",
            rx.fragment(
                rx.el.div(rx.el.b(contact.phone), rx.el.div(_RECORD.local_time, class_name="t2 f12"), class_name="num"),
                call,
            ),
            rx.fragment(),
        ),
        class_name="rec-contact",
    )


def _timeline() -> rx.Component:
    groups = [(key, t(f"collector.timeline.{key}")) for key in ("all", "messages", "calls", "money")]
    head = rx.el.div(
        rx.el.h3(t("collector.timeline")),
        rx.el.span(class_name="sp"),
        tabs(groups, CollectorState.timeline_group, CollectorState.show_group, label=t("collector.timeline.show")),
        class_name="row tl-head",
    )
    lines = rx.el.ol(rx.foreach(CollectorState.timeline, _entry), class_name="tl")
    nothing = rx.el.p(t("collector.timeline.none"), class_name="t2 f12 tl-none")
    return rx.fragment(head, rx.cond(CollectorState.timeline.length() > 0, lines, nothing))


def _entry(line: rx.Var[TimelineLine]) -> rx.Component:
    group = CollectorState.timeline_group
    entry = rx.el.li(
        rx.el.span(named_icon(line.icon, 11), class_name="tic"),
        rx.el.span(line.day, class_name="tw"),
        rx.el.span(
            rx.el.b(line.text),
            " ",
            rx.el.span(line.remark, class_name="t2"),
            rx.cond(line.unknown_message != "", _resolving(line), rx.fragment()),
            class_name="tt",
        ),
        class_name=line.kind,
    )
    return rx.cond((group == "all") | (line.group == group), entry, rx.fragment())


def _resolving(line: rx.Var[TimelineLine]) -> rx.Component:
    went = button(t("collector.mail.it_went"), size="sm", on_click=CollectorMail.resolve(line.unknown_message, True))
    again = button(
        t("collector.mail.send_again"), size="sm", on_click=CollectorMail.resolve(line.unknown_message, False)
    )
    return rx.el.span(went, again, class_name="row resolving")
