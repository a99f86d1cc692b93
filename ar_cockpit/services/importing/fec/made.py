"""What a FEC's lines become: the same records as those of every other file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.lines import CURRENCY
from ar_cockpit.importing.fec.reader import Posting
from ar_cockpit.importing.fec.settling import Share
from ar_cockpit.importing.fec.values import EXPONENT
from ar_cockpit.importing.records import InvoiceRecord, PaymentRecord

_NETTING = "netting"
_PER_BATCH = 5000
Some = TypeVar("Some")


def document(one: Posting, number: str, company: str) -> InvoiceRecord:
    """Return an invoice or a credit note; due dates are not in the file."""
    line = one.line
    return InvoiceRecord(
        line=line.line,
        number=number,
        customer=line.customer,
        invoice_on=line.piece_on,
        due_on=None,
        amount=in_decimals(line.minor),
        currency=CURRENCY,
        company=company,
        kind=one.kind.value,
        po_number=None,
        description=line.label,
        is_disputed=None,
        settled_on=None,
        custom={},
    )


def payment(one: Posting, number: str, company: str) -> PaymentRecord:
    """Return a payment, negative for money paid back."""
    line, amount = one.line, in_decimals(-one.line.minor)
    return PaymentRecord(
        line.line, number, line.customer, line.booked_on, amount, CURRENCY, company, line.ref, one.method, {}
    )


def netting(share: Share, number: str, customer: str, company: str) -> PaymentRecord:
    """Return the payment of nothing by which a credit note settles an invoice."""
    return PaymentRecord(share.line, number, customer, share.on, Decimal(0), CURRENCY, company, "", _NETTING, {})


def cells_of(file: FecFile, one: Posting) -> list[str]:
    """Return a line's cells as far as they were kept, for what is set aside of it."""
    line, cells = one.line, [""] * len(file.csv.header)
    told = {"CompteNum": line.account, "PieceRef": line.ref, "EcritureLib": line.label, "EcritureLet": line.letter}
    told |= {"EcritureDate": f"{line.booked_on:%Y%m%d}", "PieceDate": f"{line.piece_on:%Y%m%d}"}
    told["CompAuxNum"] = line.customer if line.is_auxiliary else ""
    for name, value in told.items():
        if name in file.where:
            cells[file.where[name]] = value
    return cells


def in_decimals(minor: int) -> Decimal:
    """Return cents as the amount they are."""
    return Decimal(minor).scaleb(-EXPONENT)


def slices(found: Sequence[Some]) -> Iterator[list[Some]]:
    """Yield some at a time."""
    for start in range(0, len(found), _PER_BATCH):
        yield list(found[start : start + _PER_BATCH])
