"""Segments and cadences as states: edited in place, refused with the mend, never overwritten unknowingly."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Role
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.state.cadences.files import FileState
from ar_cockpit.state.cadences.members import MembersState
from ar_cockpit.state.cadences.opening import OpeningState
from ar_cockpit.state.cadences.rules import OWN, RuleState
from ar_cockpit.state.cadences.screen import CadencesState
from ar_cockpit.state.cadences.steps import StepState
from ar_cockpit.state.cadences.switching import SwitchState
from ar_cockpit.state.cadences.trying import TryingState
from ar_cockpit.state.frame.session import SessionState
from tests.state.cockpit_ledger import fill
from tests.state.conftest import StateOf

ADDRESS = "/settings/cadences/"
Part = TypeVar("Part", bound=SessionState)


class Tab:
    """One person's page: its states by their class, its handlers called one after the other."""

    def __init__(self, state_of: StateOf, role: Role = Role.CREDIT_MANAGER) -> None:
        self.opening: OpeningState = state_of(OpeningState, role, ADDRESS)
        asyncio.run(self.opening.load())

    def __getitem__(self, kind: type[Part]) -> Part:
        found: Part = self.opening._get_root_state().get_substate(kind.get_full_name().split("."))
        return found

    def beside(self, kind: type[Part], name: str) -> None:
        """Call a handler that runs beside the others."""
        asyncio.run(kind.event_handlers[name].fn(self[kind]))

    def steps(self) -> list[tuple[str, str]]:
        return [(node.title, node.offset) for node in self[CadencesState].nodes]


def run(awaited: Any) -> Any:
    return asyncio.run(awaited)


def test_the_policy_in_force_is_shown_with_its_rules_in_words(state_of: StateOf) -> None:
    tab = Tab(state_of)
    page = tab[CadencesState]
    assert (page.is_draft, page.badge) == (False, "In force: as shipped")
    assert [(line.title, line.rule) for line in page.segments[:4]] == [
        ("Key accounts", "tagged key_account or vip"),
        ("Public sector", "tagged public_sector or public"),
        ("Small balances", "open amount under 150"),
        ("At risk", "payer score under 35, external score under 25 or oldest days overdue over 90"),
    ]
    assert tab.steps()[:3] == [
        ("Courtesy notice", "\u22127 days"),
        ("First reminder", "+3 days"),
        ("Second reminder", "+18 days"),
    ]


def test_a_step_is_moved_in_a_draft_and_what_cannot_be_is_said(state_of: StateOf) -> None:
    tab = Tab(state_of)
    run(tab[StepState].set_offset("5"))
    assert tab.steps()[1] == ("First reminder", "+5 days")
    assert tab[CadencesState].badge == "Draft, not switched on"
    run(tab[StepState].set_offset("18"))
    assert tab[CadencesState].problem.startswith("There is a step +18 days from the due date already.")
    run(tab[StepState].set_offset("soon"))
    assert tab[SessionState].notices[-1].text == "This is no number of days."
    assert tab.steps()[1] == ("First reminder", "+5 days")
    with reading() as session:
        assert policies.in_force(session).policy.cadences["standard"].offsets[1] == 3


def test_the_script_of_a_call_goes_with_calls_alone(state_of: StateOf) -> None:
    tab = Tab(state_of)
    run(tab[StepState].set_template("call"))
    assert (tab[CadencesState].step.template, tab[CadencesState].step.channel) == ("call", "call")
    run(tab[StepState].set_channel("email"))
    assert (tab[CadencesState].step.template, tab[CadencesState].step.channel) == ("reminder", "email")


def test_a_renamed_step_keeps_its_key_and_a_new_one_gets_its_own(state_of: StateOf) -> None:
    tab = Tab(state_of)
    key = tab[CadencesState].step.key
    run(tab[StepState].set_title("A friendly word"))
    assert (tab[CadencesState].step.key, tab[CadencesState].step.title) == (key, "A friendly word")
    run(tab[StepState].add_step(1))
    added = [node for node in tab[CadencesState].nodes if node.key not in ("reminder_1", "reminder_2")][1]
    assert (added.key, added.offset) == ("reminder", "+10 days")


def test_a_second_editor_is_told_who_changed_the_draft_and_shown_it(state_of: StateOf) -> None:
    one, other = Tab(state_of), Tab(state_of, Role.ADMIN)
    run(one[StepState].set_offset("5"))
    assert run(other[StepState].set_offset("9")) is None
    assert other[SessionState].notices[-1].text == "Ada credit_manager changed the draft in the meantime."
    assert other.steps()[1] == ("First reminder", "+5 days")
    run(other[StepState].set_offset("9"))
    assert other.steps()[1] == ("First reminder", "+9 days")


def test_what_another_changes_is_shown_and_a_form_opened_before_does_not_overwrite_it(state_of: StateOf) -> None:
    one, other = Tab(state_of), Tab(state_of, Role.ADMIN)
    form = other[RuleState]
    form.begin()
    form.write_title("France")
    form.set_value(0, "FR")
    run(one[StepState].set_offset("5"))
    run(other[OpeningState].refresh())
    assert other.steps()[1] == ("First reminder", "+5 days")
    assert other[SessionState].notices[-1].mend.startswith("Changed by Ada credit_manager")
    run(form.save())
    assert other[SessionState].notices[-1].text == "Ada credit_manager changed the draft in the meantime."
    assert form.is_open
    run(form.save())
    assert [line.key for line in other[CadencesState].segments][-2:] == ["france", "standard"]


def test_a_new_segment_stands_before_everyone_else_with_a_cadence_of_its_own(state_of: StateOf) -> None:
    tab = Tab(state_of)
    form = tab[RuleState]
    form.begin()
    form.write_title("France, large")
    form.set_value(0, "FR, be")
    form.add_line("all")
    form.set_field(1, "open")
    form.set_op(1, ">")
    form.set_value(1, "lots")
    run(form.save())
    assert form.lines[1].problem == "Open is compared with something else than a number. Give a number."
    form.set_value(1, "50000")
    form.choose_cadence(OWN)
    run(form.save())
    assert not form.is_open
    lines = tab[CadencesState].segments
    assert [(line.key, line.rule) for line in lines[-2:]] == [
        ("france_large", "in France or Belgium and open amount over 50,000"),
        ("standard", "everyone else"),
    ]
    policy = policies.check(tab[CadencesState]._toml)
    assert policy.by_key["france_large"].cadence == "france_large"


def test_a_segment_that_could_never_match_is_refused_beside_its_form(state_of: StateOf) -> None:
    tab = Tab(state_of)
    form = tab[RuleState]
    form.begin()
    form.write_title("Tiny")
    form.set_field(0, "open")
    form.set_op(0, "<")
    form.set_value(0, "20")
    run(form.save())
    assert form.is_open
    assert form.rule_problem.startswith("Segment 'tiny' can never match: the segments before it take everyone")
    assert not tab[CadencesState].is_draft


def test_segments_are_tried_in_another_order_and_everyone_else_stays_last(state_of: StateOf) -> None:
    tab = Tab(state_of)
    run(tab[RuleState].move("public_sector", -1))
    assert [line.key for line in tab[CadencesState].segments][:2] == ["public_sector", "key_accounts"]
    run(tab[RuleState].move("good_payers", 1))
    assert tab[SessionState].notices[-1].text.startswith("This segment cannot move further.")
    assert tab[CadencesState].segments[-1].key == "standard"


def test_a_file_is_kept_as_the_draft_or_told_line_by_line(state_of: StateOf) -> None:
    tab = Tab(state_of)
    file = tab[FileState]
    file.open_file()
    run(file.keep_text({"text": file.text.replace('template = "firm"', 'template = "frim"', 1)}))
    (problem,) = file.file_problems
    line = file.text[: file.text.index("frim")].count("\n") + 1
    assert (problem.line, problem.mend) == (f"Line {line}", "Did you mean 'firm'?")
    run(file.keep_text({"text": file.text.replace("frim", "firm").replace("offset = 3\n", "offset = 4\n", 1)}))
    assert (file.is_file_open, tab.steps()[1]) == (False, ("First reminder", "+4 days"))
    assert "# a person first" in tab[CadencesState]._toml


def test_switching_on_says_what_changes_and_a_version_is_brought_back(state_of: StateOf) -> None:
    tab = Tab(state_of)
    run(tab[StepState].set_offset("5"))
    switch = tab[SwitchState]
    run(switch.ask())
    assert [(one.what, one.field, one.before, one.after) for one in switch.changes] == [
        ("Standard: First reminder", "day", "+3 days", "+5 days")
    ]
    switch.write_note("later")
    run(switch.switch_on())
    assert (tab[CadencesState].is_draft, tab[CadencesState].badge) == (False, "In force: version 1")
    run(switch.list_versions())
    assert [(one.title, one.note, one.is_in_force) for one in switch.versions] == [
        ("Version 1", "later", True),
        ("As shipped", "", False),
    ]
    run(switch.ask_restore(0))
    assert switch.compared[0].after == "+3 days"
    run(switch.restore())
    assert tab.steps()[1] == ("First reminder", "+3 days")
    assert tab[CadencesState].badge == "In force: version 2"


def test_undoing_goes_back_change_by_change_and_discarding_at_once(state_of: StateOf) -> None:
    tab = Tab(state_of)
    run(tab[StepState].set_offset("5"))
    run(tab[StepState].set_tone("firm"))
    assert tab[CadencesState].step.tell_days == "2"
    run(tab[SwitchState].undo_change())
    assert (tab[CadencesState].step.tone, tab.steps()[1][1]) == ("friendly", "+5 days")
    run(tab[SwitchState].discard())
    assert (tab[CadencesState].is_draft, tab.steps()[1][1]) == (False, "+3 days")


def test_customers_are_counted_and_a_message_is_tried_on_one(state_of: StateOf) -> None:
    tab = Tab(state_of)
    fill()
    tab.beside(CadencesState, "recount")
    counts = {line.key: line.count for line in tab[CadencesState].segments}
    assert (counts["at_risk"], tab[CadencesState].total) == ("1", "3")
    tab.beside(TryingState, "refresh")
    tried = tab[TryingState]
    assert [choice.label for choice in tried.tried_customers] == ["Maison C"]
    assert "C-1" in tried.tried.html
    run(tab[MembersState].show_members())
    (member,) = tab[MembersState].members
    assert (member.name, member.why) == ("Maison C", "fits none before")


def test_who_sees_no_customers_edits_rules_and_is_shown_none(state_of: StateOf) -> None:
    tab = Tab(state_of, Role.ADMIN)
    fill()
    tab.beside(CadencesState, "recount")
    assert tab[CadencesState].total == "3"
    tab.beside(TryingState, "refresh")
    assert (tab[TryingState].tried.is_invented, tab[TryingState].tried_customers) == (True, [])
    assert "Maison C" not in tab[TryingState].tried.html
    run(tab[MembersState].show_members())
    assert tab[MembersState].members == []
    run(tab[StepState].set_offset("5"))
    assert tab.steps()[1] == ("First reminder", "+5 days")


def test_a_cadence_names_broken_promises_and_thanks_where_it_is_told_to(state_of: StateOf) -> None:
    tab = Tab(state_of)
    run(tab[StepState].set_rule("thank_you_every", "60"))
    run(tab[StepState].set_rule("names_broken_promises", ""))
    rules = tab[CadencesState].rules
    assert (rules.thanks_every, rules.names_broken) == ("60", False)
    run(tab[StepState].set_rule("names_broken_promises", "yes"))
    assert tab[CadencesState].rules.names_broken
    run(tab[StepState].set_rule("thank_you_every", "-1"))
    assert tab[SessionState].notices[-1].text == "This is no number of days."
