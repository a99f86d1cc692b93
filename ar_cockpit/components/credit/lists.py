"""The lists of the credit screen: requests, reviews, alerts, holds, groups."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.layout import card, card_head, empty_state, skeleton_rows
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.credit.screen import CreditState


def requests_card() -> rx.Component:
    """Return what waits for a yes."""
    columns = (
        _customer(),
        Column("amount", t("credit.wanted"), numeric=True, cell=_wanted),
        Column("reason", t("credit.why"), cell=lambda one: rx.el.span(one.reason, class_name="why"), wide=True),
        Column("asked", t("credit.asked_by"), wide=True),
        Column("step", t("credit.waits_for"), cell=lambda one: rx.el.span(one.step, class_name="why"), wide=True),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=_decide),
    )
    return _listed("credit.tab.requests", columns, CreditState.waiting, "credit.requests.none")


def reviews_card() -> rx.Component:
    """Return the limits that are due for a look."""

    def act(one: rx.Var[Any]) -> rx.Component:
        keep = button(t("credit.keep"), size="sm", icon_name="check", on_click=CreditState.keep(one.key))
        change = button(t("credit.change"), size="sm", on_click=CreditState.open_dialog("limit", one.code))
        return rx.el.div(rx.cond(one.may_keep, keep, rx.fragment()), change, class_name="row wrap")

    columns = (
        _customer(),
        Column("limit", t("credit.limit"), numeric=True, strong=True),
        Column("insured", t("credit.insured"), numeric=True, wide=True),
        Column("ends", t("credit.ends"), wide=True),
        Column("looked", t("credit.looked"), wide=True),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=act),
    )
    return _listed("credit.tab.reviews", columns, CreditState.reviews, "credit.reviews.none", CreditState.review_words)


def alerts_card() -> rx.Component:
    """Return what is told of limits."""
    columns = (
        _customer(),
        Column("word", t("credit.alert"), cell=lambda one: badge(one.kind, one.word)),
        Column("text", t("credit.what"), cell=lambda one: rx.el.span(one.text, class_name="why")),
        Column("since", t("credit.since"), wide=True),
    )
    return _listed("credit.tab.alerts", columns, CreditState.alerts, "credit.alerts.none", CreditState.alert_words)


def holds_card() -> rx.Component:
    """Return who is on hold."""

    def act(one: rx.Var[Any]) -> rx.Component:
        return button(t("credit.release"), size="sm", on_click=CreditState.release(one.key))

    columns = (
        _customer(),
        Column("reason", t("credit.why"), cell=lambda one: rx.el.span(one.reason, class_name="why")),
        Column("who", t("credit.owner"), wide=True),
        Column("since", t("credit.since"), wide=True),
        Column("until", t("credit.ends"), wide=True),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=act),
    )
    return _listed("credit.tab.holds", columns, CreditState.held, "credit.holds.none")


def groups_card() -> rx.Component:
    """Return what groups owe together."""

    def use(one: rx.Var[Any]) -> rx.Component:
        return rx.cond(one.kind == "bad", badge("bad", one.use), rx.el.span(one.use))

    columns = (
        _customer("name"),
        Column("members", t("credit.members"), numeric=True, wide=True),
        Column("open", t("credit.open"), numeric=True, strong=True),
        Column("overdue", t("credit.overdue"), numeric=True, wide=True),
        Column("limit", t("credit.limits"), numeric=True, wide=True),
        Column("use", t("credit.use"), numeric=True, cell=use),
    )
    return _listed("credit.tab.groups", columns, CreditState.groups, "credit.groups.none")


def _listed(title: str, columns: tuple[Column, ...], rows: Any, nothing: str, words: Any = None) -> rx.Component:
    empty = empty_state("check", t(nothing), t(nothing + ".text"), small=True)
    table = data_table(columns, rows, caption=t(title), empty=empty)
    head = card_head(t(title), words)
    return card(head, rx.cond(CreditState.is_loaded, table, skeleton_rows(6)))


def _customer(name: str = "customer") -> Column:
    def cell(one: rx.Var[Any]) -> rx.Component:
        return rx.fragment(
            link(getattr(one, name), href=one.href, class_name="lnk"), rx.el.span(one.code, class_name="cc")
        )

    return Column(name, t("credit.customer"), strong=True, cell=cell)


def _wanted(one: rx.Var[Any]) -> rx.Component:
    return rx.fragment(
        rx.el.b(one.amount),
        rx.el.div(t("credit.so_far"), " ", one.before, class_name="t2 f11"),
        rx.cond(one.terms != "", rx.el.div(one.terms, class_name="t2 f11")),
    )


def _decide(one: rx.Var[Any]) -> rx.Component:
    yes = button(t("credit.approve"), size="sm", icon_name="check", on_click=CreditState.approve(one.key))
    no = button(t("credit.refuse"), size="sm", on_click=CreditState.ask_refusal(one.key))
    return rx.cond(one.may_decide, rx.el.div(yes, no, class_name="row wrap"), rx.fragment())
