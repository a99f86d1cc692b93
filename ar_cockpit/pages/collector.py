"""The collector's day: whom to contact now, and why."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.collector.acting import act_bar, act_pane
from ar_cockpit.components.collector.asking import dialogs, key_bar
from ar_cockpit.components.collector.customer import customer_pane
from ar_cockpit.components.collector.picking import bulk_dialog
from ar_cockpit.components.collector.presence import presence_bar
from ar_cockpit.components.collector.tasks import task_pane
from ar_cockpit.components.controls import icon
from ar_cockpit.components.customer.asking import record_dialogs
from ar_cockpit.components.documents.dialog import document_dialog
from ar_cockpit.components.frame.keys import focus_keys, key_commands
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.frame.ticker import ticker
from ar_cockpit.components.reminders.stop import stop_banner
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.agreeing import CollectorAgreeing
from ar_cockpit.state.collector.bulk import CollectorBulk
from ar_cockpit.state.collector.by_hand import CollectorByHand
from ar_cockpit.state.collector.filters import CollectorFilters
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.papers import CollectorPapers
from ar_cockpit.state.collector.presence import CollectorPresence
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.collector.script import CollectorScript
from ar_cockpit.state.customer.more import CustomerMore

REFRESH_SECONDS, ALIVE_SECONDS = 2, 15


@rx.page(
    route=routes.COLLECTOR,
    title=t("collector.title"),
    on_load=[
        CollectorState.load,
        CollectorActs.prepare,
        CollectorAgreeing.prepare_agreeing,
        CollectorScript.prepare_script,
        CollectorMail.prepare_mail,
        CollectorPresence.arrive,
        CustomerMore.load,
        CollectorPapers.load_papers,
        CollectorState.catch_up,
        CollectorFilters.load_saved,
    ],
)
def collector() -> rx.Component:
    """Draw the three panes, the keys and the dialogs."""
    mark = rx.el.span(icon("check", 13, class_name="ok"), CollectorState.live_words, class_name="row live")
    live = rx.cond(CollectorState.live_words != "", mark, rx.fragment())
    foot = rx.el.footer(key_bar(), rx.el.span(class_name="sp"), live, class_name="key-bar")
    panes = rx.el.div(
        task_pane(), customer_pane(), act_pane(), class_name="p3", custom_attrs={"data-pane": CollectorState.pane}
    )
    return page_frame(
        routes.COLLECTOR,
        rx.el.div(panes, foot, act_bar(), class_name="wk", custom_attrs={"data-pane": CollectorState.pane}),
        dialogs(),
        record_dialogs(),
        document_dialog(),
        focus_keys(
            {"e": "mail-body"}, {"a": ".paper-acts a"}, shown=CollectorState.current, leads_on=[*"jko", "ctrl+Enter"]
        ),
        key_commands([*"jkecpidsnfxo?"], lambda key: CollectorActs.on_key(key, CollectorState.current)),
        key_commands(["m"], lambda key: CollectorByHand.on_hand_key(key, CollectorState.current)),
        key_commands([*"bh"], CollectorBulk.on_list_key),
        bulk_dialog(),
        ticker(REFRESH_SECONDS, CollectorState.refresh),
        ticker(ALIVE_SECONDS, CollectorPresence.arrive),
        permission=Permission.VIEW_QUEUE,
        mini=True,
        padded=False,
        banner=rx.fragment(stop_banner(), presence_bar()),
    )
