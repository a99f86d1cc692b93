"""What segments, cadences and steps are called: by people, else by what they are."""

from __future__ import annotations

from ar_cockpit.domain.policy.model import Cadence, Policy, Segment, Step
from ar_cockpit.i18n import catalogue, say

_NUMBERED = 6  # ordinals that have a word


def segment_title(segment: Segment, language: str) -> str:
    """Return what a segment is called."""
    return segment.title or key_title(segment.key, language)


def cadence_title(cadence: Cadence, language: str) -> str:
    """Return what a cadence is called."""
    return cadence.title or key_title(cadence.key, language)


def key_title(key: str, language: str) -> str:
    """Return what a segment or a cadence of this key is called where nobody named it."""
    return catalogue(language).get(f"cadences.segment.{key}", "") or _humanised(key)


def step_title(cadence: Cadence, step: Step, language: str) -> str:
    """Return what a step is called: its own name, else its template's, numbered when there are several."""
    if step.title:
        return step.title
    alike = [one.key for one in cadence.steps if one.template == step.template]
    name = say(language, f"template.{step.template}")
    if len(alike) == 1 or step.key not in alike:
        return name
    place = alike.index(step.key) + 1
    if place > _NUMBERED:
        return f"{name} {place}"
    numbered = say(language, f"cadences.nth.{place}", name=name[:1].lower() + name[1:])
    return numbered[:1].upper() + numbered[1:]


def step_titles(policy: Policy, language: str) -> dict[str, str]:
    """Return what the steps are called, by their keys; a key of several cadences as in the first of them."""
    return {
        step.key: step_title(cadence, step, language)
        for cadence in reversed(policy.cadences.values())
        for step in cadence.steps
    }


def _humanised(key: str) -> str:
    words = key.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
