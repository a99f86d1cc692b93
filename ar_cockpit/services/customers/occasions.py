"""What is coming to a customer outside of its cadence's steps: of a broken promise, of an instalment, and thanks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.queries.collecting.standing import credit_book_of
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.reminders import occasions as stored
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.cadence.occasions import PROMISE_NAMED_FOR
from ar_cockpit.domain.cadence.outlook import first_day_to_name
from ar_cockpit.domain.cadence.plan import Known, choose
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.domain.policy.model import BROKEN_PROMISE, INSTALMENT, THANKS
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders.facts import load_one
from ar_cockpit.services.reminders.run import Upcoming, planned_for
from ar_cockpit.services.reminders.working_days import is_public_holiday

_TOLD = frozenset({BROKEN_PROMISE, INSTALMENT, THANKS})
LOOKED_AHEAD = 4  # days: over a week-end, to the next day on which something may go


def coming(session: Session, line: CustomerLine, promises: Iterable[StoredPromise], as_of: date) -> list[Upcoming]:
    """Return what is coming, the nearest first: as today's and the next days' plans have it, and promises to break."""
    known = list(promises)
    cadences = policy.in_force(session).policy.cadences.values()
    names = any(one.names_broken_promises for one in cadences)
    thanks = any(one.thank_you_every for one in cadences)
    ahead = max(one.instalment_notice_days for one in cadences)
    may_come = _is_near(known, as_of, ahead) or _may_come(session, line, known, as_of, names=names, thanks=thanks)
    found = _planned(session, line, as_of) if may_come else []
    if names and not any(one.template == BROKEN_PROMISE for one in found):
        found += _if_broken(session, line, [one for one in known if _state(one, as_of) is PromiseState.OPEN], as_of)
    return sorted(found, key=lambda one: one.on)


def _may_come(
    session: Session, line: CustomerLine, promises: Iterable[StoredPromise], as_of: date, *, names: bool, thanks: bool
) -> bool:
    """Return whether a plan is worth making: something broke lately, or was paid lately."""
    lately = as_of - timedelta(days=PROMISE_NAMED_FOR)
    broken = (one for one in promises if _state(one, as_of) is PromiseState.BROKEN)
    if names and any(one.promise.last_day >= lately for one in broken):
        return True
    return thanks and bool(stored.settled(session, col(CustomerRow.id) == line.customer_id, as_of))


def _is_near(promises: Iterable[StoredPromise], as_of: date, ahead: int) -> bool:
    """Return whether an instalment comes so soon that it may be told of in the days looked at."""
    last = as_of + timedelta(days=ahead + LOOKED_AHEAD)
    of_plans = (one for one in promises if ahead and one.plan_id is not None)
    return any(as_of < one.promise.promised_for <= last and _state(one, as_of) is PromiseState.OPEN for one in of_plans)


def _planned(session: Session, line: CustomerLine, as_of: date) -> list[Upcoming]:
    for later in range(LOOKED_AHEAD + 1):
        on = as_of + timedelta(days=later)
        found = [one for one in planned_for(session, line.customer_id, on) if one.template in _TOLD]
        if found:
            return found
    return []


def _if_broken(session: Session, line: CustomerLine, kept: list[StoredPromise], as_of: date) -> list[Upcoming]:
    """Return the notices that follow promises unless they are kept, on the days on which a run would write them."""
    if not kept:
        return []
    known = load_one(session, *credit_book_of(session, line, as_of), as_of)
    who = Known(known.addressee, known.invoices, known.plan.customers)
    cadence = choose(known.policy, who).cadence
    if not cadence.names_broken_promises:
        return []
    found = []
    for one in kept:
        on = first_day_to_name(who.one, cadence, one.promise.last_day + timedelta(days=1), is_public_holiday)
        if on is not None:
            invoices = tuple("" for _ in one.invoice_ids)
            minor, currency = one.promise.amount_minor, one.currency
            found.append(Upcoming(on, "", "email", "neutral", BROKEN_PROMISE, invoices, minor, currency))
    return found


def _state(one: StoredPromise, as_of: date) -> PromiseState | None:
    outcome = one.outcome(as_of)
    return outcome.state if outcome else None
