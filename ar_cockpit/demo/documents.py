"""What a customer was billed and what it paid: invoices, credit notes, payments and their allocations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ar_cockpit.demo import words
from ar_cockpit.demo.customers import Profile
from ar_cockpit.demo.habits import BROKE, BROKE_FOR_DAYS, pay_day, working_day, working_day_before
from ar_cockpit.demo.organisation import SELLERS
from ar_cockpit.demo.records import Dispute, Document, Payment
from ar_cockpit.domain.calendar import OPEN_END

_PARTIAL, _CREDITED, _UNMATCHED = 0.03, 0.025, 0.03
_REASONS = ("price", "quantity", "delivery", "quality", "missing_order_number", "duplicate", "other")
_FOR_SALES = _REASONS[:4]
_OUTCOMES = ("unjustified", "justified", "credit_note", "withdrawn")
_UNMATCHED_DAYS = 20  # money that came lately and was not allocated yet
_DAYS_TO_ANSWER = 14
_LAST_SALES = timedelta(days=60)  # nobody delivers any more to a customer that is going broke
_AUGUST = 8
_SMALLEST = 40_00
_STEADY = 0.92


@dataclass(frozen=True, slots=True)
class Span:
    """The days that the ledger covers."""

    start: date
    end: date
    bend: float = _STEADY  # below one, business grows: the smaller, the more of it is recent

    def progress(self, day: date) -> float:
        """Return how far through the span ``day`` is, from 0 to 1."""
        return (day - self.start).days / max(1, (self.end - self.start).days)


class Keys:
    """Running numbers across customers."""

    def __init__(self) -> None:
        self._last: dict[str, int] = defaultdict(int)

    def next(self, kind: str) -> int:
        """Return the next number of ``kind``."""
        self._last[kind] += 1
        return self._last[kind]


class Billing:
    """Everything billed to one customer, and what it paid by the end of the span."""

    def __init__(self, rng: Random, who: Profile, span: Span, keys: Keys) -> None:
        self._rng, self._who, self._span, self._keys = rng, who, span, keys
        self._numbers: dict[str, int] = defaultdict(int)
        self._parts: dict[date, list[tuple[Document, int]]] = defaultdict(list)
        self._unmatched: dict[date, int] = defaultdict(int)
        self.documents: list[Document] = []
        self.disputes: list[Dispute] = []

    def bill(self, count: int) -> None:
        """Add ``count`` invoices with everything that came of them."""
        last_day = self._span.end - (_LAST_SALES if self._who.habit is BROKE else timedelta(0))
        for invoiced_on in sorted(self._invoice_day(last_day) for _ in range(count)):
            invoice = self._invoice(invoiced_on)
            self.documents.append(invoice)
            self._settle(invoice)

    def payments(self) -> tuple[Payment, ...]:
        """Return one payment for each day on which the customer paid something."""
        found = []
        for day in sorted({*self._parts, *self._unmatched}):
            parts = tuple(self._parts.get(day, ()))
            amount = sum(minor for _, minor in parts) + self._unmatched.get(day, 0)
            number = f"BK{day:%y%m%d}-{self._who.customer.customer_id:04d}"
            reference = ", ".join(document.number for document, _ in parts[:3])
            method = self._rng.choices(("transfer", "direct_debit", "card"), (90, 8, 2))[0]
            found.append(Payment(self._keys.next("payment"), number, day, amount, reference, method, parts))
        return tuple(found)

    def _invoice_day(self, last: date) -> date:
        """Return a working day; August is quiet, and business grows a little."""
        first = self._span.start
        while True:
            day = first + timedelta(days=int((last - first).days * self._rng.random() ** self._span.bend))
            if day.month != _AUGUST or self._rng.random() < 0.6:
                return max(first, working_day_before(day))

    def _invoice(self, invoiced_on: date) -> Document:
        customer, rng = self._who.customer, self._rng
        return Document(
            self._keys.next("invoice"),
            self._number(SELLERS[customer.company].invoice_prefix, invoiced_on),
            "invoice",
            invoiced_on,
            invoiced_on + timedelta(days=customer.payment_terms_days),
            max(_SMALLEST, round(self._who.typical_minor * rng.lognormvariate(-0.1, 0.5))),
            f"PO-{rng.randrange(10**5, 10**6)}" if rng.random() < 0.7 else "",
            rng.choice(words.DESCRIPTIONS).format(month=f"{invoiced_on:%m/%Y}"),
        )

    def _number(self, prefix: str, day: date) -> str:
        stem = f"{prefix}{day:%y%m}-{self._who.customer.customer_id:04d}"
        self._numbers[stem] += 1
        return f"{stem}-{self._numbers[stem]:02d}"

    def _settle(self, invoice: Document) -> None:
        """Decide what becomes of an invoice: dispute, credit note, payment whole or in parts, or nothing yet."""
        rng, habit, end = self._rng, self._who.habit, self._span.end
        paid_on = self._intended(invoice)
        if habit is BROKE and paid_on > end - timedelta(days=BROKE_FOR_DAYS):
            return
        credit = self._credit_note(invoice, min(paid_on, end))
        if paid_on > end:
            return
        if credit is None and rng.random() < _UNMATCHED and (end - paid_on).days < _UNMATCHED_DAYS:
            self._unmatched[paid_on] += invoice.amount_minor
        elif credit is None and rng.random() < _PARTIAL:
            self._pay_in_parts(invoice, paid_on)
        else:
            self._apply(invoice, invoice.amount_minor, paid_on)
            if credit:
                self._apply(credit, credit.amount_minor, paid_on)

    def _intended(self, invoice: Document) -> date:
        """Return the day the invoice is paid in the end, perhaps beyond the span."""
        rng, habit = self._rng, self._who.habit
        paid_on = pay_day(rng, habit, invoice.due_on, self._span.progress(invoice.invoice_on))
        paid_on = max(paid_on, working_day(invoice.invoice_on + timedelta(days=2)))
        if rng.random() < habit.dispute_share:
            paid_on = max(paid_on, self._dispute(invoice))
        if rng.random() < habit.forgotten_share:
            paid_on = working_day(paid_on + timedelta(days=rng.randint(35, 320)))
        return paid_on

    def _apply(self, document: Document, minor: int, on: date) -> None:
        document.applied.append((on, minor))
        self._parts[on].append((document, minor))

    def _pay_in_parts(self, invoice: Document, paid_on: date) -> None:
        first = round(invoice.amount_minor * self._rng.uniform(0.4, 0.7))
        self._apply(invoice, first, paid_on)
        rest_on = working_day(paid_on + timedelta(days=self._rng.randint(15, 45)))
        if rest_on <= self._span.end:
            self._apply(invoice, invoice.amount_minor - first, rest_on)

    def _credit_note(self, invoice: Document, latest: date) -> Document | None:
        """Return a credit note for part of the invoice, if there is one and the payment can take it into account."""
        rng = self._rng
        issued_on = working_day(invoice.invoice_on + timedelta(days=rng.randint(6, 22)))
        if rng.random() >= _CREDITED or issued_on > latest:
            return None
        number = self._number(SELLERS[self._who.customer.company].credit_prefix, issued_on)
        amount = -round(invoice.amount_minor * rng.uniform(0.05, 0.2))
        key = self._keys.next("invoice")
        note = Document(key, number, "credit_note", issued_on, issued_on, amount, invoice.po_number)
        self.documents.append(note)
        return note

    def _dispute(self, invoice: Document) -> date:
        """Add a dispute of the invoice, if it has begun; return the day on which it is paid after that."""
        rng, customer, end = self._rng, self._who.customer, self._span.end
        opened_on = working_day(invoice.invoice_on + timedelta(days=rng.randint(6, 34)))
        ended_on = working_day(opened_on + timedelta(days=rng.randint(8, 75)))
        reason, outcome = rng.choice(_REASONS), rng.choice(_OUTCOMES)
        is_over = ended_on <= end
        if opened_on <= end:
            self.disputes.append(
                Dispute(
                    invoice,
                    reason,
                    words.DISPUTE_NOTES[reason],
                    customer.sales_email if reason in _FOR_SALES else customer.collector_email,
                    opened_on,
                    working_day(opened_on + timedelta(days=_DAYS_TO_ANSWER)),
                    ended_on if is_over else OPEN_END,
                    outcome if is_over else "",
                    customer.collector_email,
                )
            )
        return working_day(ended_on + timedelta(days=rng.randint(4, 16)))
