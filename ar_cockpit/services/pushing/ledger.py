"""Push customers, invoices, payments and allocations: all good items in the caller's transaction, a word on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from typing import Any

from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.importing.records import Batch, Table
from ar_cockpit.services import audit
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Defaults, Loading
from ar_cockpit.services.importing.loading.customers import load_customers
from ar_cockpit.services.importing.loading.groups import finish_groups
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.payments import load_payments
from ar_cockpit.services.importing.turn import take_turn
from ar_cockpit.services.pushing.items import Item, batches, file_telling, tidied
from ar_cockpit.services.pushing.outcomes import KEYS, ItemOutcome, Refusal, judged, known
from ar_cockpit.settings import Settings

_LOADERS: dict[Table, Callable[[Loading, Batch[Any]], None]] = {
    Table.CUSTOMERS: load_customers,
    Table.INVOICES: load_invoices,
    Table.PAYMENTS: load_payments,
    Table.ALLOCATIONS: load_allocations,
}
_EXACT_DIGITS = 60
MOST_ITEMS = 5000
OUTCOMES = ("created", "updated", "unchanged", "refused")


@dataclass(frozen=True, slots=True)
class PushReport:
    """What became of the items, in their order."""

    items: tuple[ItemOutcome, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many items came to which end."""
        return Counter(one.outcome for one in self.items)

    @property
    def has_changed_anything(self) -> bool:
        """Whether the ledger is different now."""
        return bool(self.counts["created"] + self.counts["updated"])


def push(
    session: Session, actor: Actor, table: Table, items: Sequence[Item], *, on: date, settings: Settings
) -> PushReport:
    """Load ``items`` by the rules of a file import and return what became of each."""
    actor.require(Permission.IMPORT_LEDGER)
    take_turn(session)
    items = [tidied(item) for item in items]
    loading = loading_for(session, actor, table, on, settings)
    outcomes = [ItemOutcome(number, _key(table, item)) for number, item in enumerate(items, 1)]
    placed = place(loading, items, outcomes, may_make=table is Table.CUSTOMERS)
    before = known(session, table, [item for _, item in placed])
    with localcontext(prec=_EXACT_DIGITS):
        for file, batch in batches(table, placed):
            loading.file = file
            _LOADERS[table](loading, batch)
        finish_allocations(loading)
        finish_groups(loading)
    _tell(loading, outcomes)
    after, seen = known(session, table, [item for _, item in placed]), set[Any]()
    for number, item in placed:
        told = outcomes[number - 1]
        if not told.errors:
            company = loading.companies[item["company"]].company_id
            told.outcome = judged(table, item, company, before, after, seen)
    report = PushReport(tuple(outcomes))
    if report.has_changed_anything:
        record(session, actor, table.value, report, loading)
    return report


def loading_for(session: Session, actor: Actor, table: Table, on: date, settings: Settings) -> Loading:
    """Return what the loaders need."""
    defaults = Defaults(
        settings.default_company, settings.default_currency, settings.default_terms_days, settings.timezone
    )
    return Loading(session, actor, file_telling(table, ()), defaults, on)


def place(
    loading: Loading, items: Sequence[Item], outcomes: Sequence[ItemOutcome], *, may_make: bool
) -> list[tuple[int, Item]]:
    """Give every item its company, and refuse those whose company is not there for this actor."""
    reached = loading.actor.scope(Permission.IMPORT_LEDGER).company_ids
    own = [code for code, one in loading.companies.items() if reached and one.company_id in reached]
    usual = own[0] if len(own) == 1 else loading.defaults.company
    placed: list[tuple[int, Item]] = []
    for number, item in enumerate(items, 1):
        code = item.get("company") or usual
        one = loading.companies.get(code)
        if loading.may_import_into(one.company_id) if one else may_make and reached is None:
            placed.append((number, {**item, "company": code}))
        else:
            outcomes[number - 1].errors.append(Refusal("unknown_company", "company", f"There is no company {code}"))
    return placed


def record(session: Session, actor: Actor, what: str, report: PushReport, loading: Loading) -> None:
    """Say in the audit trail what a push changed, with its control totals."""
    counts = report.counts
    after: dict[str, Any] = {name: counts[name] for name in OUTCOMES} | {"companies": loading.companies_touched()}
    after["sum"] = loading.tally.imported.strings() if what != Table.CUSTOMERS.value else {}
    audit.record(session, actor, "ledger.push", ("api_batch", what), after=after)


def _tell(loading: Loading, outcomes: Sequence[ItemOutcome]) -> None:
    for one in loading.tally.set_aside:
        outcomes[one.defect.line - 1].errors.append(Refusal.told(one.defect.column, one.defect.reason))
    for warning in loading.tally.warnings:
        outcomes[warning.line - 1].warnings.append(Refusal("remark", warning.column, warning.reason))


def _key(table: Table, item: Item) -> dict[str, str]:
    return {name: item[name] for name in KEYS[table]}
