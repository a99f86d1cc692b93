"""Who settles whom within one letter: the oldest invoice first; credit notes are consumed like payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What takes part in a letter."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"


class Item(NamedTuple):
    """A document or a payment with what of it is in the letter, in cents and without a sign."""

    role: Role
    number: str
    on: date
    minor: int
    line: int


class Share(NamedTuple):
    """What of a payment goes to a document, negative to a credit note.

    Without a payment (its number is empty) a credit note settles an invoice with no money moving.
    """

    payment: str
    document: str
    minor: int
    on: date
    line: int


@dataclass(slots=True)
class _Left:
    item: Item
    minor: int


def settle(items: Iterable[Item]) -> list[Share]:
    """Return the shares of one letter; a payment that meets only a refund stays unapplied, and so does the refund."""
    left = sorted((_Left(item, item.minor) for item in items), key=lambda one: (one.item.on, one.item.line))
    invoices, credits_, payments, refunds = (
        [one for one in left if one.item.role is role]
        for role in (Role.INVOICE, Role.CREDIT_NOTE, Role.PAYMENT, Role.REFUND)
    )
    shares = [
        Share(refund.number, credit.number, -minor, max(refund.on, credit.on), refund.line)
        for refund, credit, minor in _matched(refunds, credits_)
    ]
    sources = [one for one in left if one.item.role in (Role.PAYMENT, Role.CREDIT_NOTE) and one.minor]
    for source, invoice, minor in _matched(sources, invoices):
        if source.role is Role.PAYMENT:
            on = max(source.on, invoice.on)
            shares.append(Share(source.number, invoice.number, minor, on, source.line))
        else:
            shares += _netted(source, invoice, minor, payments)
    return _merged(shares)


def _matched(sources: Sequence[_Left], targets: Sequence[_Left]) -> list[tuple[Item, Item, int]]:
    """Return who gives how much to whom, in order, until one side is used up."""
    found, place = [], 0
    for source in sources:
        while source.minor and place < len(targets):
            target = targets[place]
            minor = min(source.minor, target.minor)
            if minor:
                found.append((source.item, target.item, minor))
            source.minor -= minor
            target.minor -= minor
            place += not target.minor
    return found


def _netted(credit: Item, invoice: Item, minor: int, payments: Sequence[_Left]) -> list[Share]:
    """Return how a credit note settles an invoice: by a payment of the letter that nets both, else by none."""
    both_on = max(credit.on, invoice.on)
    carriers = [one.item for one in payments]
    carrier = next((one for one in carriers if one.on >= both_on), carriers[-1] if carriers else None)
    number, on = (carrier.number, max(carrier.on, both_on)) if carrier else ("", both_on)
    return [
        Share(number, credit.number, -minor, on, credit.line),
        Share(number, invoice.number, minor, on, credit.line),
    ]


def _merged(shares: Sequence[Share]) -> list[Share]:
    found: dict[tuple[str, str, date], Share] = {}
    for share in shares:
        key = (share.payment, share.document, share.on)
        before = found.get(key)
        found[key] = before._replace(minor=before.minor + share.minor) if before else share
    return list(found.values())
