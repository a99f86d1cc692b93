"""One act for many customers of the day: what it would do to each, then all of it, then all of it taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting import sharing
from ar_cockpit.db.queries.collecting.standing import credit_book
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.services import portfolio
from ar_cockpit.services.collecting import acts, holds, undoing_many
from ar_cockpit.services.collecting.sharing import handing_over
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.users import normal_email
from ar_cockpit.services.reminders import manual, withdrawing
from ar_cockpit.services.reminders.manual import Wording

MOST = 100
_WORK = Permission.WORK_CUSTOMERS


class Act(StrEnum):
    """What can be done to many customers at once."""

    SNOOZE = "snooze"
    HANDOVER = "handover"
    MANUAL = "manual"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The act with what it needs: a day, a colleague, a word why; a mail needs none of them."""

    act: Act
    until: date | None = None
    to: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the act does to one customer, or why it leaves it out (``left_out`` is a code, empty: it does not)."""

    customer: CustomerLine
    left_out: str = ""
    invoice_ids: tuple[int, ...] = ()
    amount_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act on many: by which keys it is taken back, and who was refused with the sentence."""

    touchpoint_ids: tuple[int, ...] = ()
    message_ids: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        """For how many customers it was done."""
        return len(self.touchpoint_ids) + len(self.message_ids)


def preview(session: Session, actor: Actor, customer_ids: Sequence[int], chosen: Chosen, on: date) -> list[Consequence]:
    """Return what the act would do to each customer, in the order asked; changes nothing."""
    wanted = list(dict.fromkeys(customer_ids))
    if not 0 < len(wanted) <= MOST:
        raise InputError(
            "No task is chosen." if not wanted else f"{len(wanted)} are too many.", f"Choose up to {MOST}."
        )
    reached = customer_clause(actor.scope(_WORK), actor.email) & among(session, col(CustomerRow.id), wanted)
    book = credit_book(session, reached, on)
    lines = {line.customer_id: line for line in book.lines}
    if len(lines) != len(wanted):
        raise NotFoundError("There is no such customer.", "It may belong to a company you do not see.")
    theirs = sharing.collects_for(session, normal_email(chosen.to)) if chosen.to else set()
    found = []
    for key in wanted:
        line, kinds = lines[key], {hold.kind for hold in book.holds.get(key, ()) if hold.invoice_id is None}
        items = [item for item in book.items.get(key, ()) if item.open_minor > 0]
        chased = portfolio.actionable(items, book.promises.get(key, ()), on)
        currency = portfolio.task_currency(line, chased)
        own = [item for item in chased if item.currency == currency]
        amount = sum(item.open_minor for item in own)
        ids = tuple(item.invoice_id for item in own)
        left_out = _not_theirs(line, theirs, chosen) or _left_out(line, kinds, ids, chosen.act)
        found.append(Consequence(line, left_out, ids, amount, currency))
    return found


def run(session: Session, actor: Actor, found: Sequence[Consequence], chosen: Chosen, when: Moment) -> Done:
    """Do the act for those that are not left out; a mail that is refused leaves the others as they are."""
    kept = [one for one in found if not one.left_out]
    if chosen.act is Act.MAIL:
        return _mails(session, actor, kept, when)
    return Done(tuple(_touch(session, actor, [one.customer.customer_id for one in kept], chosen, when)))


def take_back(session: Session, actor: Actor, done: Done, *, at: datetime) -> int:
    """Undo what can still be undone of an act on many, as one, and return for how many customers that is."""
    if done.count > MOST:
        raise InputError(f"{done.count} are too many.", f"Choose up to {MOST}.")
    taken = undoing_many.undo_all(session, actor, done.touchpoint_ids, at=at)
    return taken + withdrawing.withdraw_all(session, actor, done.message_ids, at=at)


def _not_theirs(line: CustomerLine, theirs: Collection[int], chosen: Chosen) -> str:
    if chosen.act is not Act.HANDOVER or not chosen.to:
        return ""
    if line.collector_email.lower() == chosen.to.lower():
        return "same"
    return "" if line.company_id in theirs else "elsewhere"


def _left_out(line: CustomerLine, kinds: set[str], ids: tuple[int, ...], act: Act) -> str:
    if act is Act.MANUAL:
        return "manual" if holds.MANUAL in kinds else ""
    if act is not Act.MAIL:
        return ""
    reasons = {"held": holds.HOLD in kinds, "no_address": not line.has_email, "nothing": not ids}
    return next((code for code, is_so in reasons.items() if is_so), "")


def _touch(session: Session, actor: Actor, ids: Sequence[int], chosen: Chosen, when: Moment) -> list[int]:
    if chosen.act is Act.HANDOVER:
        return handing_over.hand_over(session, actor, ids, chosen.to, chosen.text, when)
    if chosen.act is Act.MANUAL:
        return holds.mark_all_manual(session, actor, ids, chosen.text, when)
    if chosen.until is None:
        raise InputError("No day is chosen.", "Choose one in the calendar.")
    return acts.snooze_all(session, actor, ids, chosen.until, chosen.text, when)


def _mails(session: Session, actor: Actor, found: Sequence[Consequence], when: Moment) -> Done:
    """Queue a mail for each, in as many statements as for one; one that is refused leaves the others."""
    names = {one.customer.customer_id: one.customer.name for one in found}
    wanted = {one.customer.customer_id: one.invoice_ids for one in found}
    sent = manual.send_all(session, actor, wanted, Wording(), as_of=when.on, at=when.at)
    refused = tuple((names[key], error.sentence) for key, error in sent.refused.items())
    return Done(message_ids=tuple(sent.keys.values()), refused=refused)
