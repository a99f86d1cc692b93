"""The whole invented ledger, one customer at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ar_cockpit.demo import conversation
from ar_cockpit.demo.customers import luck, profile, weight_of
from ar_cockpit.demo.documents import Billing, Keys, Span
from ar_cockpit.demo.records import CustomerFile
from ar_cockpit.demo.reminding import Reminding
from ar_cockpit.domain.calendar import month_start, months_before
from ar_cockpit.domain.policy.model import Cadence

MONTHS = 24
REMINDERS_FROM = timedelta(days=150)
_LARGE, _FAST_GROWTH = 100_000, 0.335


CUSTOMERS, INVOICES, SEED = 400, 12_000, 1


@dataclass(frozen=True, slots=True)
class Size:
    """How large a ledger is wanted, and by which seed."""

    customers: int = CUSTOMERS
    invoices: int = INVOICES
    seed: int = SEED

    @property
    def is_large(self) -> bool:
        """Whether it is the ledger of a group that has grown fast and exports: a fifth of it is open."""
        return self.invoices >= _LARGE


def customer_files(size: Size, as_of: date, cadences: Mapping[str, Cadence]) -> Iterator[CustomerFile]:
    """Yield the customers of the ledger as it stands on ``as_of``, in order of their numbers."""
    start = month_start(months_before(as_of, MONTHS))
    span = Span(start, as_of, _FAST_GROWTH) if size.is_large else Span(start, as_of)
    keys = Keys()
    for number, count in enumerate(_shares(size), 1):
        yield _customer_file(size, number, count, span, cadences, keys)


def _shares(size: Size) -> Iterator[int]:
    """Yield each customer's number of invoices; they sum to the number wanted."""
    weights = [weight_of(size.seed, number) for number in range(1, size.customers + 1)]
    whole, passed, given = sum(weights), 0.0, 0
    for weight in weights[:-1]:
        passed += weight
        share = round(size.invoices * passed / whole) - given
        given += share
        yield share
    yield size.invoices - given


def _customer_file(
    size: Size, number: int, count: int, span: Span, cadences: Mapping[str, Cadence], keys: Keys
) -> CustomerFile:
    who = profile(size.seed, number, size.customers, count / 2, exports=size.is_large)
    rng = luck(size.seed, "ledger", number)
    billing = Billing(rng, who, span, keys)
    billing.bill(count)
    paid = billing.payments()
    promised = conversation.promises(rng, who, billing, span.end, keys)
    reminding = Reminding(rng, who, cadences[who.cadence], keys)
    days = (span.end - REMINDERS_FROM, span.end)
    reminding.run(billing.documents, billing.disputes, promised, days)
    touches = conversation.touches(rng, who, promised, reminding.messages, *days)
    return CustomerFile(
        who.customer,
        who.contacts,
        tuple(billing.documents),
        paid,
        tuple(billing.disputes),
        promised,
        tuple(reminding.messages),
        touches,
        reminding.last_reminded_on,
    )
