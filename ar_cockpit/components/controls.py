"""Icons, badges, buttons and links."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.element import Element
from reflex_components_core.react_router.dom import ReactRouterLink

# Icons a state may name; a page's fixed icons are not limited to these.
NAMED_ICONS = (
    *("alarm-clock", "arrow-down", "arrow-up", "banknote", "building-2", "calendar-clock", "chart-column", "check"),
    *("circle-alert", "clock", "eye", "file-text", "flag", "gauge", "hand", "inbox", "info", "layers", "list-checks"),
    *("mail", "mail-open", "mail-x", "message-square", "minus", "moon", "octagon-alert", "pause", "phone", "reply"),
    *("scale", "settings-2", "split", "store", "trending-down", "trending-up", "triangle-alert", "upload", "user"),
    *("users", "x"),
)
_BADGE_ICONS = {"ok": "check", "watch": "eye", "bad": "octagon-alert", "info": "info"}
_THIN, _BOLD = 1.75, 2.2


class _ServerLink(Element):
    """A link that the browser itself follows; Reflex's own would look for a page of that address."""

    tag = "a"
    href: rx.Var[str]
    download: rx.Var[bool]


def icon(name: str, size: int = 16, **props: Any) -> rx.Component:
    """Return a decorative icon; the words beside it (or the control's label) say what it means."""
    props.setdefault("stroke_width", _THIN)
    return rx.icon(name, size=size, aria_hidden="true", **props)


def named_icon(name: rx.Var[str], size: int = 16, **props: Any) -> rx.Component:
    """Return the icon that state names, one of ``NAMED_ICONS``; another name draws nothing."""
    return rx.match(name, *((known, icon(known, size, **props)) for known in NAMED_ICONS), rx.fragment())


def badge(kind: str | rx.Var[str], text: Any, icon_name: str = "", **props: Any) -> rx.Component:
    """Return a status pill: ``kind`` is ok, watch, bad (hold) or info; always an icon and a word."""
    return rx.el.span(_mark(kind, icon_name, 12), text, class_name=_pill("badge", kind), **props)


def standing(kind: str | rx.Var[str], text: Any, **props: Any) -> rx.Component:
    """Return the large pill of a customer's standing."""
    return rx.el.span(_mark(kind, "", 18), text, class_name=_pill("stand", kind), **props)


def button(*children: Any, kind: str = "", size: str = "", icon_name: str = "", **props: Any) -> rx.Component:
    """Return a button; ``kind`` is pri (one per pane), ghost or danger, ``size`` is sm."""
    props.setdefault("type", "button")
    props["class_name"] = classes("btn", kind, size, own=props.get("class_name", ""))
    return rx.el.button(*_leading(icon_name, size), *children, **props)


def icon_button(name: str, label: Any, kind: str = "ghost", size: str = "", **props: Any) -> rx.Component:
    """Return a square button that shows only an icon; ``label`` is read out and shown on hover."""
    props.setdefault("type", "button")
    props["class_name"] = classes("btn sq", kind, size, own=props.get("class_name", ""))
    return rx.el.button(*_leading(name, size), aria_label=label, title=label, **props)


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """Return a link inside the product, followed without reloading the page."""
    return ReactRouterLink.create(*children, to=href, **props)


def link_button(
    *children: Any,
    href: Any,
    kind: str = "",
    size: str = "",
    icon_name: str = "",
    is_download: bool = False,
    **props: Any,
) -> rx.Component:
    """Return a link that looks like a button; ``is_download`` is for what the server answers itself."""
    props["class_name"] = classes("btn", kind, size, own=props.get("class_name", ""))
    content = (*_leading(icon_name, size), *children)
    if is_download:
        return _ServerLink.create(*content, href=href, download=True, **props)
    return link(*content, href=href, **props)


def key_cap(key: str) -> rx.Component:
    """Return a key as printed on the keyboard."""
    return rx.el.kbd(key, class_name="kbd", aria_hidden="true")


def classes(*words: str, own: Any = "") -> Any:
    """Join class names; ``own`` may be a Var."""
    fixed = " ".join(word for word in words if word)
    return f"{fixed} {own}".strip() if isinstance(own, str) else rx.Var.create(f"{fixed} ") + own


def _leading(icon_name: str, size: str) -> list[rx.Component]:
    return [icon(icon_name, 14 if size == "sm" else 15)] if icon_name else []


def _mark(kind: str | rx.Var[str], icon_name: str, size: int) -> rx.Component:
    if icon_name or isinstance(kind, str):
        return icon(icon_name or _BADGE_ICONS[str(kind)], size, stroke_width=_BOLD)
    marks = ((key, icon(name, size, stroke_width=_BOLD)) for key, name in _BADGE_ICONS.items())
    return rx.match(kind, *marks, rx.fragment())


def _pill(base: str, kind: str | rx.Var[str]) -> Any:
    return f"{base} b-{kind}" if isinstance(kind, str) else rx.Var.create(f"{base} b-") + kind
