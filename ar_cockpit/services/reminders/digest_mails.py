"""What a sales owner's digest says when it goes: the steps that still come, each with the link that pauses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.db.queries.colleague_outbox import Claimed
from ar_cockpit.db.queries.reminders import digests as stored
from ar_cockpit.db.queries.reminders.digests import DigestLine, Owing
from ar_cockpit.db.tables import SalesDigestRow
from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.digest import Coming, Owed, compose_digest
from ar_cockpit.services.collecting.pausing import link_of
from ar_cockpit.services.sending.to_colleagues import Kind, public_address


def _write(session: Session, mail: Claimed, as_of: date) -> Composed | None:
    lines = stored.lines(session, digest_id=mail.mail_id)
    coming = _coming(session, mail, lines, max(as_of, mail.business_on))
    if not coming:
        return None
    if as_of > mail.business_on:
        stored.hear_on(session, mail.mail_id, sorted({line.customer_id for line in lines}), as_of)
    return compose_digest(mail.name, mail.language, coming, f"{public_address()}{routes.SALES}/")


DIGESTS = Kind("digests", SalesDigestRow, _write)


def _coming(session: Session, mail: Claimed, lines: Sequence[DigestLine], as_of: date) -> list[Coming]:
    open_now = stored.owing(session, [key for line in lines for key in line.invoice_ids], as_of)
    return [
        _line(line, owed)
        for line in lines
        if line.sales_email == mail.recipient  # somebody else's customer now
        and (owed := [open_now[key] for key in line.invoice_ids if key in open_now])
    ]


def _line(line: DigestLine, owed: list[Owing]) -> Coming:
    return Coming(
        customer=line.customer_name,
        company=line.company_name,
        template=line.template,
        channel=line.channel,
        comes_on=line.comes_on,
        invoices=[Owed(one.number, one.due_on, one.open_minor, one.currency) for one in owed],
        link=f"{public_address()}{routes.PAUSE}/{link_of(line)}",
    )
