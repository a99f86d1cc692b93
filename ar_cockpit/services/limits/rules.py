"""The rules of standing and of limits, changed on screen: a new version of the policy, in force at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.policy.credit_rules import CreditRules, StandingRules
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.domain.policy.writing import write_policy
from ar_cockpit.services.reminders import drafts
from ar_cockpit.services.reminders import policy as policies


def rules(session: Session, actor: Actor) -> tuple[StandingRules, CreditRules, int]:
    """Return the rules in force and the number of the version that they stand in."""
    actor.require(Permission.EDIT_POLICY)
    found = policies.in_force(session)
    return found.policy.standing, found.policy.credit, found.number


def change(
    session: Session, actor: Actor, standing: StandingRules, credit: CreditRules, *, seen: int, at: datetime
) -> int:
    """Put these rules in force and return the version's number; ``seen`` is the version they were read in.

    A draft of segments and cadences takes them over, so that switching it on later does not bring the old ones back.
    """
    before = policies.in_force(session)
    policies.require_change(session, actor)
    if before.number != seen:
        raise InputError(f"Version {before.number} was switched on since.", "Look at the rules as they are now.")

    def with_rules(policy: Policy) -> Policy:
        return replace(policy, standing=standing, credit=credit)

    draft = drafts.current(session, actor)
    if draft.is_draft:
        drafts.edit(session, actor, with_rules, seen=draft.revision, what="rules", at=at)
    return policies.load(session, actor, write_policy(with_rules(before.policy), before.toml), at=at, note="")
