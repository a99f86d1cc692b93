"""Rules that give customers a collector: kept, previewed, applied; and the customers whom nobody looks after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case, update
from sqlmodel import Session, col, select

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting import sharing as stored
from ar_cockpit.db.queries.collecting.sharing import Orphan
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CompanyRow, CustomerRow, PortfolioRuleRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.portfolios import Owned, Rule, checked_rule, collector_for
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.services import audit
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.people.users import normal_email

__all__ = ["Orphan", "Rule"]

_MAY = Permission.LEAD_TEAM
ORPHANS_SHOWN = 200
_LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Moves:
    """What applying the rules would do: customers by their new collector, and how many no rule is about."""

    by_collector: Mapping[str, int]
    left: int
    unchanged: int = 0

    @property
    def total(self) -> int:
        """How many customers get another collector."""
        return sum(self.by_collector.values())


def rules(session: Session, actor: Actor, company: str) -> list[tuple[int, Rule]]:
    """Return a company's rules with their keys, the first to decide in front."""
    return stored.rules(session, _company(session, actor, company))


def add_rule(session: Session, actor: Actor, company: str, rule: Rule, *, before: int | None = None) -> int:
    """Put a rule before another one (or behind them all) and return its key: the first that takes a customer decides.

    ``before`` is how many rules decide ahead of it.
    """
    company_id = _company(session, actor, company)
    rule = _normal(session, company_id, rule)
    keys = [key for key, _ in stored.rules(session, company_id)]
    row = PortfolioRuleRow(company_id=company_id, place=len(keys) + 1, **_told(rule))
    session.add(row)
    session.flush()
    ahead = len(keys) if before is None else max(0, before)
    _put_in_order(session, [*keys[:ahead], row.id, *keys[ahead:]])
    audit.record(session, actor, "portfolio.rule.add", ("company", company), after=_told(rule))
    return row.id


def move_rule(session: Session, actor: Actor, company: str, rule_id: int, *, up: bool) -> None:
    """Let a rule change places with the one above it, or below; at the end of the list it stays."""
    company_id = _company(session, actor, company)
    found = dict(stored.rules(session, company_id))
    rule, keys = _known(found, rule_id), list(found)
    here = keys.index(rule_id)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(keys):
        return
    keys[here], keys[there] = keys[there], keys[here]
    _put_in_order(session, keys)
    told = _told(rule)
    audit.record(
        session,
        actor,
        "portfolio.rule.move",
        ("company", company),
        before=told | {"place": here + 1},
        after=told | {"place": there + 1},
    )


def remove_rule(session: Session, actor: Actor, company: str, rule_id: int) -> tuple[Rule, int]:
    """Take a rule away; return it and how many decide ahead of it, so that it can be put back. Nobody is moved."""
    company_id = _company(session, actor, company)
    found = dict(stored.rules(session, company_id))
    rule = _known(found, rule_id)
    session.delete(session.get_one(PortfolioRuleRow, rule_id))
    audit.record(session, actor, "portfolio.rule.remove", ("company", company), before=_told(rule))
    return rule, list(found).index(rule_id)


def preview(session: Session, actor: Actor, company: str, *, everybody: bool = False) -> Moves:
    """Return what :func:`apply` would do; changes nothing."""
    company_id = _company(session, actor, company)
    return _moves(_planned(session, company_id, everybody=everybody))


def apply(session: Session, actor: Actor, company: str, *, everybody: bool = False) -> Moves:
    """Give the customers whom nobody looks after (or everybody) the collector that the rules name."""
    company_id = _company(session, actor, company)
    return _assign(session, actor, company_id, company, everybody=everybody)


def assign_new(session: Session, actor: Actor) -> int:
    """Apply every company's rules to whom nobody looks after; return how many got a collector. For the nightly job."""
    actor.require(Permission.RUN_JOBS)
    companies = session.exec(select(CompanyRow.id, CompanyRow.code).order_by(CompanyRow.code)).all()
    return sum(_assign(session, actor, key, code, everybody=False).total for key, code in companies)


def orphans(session: Session, actor: Actor, company: str = "") -> tuple[int, list[Orphan]]:
    """Return how many customers nobody looks after, and the first of them, the largest open amount in front."""
    reached = customer_clause(actor.scope(_MAY), actor.email)
    if company:
        reached &= col(CustomerRow.company_id).in_(chosen_companies(session, actor, _MAY, company))
    return stored.orphans(session, reached, ORPHANS_SHOWN)


def team(session: Session, actor: Actor, company: str = "") -> list[tuple[str, str]]:
    """Return (e-mail, name) of everybody who may be given customers of a company (or of any that is seen)."""
    return stored.collectors(session, chosen_companies(session, actor, Permission.VIEW_QUEUE, company))


def _known(found: Mapping[int, Rule], rule_id: int) -> Rule:
    if rule_id not in found:
        raise NotFoundError("There is no such rule.", "Somebody may have removed it meanwhile.")
    return found[rule_id]


def _put_in_order(session: Session, keys: Sequence[int]) -> None:
    row = PortfolioRuleRow
    each = case({key: place for place, key in enumerate(keys, 1)}, value=col(row.id))
    quiet = {"synchronize_session": False}
    session.execute(update(row).where(col(row.id).in_(keys)).values(place=each), execution_options=quiet)


def _assign(session: Session, actor: Actor, company_id: int, company: str, *, everybody: bool) -> Moves:
    planned = _planned(session, company_id, everybody=everybody)
    by_collector: dict[str, list[int]] = defaultdict(list)
    for one, email in planned:
        if email and email != one.collector_email:
            by_collector[email].append(one.customer_id)
    for email, ids in by_collector.items():
        # One statement for each collector, of whom there are few.
        session.execute(
            update(CustomerRow).where(among(session, col(CustomerRow.id), ids)).values(collector_email=email)
        )
    moves = _moves(planned)
    if moves.total:
        audit.record(session, actor, "portfolio.apply", ("company", company), after=dict(moves.by_collector))
    return moves


def _planned(session: Session, company_id: int, *, everybody: bool) -> list[tuple[Owned, str]]:
    in_order = [rule for _, rule in stored.rules(session, company_id)]
    if not in_order:
        return []
    return [
        (one, collector_for(one, in_order)) for one in stored.owned(session, company_id, only_orphans=not everybody)
    ]


def _moves(planned: list[tuple[Owned, str]]) -> Moves:
    moved = Counter(email for one, email in planned if email and email != one.collector_email)
    left = sum(not email for _, email in planned)
    return Moves(dict(moved), left, len(planned) - left - sum(moved.values()))


def _normal(session: Session, company_id: int, rule: Rule) -> Rule:
    email = normal_email(rule.collector_email)
    if email not in {known for known, _ in stored.collectors(session, [company_id])}:
        raise InputError(f"{email} does not collect for this company.", "Choose one of the team.")
    words = (rule.country, rule.segment, rule.name_from, rule.name_to)
    if any(len(word) > _LONGEST_WORD for word in words):
        raise InputError("One of the words is too long.", f"Keep each under {_LONGEST_WORD} characters.")
    return checked_rule(
        replace(
            rule,
            collector_email=email,
            country=rule.country.strip().upper(),
            segment=rule.segment.strip(),
            name_from=rule.name_from.strip().casefold(),
            name_to=rule.name_to.strip().casefold(),
            currency=rule.currency.strip().upper(),
        )
    )


def _told(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in Rule.__dataclass_fields__}


def _company(session: Session, actor: Actor, code: str) -> int:
    found = chosen_companies(session, actor, _MAY, code)
    if not code or len(found) != 1:
        raise NotFoundError("Choose one company.", "Each company has rules of its own.")
    actor.require(_MAY, found[0])
    return found[0]
