"""Settings: the words of messages, a company's own in the place of those shipped, with their preview."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.frame.tabs import settings_page
from ar_cockpit.components.text import t
from ar_cockpit.components.wording.templates import actions, editor, preview, template_list
from ar_cockpit.state.wording.templates import TemplatesState


@rx.page(route=routes.TEMPLATES, title=t("templates.title"), on_load=TemplatesState.load)
def templates() -> rx.Component:
    """Draw the list, the editor and the preview side by side."""
    body = rx.el.div(template_list(), editor(), preview(), class_name="tpl")
    return settings_page(routes.TEMPLATES, body, actions=actions())
