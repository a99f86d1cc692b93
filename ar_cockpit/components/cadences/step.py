"""The form below the line: the step that is open, or the rules of its cadence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import icon_button
from ar_cockpit.components.forms import checkbox, choice_field, field, text_input
from ar_cockpit.components.layout import card, card_head, note
from ar_cockpit.components.text import t
from ar_cockpit.domain.policy.model import ATTACHMENTS, STEP_TEMPLATES, WEEKDAYS, Channel, Tone
from ar_cockpit.domain.policy.reading import LONGEST_TITLE
from ar_cockpit.state.cadences.rows import RULES
from ar_cockpit.state.cadences.screen import CadencesState
from ar_cockpit.state.cadences.steps import CHANNELS, StepState
from ar_cockpit.state.cadences.trying import TryingState


def form_card() -> rx.Component:
    """Return the pane of what is edited."""
    return card(rx.cond(CadencesState.pane == RULES, _cadence_form(), _step_form()), class_name="form-card")


def _problem() -> rx.Component:
    said = rx.el.div(note("bad", CadencesState.problem, icon_name="triangle-alert"), role="alert")
    return rx.cond(CadencesState.problem != "", said)


def _step_form() -> rx.Component:
    step = CadencesState.step
    remove = icon_button(
        "trash-2", t("cadences.step.remove"), size="sm", disabled=~step.can_remove, on_click=StepState.remove_step
    )
    pairs = (
        (_days("step-offset", t("cadences.step.when"), step.offset, StepState.set_offset), _channel()),
        (_menu("template", "template", STEP_TEMPLATES, step.template, StepState.set_template), _own_words()),
        (_menu("tone", "cadences.tone", [one.value for one in Tone], step.tone, StepState.set_tone), _acts()),
        (
            _given("step-title", t("cadences.step.name"), step.given_title, StepState.set_title, step.title),
            _days("step-tell", t("cadences.step.tell"), step.tell_days, StepState.set_tell_days),
        ),
    )
    fields = [
        rx.el.div(*(one for one in pair if one is not None), class_name="g2" if pair[1] else "") for pair in pairs
    ]
    return rx.fragment(
        card_head(step.title, step.place, remove),
        rx.el.div(_problem(), *fields, _papers(), _results(), class_name="cad-form"),
    )


def _channel() -> rx.Component:
    return _menu("channel", "cadences.channel", CHANNELS, CadencesState.step.channel, StepState.set_channel)


def _own_words() -> rx.Component:
    """Return the way to the words of this step alone, beside those of its template."""
    return rx.el.a(t("cadences.step.words"), href=CadencesState.step.words_href, class_name="t2")


def _acts() -> rx.Component:
    label = t("cadences.step.acts")
    choices = [("itself", t("cadences.acts.itself")), ("approve", t("cadences.acts.approve"))]
    return choice_field(label, choices, CadencesState.step.acts, StepState.set_acts, control_id="step-acts")


def _papers() -> rx.Component:
    step = CadencesState.step
    written = (step.channel == Channel.EMAIL.value) | (step.channel == Channel.LETTER.value)
    papers = (
        _tick(t("cadences.attach.invoices.tick"), step.invoices, lambda on: StepState.attach(ATTACHMENTS[1], on)),
        _tick(t("cadences.attach.statement.tick"), step.statement, lambda on: StepState.attach(ATTACHMENTS[0], on)),
    )
    return rx.el.fieldset(
        rx.el.legend(t("cadences.step.with"), class_name="sr"),
        # Papers travel with mails alone; interest is named in mails and letters.
        rx.cond(step.channel == Channel.EMAIL.value, rx.fragment(*papers)),
        rx.cond(written, _tick(t("cadences.interest.tick"), step.interest, StepState.set_interest)),
        class_name="cad-ticks",
    )


def _results() -> rx.Component:
    """Return how the step did, for those who may see customers."""
    figures = (
        (TryingState.done, "cadences.did.sent"),
        (TryingState.paid, "cadences.did.paid"),
        (TryingState.answered, "cadences.did.answered"),
        (TryingState.lost, "cadences.did.lost"),
    )
    shown = [rx.el.div(rx.el.dd(value), rx.el.dt(t(key), class_name="t2")) for value, key in figures]
    block = rx.el.div(
        rx.el.h3(t("cadences.did"), class_name="fl t2"),
        rx.el.dl(*shown, class_name="cad-did"),
        class_name="cad-results",
    )
    return rx.cond(CadencesState.sees_customers, block)


def _cadence_form() -> rx.Component:
    rules = CadencesState.rules
    close = icon_button("x", t("cadences.rules.close"), size="sm", on_click=CadencesState.open_step)
    shared = note("info", rules.shared)
    return rx.fragment(
        card_head(t("cadences.rules"), CadencesState.cadence_name, close),
        rx.el.div(
            _problem(),
            rx.cond(rules.shared != "", shared),
            _given("cad-title", t("cadences.rules.name"), rules.given_title, _rule("title")),
            rx.el.div(
                _days("cad-spacing", t("cadences.rules.spacing"), rules.spacing_days, _rule("spacing_days"), least=0),
                _days("cad-until", t("cadences.rules.until"), rules.spacing_until, _rule("spacing_until"), least=0),
                class_name="g2",
            ),
            _given("cad-minimum", t("cadences.rules.minimum"), rules.minimum, _rule("minimum_amount"), decimal=True),
            rx.el.fieldset(
                rx.el.legend(t("cadences.rules.days"), class_name="fl"),
                rx.el.div(*(_day(day) for day in WEEKDAYS), class_name="cad-days"),
            ),
            rx.el.div(
                _clock("cad-begins", t("cadences.rules.begins"), rules.begins, "begins"),
                _clock("cad-ends", t("cadences.rules.ends"), rules.ends, "ends"),
                class_name="g2",
            ),
            rx.el.p(t("cadences.rules.local"), class_name="fld-hint"),
            _days("cad-thanks", t("papers.rules.thanks"), rules.thanks_every, _rule("thank_you_every"), least=0),
            _days(
                "cad-instalment",
                t("instalments.rule"),
                rules.instalment_days,
                _rule("instalment_notice_days"),
                least=0,
            ),
            _tick(
                t("papers.rules.broken"),
                rules.names_broken,
                lambda wanted: StepState.set_rule("names_broken_promises", rx.cond(wanted, "yes", "")),
            ),
            class_name="cad-form",
        ),
    )


def _rule(name: str) -> Any:
    return lambda given: StepState.set_rule(name, given)


def _day(day: str) -> rx.Component:
    return _tick(
        t(f"cadences.day.{day}"),
        CadencesState.rules.days.contains(day),
        lambda wanted: StepState.toggle_day(day, wanted),
    )


def _tick(label: Any, value: Any, on_change: Any) -> rx.Component:
    return rx.el.label(checkbox(label, checked=value, on_change=on_change), label, class_name="cad-tick")


def _menu(name: str, keys: str, values: Sequence[str], value: Any, on_change: Any) -> rx.Component:
    choices = [(one, t(f"{keys}.{one}")) for one in values]
    return choice_field(t(f"cadences.step.{name}"), choices, value, on_change, control_id=f"step-{name}")


def _days(control_id: str, label: Any, value: Any, on_change: Any, least: int | None = None) -> rx.Component:
    bounds = {} if least is None else {"min": least}
    control = text_input(
        id=control_id, type="number", step=1, default_value=value, key=_fresh(value), on_blur=on_change, **bounds
    )
    return field(label, control, control_id=control_id)


def _given(
    control_id: str, label: Any, value: Any, on_change: Any, usual: Any = "", *, decimal: bool = False
) -> rx.Component:
    control = text_input(
        id=control_id,
        default_value=value,
        key=_fresh(value),
        placeholder=usual,
        on_blur=on_change,
        max_length=LONGEST_TITLE,
        input_mode="decimal" if decimal else "text",
    )
    return field(label, control, control_id=control_id)


def _clock(control_id: str, label: Any, value: Any, edge: str) -> rx.Component:
    control = text_input(
        id=control_id,
        placeholder="09:00",
        input_mode="numeric",
        max_length=5,
        default_value=value,
        key=_fresh(value),
        on_blur=lambda given: StepState.set_window(edge, given),
    )
    return field(label, control, control_id=control_id)


def _fresh(value: Any) -> Any:
    """Return a key that draws a field anew when another step is open, or its value changed elsewhere."""
    return CadencesState.step.key + "/" + CadencesState.rules.key + "/" + value
