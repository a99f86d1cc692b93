"""The middle pane: what the customer owes, whom to talk to, how it pays, and everything that happened."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.collector.act_form import shown_customer
from ar_cockpit.components.collector.invoices import invoice_table
from ar_cockpit.components.collector.papers import papers_line
from ar_cockpit.components.collector.tasks import ways_on
from ar_cockpit.components.controls import button, icon, link
from ar_cockpit.components.customer.contacts import contact_list
from ar_cockpit.components.customer.record import record_ageing, record_figures, record_head
from ar_cockpit.components.customer.tabs import record_tabs
from ar_cockpit.components.dialogs import form_dialog
from ar_cockpit.components.forms import field, text_area
from ar_cockpit.components.layout import empty_state, note, skeleton_block
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.by_hand import CollectorByHand
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.display.timeline import TimelineLine
from ar_cockpit.state.frame.session import SessionState

_RECORD = CollectorState.record


def customer_pane() -> rx.Component:
    """Return the customer that is open."""
    found = rx.fragment(
        _head(),
        record_figures(CollectorState),
        record_ageing(CollectorState),
        contact_list(CollectorState),
        papers_line(),
        invoice_table(),
        record_tabs(CollectorState, _resolving),
    )
    missing = empty_state("users", t("collector.nobody"), CollectorState.missing, _back())
    idle = empty_state("check", t("collector.day_done"), t("collector.day_done.text"), *ways_on())
    choose = empty_state("list-checks", t("collector.nobody"), t("collector.nobody.text"))
    nobody = rx.cond(
        (CollectorState.tasks.length() == 0) & (CollectorState.tab == "open") & (CollectorState.filter_count == 0),
        idle,
        choose,
    )
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
    page = link(
        icon("external-link", 14),
        href=CustomerMore.page_href,
        class_name="btn sm sq ghost",
        aria_label=t("record.page"),
        title=t("record.page"),
    )
    presses = rx.cond(may(Permission.WORK_CUSTOMERS) & (SessionState.as_of_banner == ""), _presses(), rx.fragment())
    own = rx.cond(CustomerMore.page_href != "", page, rx.fragment())
    moved = rx.cond(CollectorState.moved != "", note("info", CollectorState.moved), rx.fragment())
    return record_head(CollectorState, _back(), moved, presses=rx.fragment(own, presses))


def _presses() -> rx.Component:
    here = CollectorState.current
    hold = button(t("collector.hold"), size="sm", icon_name="hand", on_click=CollectorByHand.ask_holding(True))
    release = button(t("collector.release"), size="sm", icon_name="check", on_click=CollectorByHand.release_hold(here))
    done = button(t("collector.mark_done"), size="sm", icon_name="check", on_click=CollectorActs.mark_done(here))
    take = button(t("collector.by_hand"), size="sm", icon_name="user", on_click=CollectorByHand.ask_taking(True))
    give = button(t("collector.by_hand.back"), size="sm", icon_name="check", on_click=CollectorByHand.give_back(here))
    return rx.fragment(
        rx.cond(_RECORD.by_hand == "", take, give), rx.cond(_RECORD.hold == "", hold, release), done, _taking()
    )


def _taking() -> rx.Component:
    reason = text_area(id="by-hand-reason", name="reason", required=True, auto_focus=True, max_length=500)
    return form_dialog(
        CollectorByHand.is_taking,
        CollectorByHand.ask_taking(False),
        t("collector.by_hand.title"),
        shown_customer(),
        rx.el.p(t("collector.by_hand.means"), class_name="t2"),
        field(t("collector.by_hand.reason"), reason, control_id="by-hand-reason"),
        send=t("collector.by_hand.set"),
        on_submit=CollectorByHand.take_by_hand,
        width="420px",
    )


def _resolving(line: rx.Var[TimelineLine]) -> rx.Component:
    went = button(t("collector.mail.it_went"), size="sm", on_click=CollectorMail.resolve(line.unknown_message, True))
    again = button(
        t("collector.mail.send_again"), size="sm", on_click=CollectorMail.resolve(line.unknown_message, False)
    )
    asked = rx.el.span(went, again, class_name="row resolving")
    return rx.cond(line.unknown_message != "", asked, rx.fragment())
