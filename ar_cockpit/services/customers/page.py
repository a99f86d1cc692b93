"""What the customer page shows besides the record: loaded after it, so that the record need not wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.collecting import customer_panel
from ar_cockpit.db.queries.collecting.standing import credit_book_of
from ar_cockpit.db.queries.customer_page import more as stored
from ar_cockpit.db.queries.customer_page.mark import mark as stored_mark
from ar_cockpit.db.queries.customer_page.more import Kept, Merged, SegmentChange, SegmentNow, StoredFile
from ar_cockpit.db.queries.customers import Contact, CustomerLine, contacts_question, names_of
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.timeline import Entry
from ar_cockpit.domain.customers.behaviour import Distribution, month_end_share
from ar_cockpit.services import portfolio, reach
from ar_cockpit.services.collecting import timeline
from ar_cockpit.services.customers import occasions
from ar_cockpit.services.people.colleagues import Colleague, colleagues_of
from ar_cockpit.services.reminders.run import Upcoming, upcoming_of

# The shapes that screens draw.
__all__ = ["Contact", "CustomerMore", "Kept", "Merged", "SegmentChange", "SegmentNow", "StoredFile"]


STEPS_AHEAD = 60  # days


@dataclass(frozen=True, slots=True)
class CustomerMore:
    """How a customer pays, where it belongs and why, its files, and what is agreed with it."""

    customer: CustomerLine
    distribution: Distribution
    month_end: float | None  # the share of invoices settled at month ends
    promises_kept: tuple[int, int]
    segment: SegmentNow | None
    changes: Sequence[SegmentChange]
    steps: Sequence[Upcoming]  # of the cadence, in the coming weeks
    coming: Sequence[Upcoming]  # beside them: thanks, and notices of broken promises
    files: Sequence[StoredFile]
    kept: Kept
    merged: Sequence[Merged]
    colleagues: Sequence[Colleague]  # who may be mentioned in a note
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """What is planned with a customer, everything that happened, and who of ours had a part in it."""

    entries: Sequence[Entry]
    names: dict[str, str]


def more(session: Session, actor: Actor, line: CustomerLine, as_of: date) -> CustomerMore:
    """Return what else there is of a customer found by :mod:`ar_cockpit.services.reach`, as far as the actor sees."""
    actor.require(Permission.VIEW_CUSTOMERS, line.company_id, owns=line.sales_email == actor.email)
    told = stored.more(session, line.customer_id, as_of)
    may_see_all = actor.may(Permission.VIEW_INTERNAL, line.company_id)
    files = [one for one in told.files if may_see_all or not one.finance_only]
    who = {one.uploaded_by for one in files} | {one.merged_by for one in told.merged} | {told.kept.archived_by}
    return CustomerMore(
        customer=line,
        distribution=Distribution.of(told.bands),
        month_end=month_end_share(told.settled),
        promises_kept=portfolio.promises_kept(told.promises, as_of),
        segment=told.segment,
        changes=told.changes,
        steps=_steps(session, line, as_of),
        coming=occasions.coming(session, line, told.promises, as_of),
        files=files,
        kept=told.kept,
        merged=told.merged,
        colleagues=colleagues_of(session, line) if actor.may(Permission.WRITE_NOTE) else (),
        names=names_of(session, who),
    )


def left_contacts(session: Session, line: CustomerLine) -> list[Contact]:
    """Return who is no longer with a customer found by :mod:`ar_cockpit.services.reach`."""
    found = (Contact(*values) for values in session.execute(contacts_question(line.customer_id)))
    return [one for one in found if one.left_on is not None]


def _steps(session: Session, line: CustomerLine, as_of: date) -> list[Upcoming]:
    return upcoming_of(session, *credit_book_of(session, line, as_of), as_of, days=STEPS_AHEAD)


def mark(session: Session, line: CustomerLine) -> str:
    """Return a mark that changes whenever something happened with a customer found by the reach of the asker."""
    return stored_mark(session, line.customer_id, line.company_code, line.code)


def history(session: Session, actor: Actor, customer_id: int, as_of: date) -> History:
    """Return what is planned with a customer and all that ever happened, newest first: for whoever searches."""
    line = reach.customer(session, actor, Permission.VIEW_CUSTOMERS, customer_id)
    found = customer_panel.history(session, customer_id, as_of)
    told = timeline.past(found, as_of, internal=actor.may(Permission.VIEW_INTERNAL, line.company_id))
    ahead = [*_steps(session, line, as_of), *occasions.coming(session, line, found.promises, as_of)]
    return History([*timeline.planned(ahead), *told], {email: person.name for email, person in found.people.items()})
