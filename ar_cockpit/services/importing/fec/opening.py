"""Opening entries held against what the years before left open: what they stand for, and where both differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ar_cockpit.db.queries.opening import LeftOpen
from ar_cockpit.importing.fec.letters import in_euros
from ar_cockpit.importing.fec.reader import SET_APART, Posting
from ar_cockpit.importing.fec.settling import Item, Role
from ar_cockpit.importing.records import Defect

LEDGER = "ledger:"  # before the number of a document or payment that is in the ledger already


@dataclass(slots=True)
class Held:
    """A document or payment of the ledger as it takes part: its role, and what is not yet taken of it."""

    role: Role
    known: LeftOpen
    minor: int  # debit less credit

    @property
    def ref(self) -> str:
        """What opening entries call it."""
        return self.known.number.partition(SET_APART)[0] if self.is_document else self.known.ref

    @property
    def is_document(self) -> bool:
        """Whether it is an invoice or a credit note."""
        return self.role in (Role.INVOICE, Role.CREDIT_NOTE)


@dataclass(slots=True)
class Comparison:
    """What each opening line stands for in the ledger, what the ledger has in all, and the differences."""

    items: dict[int, list[Item]] = field(default_factory=dict)
    balance: int = 0
    warnings: list[Defect] = field(default_factory=list)


def held(documents: Iterable[LeftOpen], payments: Iterable[LeftOpen]) -> list[Held]:
    """Return what the ledger has, with its sign as in the accounts."""
    return [
        *(Held(Role.INVOICE if one.minor > 0 else Role.CREDIT_NOTE, one, one.minor) for one in documents),
        *(Held(Role.PAYMENT if one.minor > 0 else Role.REFUND, one, -one.minor) for one in payments),
    ]


def compare(openings: Sequence[Posting], known: Sequence[Held], column: str) -> Comparison:
    """Hold the opening lines against the ledger: by reference and amount first, then by customer."""
    found = Comparison(balance=sum(one.minor for one in known))
    if not openings:
        found.balance = 0
        return found
    lines, ours = _matched(openings, known, found)
    if _is_collective(lines, ours):
        lines = {next(iter(lines)): [posting for its in lines.values() for posting in its]}
        ours = {next(iter(lines)): [one for its in ours.values() for one in its]}
    for customer in sorted({*lines, *ours}):
        its, its_open = lines.get(customer, []), ours.get(customer, [])
        told, have = sum(one.line.minor for one in its), sum(one.minor for one in its_open)
        if told != have:
            carried = f"The opening entries carry {in_euros(told)} EUR of {customer}"
            reason = f"{carried}, the ledger has {in_euros(have)} EUR open"
            found.warnings.append(Defect((its or openings)[0].line.line, column, customer, reason))
        _stand_for(its, its_open, found)
    return found


def _is_collective(lines: Mapping[str, Sequence[Posting]], ours: Mapping[str, Sequence[Held]]) -> bool:
    """Whether the opening entries carry the customers' accounts as wholes, with no customer named."""
    whole = all(
        not one.line.is_auxiliary and not one.line.account[3:].strip("0") for its in lines.values() for one in its
    )
    return bool(lines) and whole and not lines.keys() & ours.keys()


def _matched(
    openings: Sequence[Posting], known: Sequence[Held], found: Comparison
) -> tuple[dict[str, list[Posting]], dict[str, list[Held]]]:
    """Match by customer, reference and amount; return what is left of both sides, by customer."""
    exact: dict[tuple[str, str, int], list[Held]] = defaultdict(list)
    for one in known:
        exact[one.known.customer, one.ref, one.minor].append(one)
    lines: dict[str, list[Posting]] = defaultdict(list)
    for posting in openings:
        line = posting.line
        same = exact.get((line.customer, line.ref, line.minor))
        if same:
            one = same.pop(0)
            found.items[line.line] = [_item(one, abs(one.minor), line.line)]
            one.minor = 0
        else:
            lines[line.customer].append(posting)
    ours: dict[str, list[Held]] = defaultdict(list)
    for one in known:
        if one.minor:
            ours[one.known.customer].append(one)
    return lines, ours


def _stand_for(lines: Sequence[Posting], ours: Sequence[Held], found: Comparison) -> None:
    """Let each line stand for the customer's open documents: those of its reference, then the oldest."""
    for posting in lines:
        wanted, items = posting.line.minor, []
        same_side = [one for one in ours if one.minor * wanted > 0]
        for one in sorted(same_side, key=lambda one: one.ref != posting.line.ref):
            part = min(abs(wanted), abs(one.minor))
            if not part:
                break
            items.append(_item(one, part, posting.line.line))
            sign = 1 if wanted > 0 else -1
            wanted -= sign * part
            one.minor -= sign * part
        found.items[posting.line.line] = items


def _item(one: Held, part: int, line: int) -> Item:
    return Item(one.role, LEDGER + one.known.number, one.known.on, part, line)
