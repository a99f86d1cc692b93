"""The pause that a digest's link offers: shown to whoever holds the link, done once, in the sales owner's name.

A link is a signed name of one line of one digest. It grants nothing by itself: whose it is, which customer, step and
invoices it is about stand in the line, and the rights are those the sales owner has at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from itsdangerous import BadData
from sqlmodel import Session

from ar_cockpit.db.queries.reminders import digests as stored
from ar_cockpit.db.queries.reminders.digests import DigestLine, Owing
from ar_cockpit.db.tables import UserRow
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.collecting import holds
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.signing import signer

PAUSES = (7, 14, 30)  # days to choose from
GOOD_FOR = timedelta(days=7)  # after the day the step may come
_FORM_SECONDS = 2 * 3600
_LINK, _FORM = "pause a firm step", "pause a firm step: form"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link is about, as its page tells it."""

    line: DigestLine
    invoices: tuple[Owing, ...]  # those still open
    name: str
    language: str
    theme: str
    form: str  # what the form has to send back
    last_day: date


def link_of(line: DigestLine) -> str:
    """Return the signed name of a line."""
    return str(signer(_LINK).dumps(_bound(line)))


def offer(session: Session, link: str, on: date) -> Offer:
    """Return what ``link`` is about; raise ``NotFoundError`` when it is none of ours, ``RefusedError`` when it is over.

    Looking changes nothing: mail programs open links before people do.
    """
    line = _line(session, link, _LINK)
    user = _sales_owner(session, line)
    last_day = line.comes_on + GOOD_FOR
    if on > last_day:
        raise RefusedError("This link is no longer good.", "Sign in and pause the step on the sales screen.")
    owing = stored.owing(session, line.invoice_ids, on)
    invoices = tuple(owing[key] for key in line.invoice_ids if key in owing)
    form = str(signer(_FORM).dumps(_bound(line)))
    return Offer(line, invoices, user.name, user.language, user.theme, form, last_day)


def accept(session: Session, signed: tuple[str, str], reason: str, days: int, when: Moment) -> date:
    """Pause the step for so many ``days`` in the sales owner's name, once, and return the last day of the pause.

    ``signed`` are the link and what its page's form sent back: only who was shown the page can act. Raises
    ``NotFoundError`` for a form that is not ours, too old, or whose sales owner may not pause any more.
    """
    link, form = signed
    line = _line(session, form, _FORM, _FORM_SECONDS)
    if _line(session, link, _LINK) != line:
        raise NotFoundError("This link is not one of ours.", "Open it again from the mail.")
    user = _sales_owner(session, line)
    if days not in PAUSES:
        raise InputError(f"{days} days cannot be chosen.", f"Choose one of {', '.join(map(str, PAUSES))}.")
    if when.on > line.comes_on + GOOD_FOR:
        raise RefusedError("This link is no longer good.", "Sign in and pause the step on the sales screen.")
    until = when.on + timedelta(days=days)
    if not stored.use_line(session, line.line_id, until, when.at):
        raise RefusedError("This pause was used already.", "Sign in to change it on the sales screen.")
    actor = actor_of(session, user)
    still_open = stored.owing(session, line.invoice_ids, when.on)
    firm = FirmStep(line.step, tuple(key for key in line.invoice_ids if key in still_open))
    holds.pause_step(session, actor, line.customer_id, firm, reason, until, when)
    audit.record(
        session, actor, "pause.by_link", ("digest_line", str(line.line_id)), after={"until": until.isoformat()}
    )
    return until


def _bound(line: DigestLine) -> list[object]:
    return [line.line_id, line.user_id, line.customer_id, line.step]


def _line(session: Session, signed: str, purpose: str, seconds: int | None = None) -> DigestLine:
    try:
        bound = signer(purpose).loads(signed, max_age=seconds)
        line_id = int(bound[0])
    except (BadData, TypeError, ValueError, IndexError) as error:
        raise NotFoundError("This link is not one of ours.", "Open it again from the mail.") from error
    line = next(iter(stored.lines(session, line_id=line_id)), None)
    if line is None or _bound(line) != bound:
        raise NotFoundError("This link is not one of ours.", "Open it again from the mail.")
    return line


def _sales_owner(session: Session, line: DigestLine) -> UserRow:
    """Return the user whose link it is, while active and still the customer's sales owner."""
    user = session.get(UserRow, line.user_id)
    if user is None or not user.is_active or user.email != line.sales_email:
        raise NotFoundError("You no longer look after this customer.", "Ask whoever does.")
    return user
