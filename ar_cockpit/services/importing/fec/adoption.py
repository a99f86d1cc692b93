"""An earlier year after a later one: its documents take the place of those that the later year carried over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.kinds import Kind
from ar_cockpit.importing.fec.letters import in_euros
from ar_cockpit.importing.fec.reader import FecReader, Posting
from ar_cockpit.importing.fec.settling import Share
from ar_cockpit.services.importing.fec.years import Neighbours, Opening

_MEND = "Import the years in their order, into a company that has none of them yet."


@dataclass(frozen=True, slots=True)
class Adopted:
    """By this year's lines, the numbers under which the later year carried over what they leave open.

    A credit note was carried over as a payment; everything else as the same.
    """

    same: dict[int, str] = field(default_factory=dict)
    credit_notes: dict[int, str] = field(default_factory=dict)

    @property
    def lines(self) -> set[int]:
        """All of them."""
        return {*self.same, *self.credit_notes}


def adopt(reader: FecReader, own: Sequence[Posting], shares: Iterable[Share], around: Neighbours) -> Adopted:
    """Return what the later year carried over of this one.

    Raises ``InputError`` when the later year is there without this one, and both do not say the same.
    """
    openings = around.openings
    is_first_time = bool(around.later) and not around.same
    if not openings and not is_first_time:
        return Adopted()
    left = _left_open(own, shares, reader.year.groups)
    found, unmatched = _matched(openings, own, left)
    if is_first_time and (unmatched or left.keys() - found.lines):
        why = _why(unmatched, own, left, found.lines)
        raise InputError(f"{reader.file.name} is of an earlier year than one that is imported, and {why}.", _MEND)
    return found


def _left_open(own: Sequence[Posting], shares: Iterable[Share], letters: Iterable[Sequence[int]]) -> dict[int, int]:
    """Return what the year leaves open of each line, debit less credit, where that is not nothing.

    Money in and out again under one letter is closed in the books, though neither settles a document.
    """
    left = {str(one.line.line): one.line.minor for one in own}
    for share in shares:
        if share.document in left:
            left[share.document] -= share.minor
        if share.payment in left:
            left[share.payment] += share.minor
    for letter in letters:
        if sum(left.get(str(line), 0) for line in letter) == 0:
            left |= dict.fromkeys(map(str, letter), 0)
    return {int(line): minor for line, minor in left.items() if minor}


def _matched(
    openings: Sequence[Opening], own: Sequence[Posting], left: Mapping[int, int]
) -> tuple[Adopted, list[Opening]]:
    known: dict[tuple[str, str, str, int], list[int]] = defaultdict(list)
    for one in own:
        if one.line.line in left:
            known[one.kind, one.line.customer, one.line.ref, left[one.line.line]].append(one.line.line)
    found, unmatched = Adopted(), []
    for opening in openings:
        what = (opening.customer, opening.ref, opening.minor)
        same, credit_notes = known.get((opening.kind, *what)), known.get((Kind.CREDIT_NOTE, *what))
        if opening.ref and same:
            found.same[same.pop(0)] = opening.number
        elif opening.ref and credit_notes:
            found.credit_notes[credit_notes.pop(0)] = opening.number
        else:
            unmatched.append(opening)
    return found, unmatched


def _why(unmatched: Sequence[Opening], own: Sequence[Posting], left: Mapping[int, int], found: Collection[int]) -> str:
    if unmatched:
        one = unmatched[0]
        what = f"{one.ref or one.number} of {one.customer}, {in_euros(one.minor)} EUR"
        return f"{len(unmatched)} of its opening entries are not open here by their reference, the first is {what}"
    only = next(one for one in own if one.line.line in left and one.line.line not in found)
    what = f"{only.line.ref or only.number} of {only.line.customer}, {in_euros(left[only.line.line])} EUR"
    return f"it did not carry over what is open here, such as {what} ({_WORDS[only.kind]})"


_WORDS = {Kind.INVOICE: "invoice", Kind.CREDIT_NOTE: "credit note", Kind.PAYMENT: "payment", Kind.TRANSFER: "transfer"}
