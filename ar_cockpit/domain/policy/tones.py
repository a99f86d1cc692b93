"""What keeps a policy from being put in force: tones that fall, and the script of a call sent to a customer."""

from __future__ import annotations

from itertools import pairwise

from ar_cockpit.domain.policy.lines import map_lines
from ar_cockpit.domain.policy.model import SCRIPT, Channel, Policy, Step
from ar_cockpit.domain.policy.reading import Problem


def falling_tones(policy: Policy, toml: str) -> list[Problem]:
    """Return each step of ``policy``, written in ``toml``, that is milder than one before it, with its line."""
    lines = map_lines(toml)
    found = []
    for place, cadence in enumerate(policy.cadences.values()):
        written = [(at, step) for at, step in enumerate(cadence.steps) if _asks_in_writing(step)]
        for (_, before), (at, step) in pairwise(written):
            if step.is_milder(before.firmness):
                said = f"step {step.key!r} is milder ({step.tone}) than {before.key!r} ({before.tone}) before it."
                mend = "A tone does not fall: give it at least the tone of the step before."
                found.append(Problem(lines.line(("cadence", place, "step", at, "tone")), said, mend))
    return found


def scripts_sent(policy: Policy, toml: str) -> list[Problem]:
    """Return each step of ``policy``, written in ``toml``, that would send what is to be said on the telephone."""
    lines = map_lines(toml)
    found = []
    for place, cadence in enumerate(policy.cadences.values()):
        for at, step in enumerate(cadence.steps):
            if step.template == SCRIPT and step.channel is not Channel.CALL:
                said = f"step {step.key!r} would send the script of a call by {step.channel}."
                mend = f'Choose another template, or write channel = "{Channel.CALL}".'
                found.append(Problem(lines.line(("cadence", place, "step", at, "template")), said, mend))
    return found


def _asks_in_writing(step: Step) -> bool:
    return step.channel is not Channel.CALL and not step.is_quiet
