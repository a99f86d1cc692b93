"""When the ledger's packs are read, and figures that are summed up from them or, if they do not hold, from rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.queries.figures import balances, packed, sums
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.listing import Part


def read(session: Session, company_ids: Sequence[int], as_of: date, part: Part) -> Packed | None:
    """Return the packs for what nothing is summed up of beforehand, if they hold: a part, or a day that is past."""
    if not part and balances.are_kept(session, company_ids, as_of):
        return None
    return packed.packed(session, company_ids, part)


def unapplied_cash(session: Session, about: Slice, as_of: date, packs: Packed | None) -> dict[int, int]:
    """Return the money received and not applied by ``as_of``, by company."""
    if packs:
        return packed.unapplied(session, packs, about, as_of)
    return sums.unapplied_cash(session, about, as_of)


def days_late_of_settled(
    session: Session, about: Slice, period: Period, packs: Packed | None
) -> dict[int, tuple[int, int]]:
    """Return Σ amount × days late and Σ amount of the invoices settled in ``period`` as known at its end."""
    if packs:
        return packed.days_late_of_settled(packs, about, period)
    return sums.days_late_of_settled(session, about, period)
