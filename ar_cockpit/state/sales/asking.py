"""What the sales screen asks of the services in one go, off the event loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import CockpitError, NotFoundError
from ar_cockpit.services import clock, credit, order_checks
from ar_cockpit.services.collecting import customer_record
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.credit import Listed
from ar_cockpit.services.limits import history
from ar_cockpit.services.limits.history import Change
from ar_cockpit.services.order_checks import OrderCheck, Reservation, Wish
from ar_cockpit.services.reminders import seeing
from ar_cockpit.state.display.amounts import read_amount

MOST_LISTED = 60
TREND = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """Which customers, which of them is open, and the order that is put."""

    actor: Actor
    as_of: date
    company: str
    words: str
    mine: bool
    customer: str
    order: str = ""
    terms: str = ""


@dataclass(frozen=True)
class Seen:
    """What was found; ``refusal`` says why the order makes no sense."""

    listed: Listed
    record: CustomerRecord | None = None
    checked: OrderCheck | None = None
    refusal: CockpitError | None = None
    kept: list[Reservation] = field(default_factory=list)
    changes: dict[int, Change] = field(default_factory=dict)


def look(asked: Asked) -> Seen:
    """Return everything that the screen shows."""
    with reading() as session:
        found = credit.listed(
            session,
            asked.actor,
            as_of=asked.as_of,
            search=asked.words,
            mine=asked.mine,
            company=asked.company,
            most=MOST_LISTED,
        )
        keys = [one.customer.customer_id for one in found.customers]
        changes = history.changes(session, asked.actor, asked.as_of - TREND, asked.as_of, keys)
        first = found.customers[0].customer if found.customers else None
        company, _, code = asked.customer.rpartition("/")
        try:
            line = customer_record.find(session, asked.actor, code, company or asked.company) if code else first
        except NotFoundError:
            line = None
        if line is None:
            return Seen(found, changes=changes)
        record = customer_record.record(session, asked.actor, line, as_of=asked.as_of, at=clock.now())
        kept = order_checks.reserved(session, asked.actor, asked.as_of, customer_id=line.customer_id)
        if not asked.order:
            return Seen(found, record, kept=kept, changes=changes)
        try:
            checked = order_checks.check(session, asked.actor, line, wish_of(asked.order, asked.terms), asked.as_of)
        except CockpitError as error:
            return Seen(found, record, None, error, kept, changes)
        return Seen(found, record, checked, None, kept, changes)


def note_seen(actor: Actor, record: CustomerRecord, when: Moment) -> None:
    """Let the sales owner know of the firm steps on the card from now on, where no digest told of them."""
    line, shown = record.customer, [step.told_of for step in record.coming]
    with reading() as session:
        is_new = bool(seeing.news(session, actor, line, shown, when))
    if is_new:
        with transaction() as session:
            seeing.note(session, actor, line, shown, when)


def wish_of(order: str, terms: str, reference: str = "") -> Wish:
    """Return the order that an address names."""
    days = int(terms) if terms.isdecimal() and len(terms) < 4 else None
    return Wish(Decimal(read_amount(order)), terms_days=days, reference=reference)
