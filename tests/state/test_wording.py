"""Templates and brands as a tab holds them: drafts stay until saved, problems stand at their part, undo brings back."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.mail.texts import shipped_words
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import brands as stored_brands
from ar_cockpit.services.reminders import templates as stored
from ar_cockpit.services.reminders.templates import Place
from ar_cockpit.state.wording.brands import BrandsState
from ar_cockpit.state.wording.templates import TemplatesState
from tests.pngs import a_png
from tests.state.cockpit_ledger import fill
from tests.state.conftest import StateOf, place

OPERATOR = Actor.local_operator()
HERE = "/settings/templates/?company=FR&template=firm&in=en"


def run(handler: Any, state: Any, *given: Any) -> Any:
    answer = handler.fn(state, *given)
    return asyncio.run(answer) if asyncio.iscoroutine(answer) else answer


def go(state: TemplatesState, address: str) -> None:
    """Open another address in the same tab."""
    token = state._get_root_state().router.headers.cookie.partition("=")[2]
    place(state, address, token)
    run(TemplatesState.load, state)


def opened(state_of: StateOf, role: Role = Role.CREDIT_MANAGER, address: str = HERE) -> TemplatesState:
    tab: TemplatesState = state_of(TemplatesState, role, address)
    fill()
    run(TemplatesState.load, tab)
    return tab


def marks(tab: TemplatesState) -> dict[tuple[str, str], str]:
    return {(one.key, its.code): its.mark for one in tab.listed for its in one.places if its.mark}


def test_words_are_typed_seen_saved_and_restored(state_of: StateOf) -> None:
    tab = opened(state_of)
    assert tab.subject == shipped_words("firm", "en").subject
    assert not tab.is_sample
    run(TemplatesState.write, tab, "subject", "Own words for {{ customer_name }}")
    assert tab.shown_subject == f"Own words for {tab.customer}"
    assert marks(tab) == {("firm", "EN"): "unsaved"}
    run(TemplatesState.save, tab)
    assert (tab.is_dirty, marks(tab)) == (False, {("firm", "EN"): "own"})
    assert [one.is_in_force for one in tab.versions] == [True, False]
    run(TemplatesState.ask_restore, tab, 0)
    assert "The shipped words" in tab.restoring_words
    run(TemplatesState.restore, tab)
    assert tab.subject == shipped_words("firm", "en").subject
    assert marks(tab) == {}
    assert [one.number for one in tab.versions] == [2, 1, 0]


def test_what_is_typed_survives_looking_elsewhere_and_a_discard_can_be_undone(state_of: StateOf) -> None:
    tab = opened(state_of)
    run(TemplatesState.write, tab, "after", "Half a thought")
    go(tab, HERE.replace("firm", "reminder"))
    assert tab.after == shipped_words("reminder", "en").after
    assert marks(tab) == {("firm", "EN"): "unsaved"}
    go(tab, HERE)
    assert (tab.after, tab.is_dirty) == ("Half a thought", True)
    run(TemplatesState.discard, tab)
    assert (tab.after, tab.is_dirty) == (shipped_words("firm", "en").after, False)
    assert tab.notices[-1].can_undo
    run(TemplatesState.take_up, tab, "firm", "en", [tab.subject, tab.before, "Half a thought"])
    assert (tab.after, tab.is_dirty) == ("Half a thought", True)


def test_a_problem_stands_at_its_part_and_keeps_the_words_from_being_saved(state_of: StateOf) -> None:
    tab = opened(state_of)
    run(TemplatesState.write, tab, "before", "Dear\n{{ custmer_name }}")
    said = "Line 2: There is no field “custmer_name”. Did you mean “customer_name”?"
    assert (tab.subject_wrong, tab.before_wrong) == ([], [said])
    run(TemplatesState.save, tab)
    assert tab.before_wrong == [said]
    with transaction() as session:
        assert stored.own(session, OPERATOR, "FR") == set()


def test_an_administrator_sees_an_invented_customer_and_no_real_one(state_of: StateOf) -> None:
    tab = opened(state_of, Role.ADMIN, HERE + "&customer=Atelys")
    assert tab.is_sample
    assert tab.customer == "Maison Alder"


def test_who_saved_first_is_named_to_who_saves_second(state_of: StateOf) -> None:
    tab = opened(state_of)
    run(TemplatesState.write, tab, "after", "Mine")
    with transaction() as session:
        words = shipped_words("firm", "en")
        other = stored.TemplateWords(words.subject, words.before, "Theirs")
        stored.save(session, OPERATOR, Place("FR", "firm", "en"), other, at=clock.now())
    run(TemplatesState.save, tab)
    assert tab.notices[-1].kind == "bad"
    assert "operator@localhost changed these words" in tab.notices[-1].text
    assert tab.after == "Mine"


def test_a_brand_is_drawn_while_it_is_set_and_saved_when_it_can_be(state_of: StateOf) -> None:
    tab: BrandsState = state_of(BrandsState, Role.CREDIT_MANAGER, "/settings/brands/?company=FR")
    run(BrandsState.load, tab)
    run(BrandsState.write, tab, "accent", "#ffcc00")
    assert "Take a darker one, for example #" in tab.problems["accent"]
    assert "#ffcc00" not in tab.html
    run(BrandsState.write, tab, "accent", "#0b6b4f")
    run(BrandsState.write, tab, "iban", "FR76 3000 6000 0112 3456 7890 189")
    run(BrandsState.choose_qr, tab, True)
    run(BrandsState.take_logo, tab, base64.b64encode(a_png()).decode())
    run(BrandsState.choose_small_print, tab, "fr")
    run(BrandsState.write_small_print, tab, "RCS Nantes 123")
    assert tab.problems == {}
    assert tab.html.count("data:image/png") == 2
    assert "RCS Nantes 123" in tab.html
    assert tab.logo_address.startswith("data:image/png;base64,")
    run(BrandsState.save, tab)
    assert not tab.is_dirty
    with transaction() as session:
        kept = stored_brands.load(session, OPERATOR, "FR")
    assert (kept.accent, kept.shows_qr, kept.legal) == ("#0b6b4f", True, {"fr": "RCS Nantes 123"})
    assert kept.logo


def test_a_file_that_is_no_logo_is_refused_at_its_field(state_of: StateOf) -> None:
    tab: BrandsState = state_of(BrandsState, Role.ADMIN, "/settings/brands/?company=FR")
    run(BrandsState.load, tab)
    for content, words in (("no base64!", "neither a PNG"), ("A" * 400_000, "larger than 200 kB")):
        run(BrandsState.take_logo, tab, content)
        assert words in tab.problems["logo"]
    assert tab.logo == ""
