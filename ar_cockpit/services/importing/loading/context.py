"""What every table's loading needs: where, for whom, into which companies, and how rows are accounted for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from ar_cockpit.db.queries.loading import is_empty
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.domain.money import decimal_string, exponent
from ar_cockpit.importing.records import AllocationRecord, Defect, Reason, Record, Reject
from ar_cockpit.importing.tabular.csv_file import CsvFile
from ar_cockpit.importing.tabular.keys import Name
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.customer_lookup import CustomerMemory
from ar_cockpit.services.importing.loading.open_items import OpenItems
from ar_cockpit.services.importing.loading.tally import SetAside, Tally

_ASK = "Ask your administrator for the role."


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where neither file nor ledger says anything."""

    company: str
    currency: str
    terms_days: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Company:
    """One company as far as loading cares."""

    company_id: int
    code: str
    currency: str


@dataclass(slots=True)
class Loading:
    """One file on its way into the ledger."""

    session: Session
    actor: Actor
    file: CsvFile
    defaults: Defaults
    on: date
    chosen_company: str = ""  # the --company of the command: for rows that name none
    batch_id: int | None = None
    tally: Tally = field(default_factory=Tally)
    companies: dict[str, Company] = field(default_factory=dict)
    seen: dict[Any, tuple[int, int]] = field(default_factory=dict)  # key -> line and hash of the row that was taken
    # Names, met so far, of rows that others of the file may have too: only these are remembered. None: it is not known.
    suspects: set[Name] | None = None
    customer_memory: CustomerMemory = field(default_factory=CustomerMemory)
    touched: set[int] = field(default_factory=set)  # the companies of the rows that were taken
    # Allocations that do not fit yet: a later row may make room, since one payment may net both signs.
    deferred: list[tuple[AllocationRecord, Sequence[str]]] = field(default_factory=list)

    open_items: OpenItems | None = None  # for files that list what is still open and nothing else
    parents: dict[tuple[int, str], Defect] = field(default_factory=dict)  # where a customer's parent is told
    regroup: set[int] = field(default_factory=set)  # companies whose customers changed

    _rights: dict[int, bool] = field(default_factory=dict)
    _empty_before: dict[type[SQLModel], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the companies once: there are few."""
        rows = self.session.execute(select(col(CompanyRow.id), col(CompanyRow.code), col(CompanyRow.currency)))
        self.companies = {code: Company(company_id, code, currency) for company_id, code, currency in rows}

    def company(self, code: str, currency: str) -> Company:
        """Return the company ``code``, made if it is unknown; raise ``ForbiddenError`` without the right to import."""
        known = self.companies.get(code)
        if known:
            if not self.may_import_into(known.company_id):
                raise ForbiddenError(f"You may not import into the company {code}.", _ASK)
            return known
        if self.actor.scope(Permission.IMPORT_LEDGER).company_ids is not None:
            raise ForbiddenError(f"You may not import into the company {code}.", _ASK)
        row = CompanyRow(
            code=code, name=code, currency=currency or self.defaults.currency, timezone=self.defaults.timezone
        )
        self.session.add(row)
        self.session.flush()
        journal.note_made(self, CompanyRow, [row.id])
        self.companies[code] = Company(row.id, code, row.currency)
        self.customer_memory.forget()
        return self.companies[code]

    def companies_touched(self) -> tuple[str, ...]:
        """Return the codes of the companies that rows were taken for."""
        return tuple(sorted(code for code, one in self.companies.items() if one.company_id in self.touched))

    def may_import_into(self, company_id: int) -> bool:
        """Whether the actor may import into this company: others are as if they were not there."""
        if company_id not in self._rights:
            self._rights[company_id] = self.actor.may(Permission.IMPORT_LEDGER, company_id)
        return self._rights[company_id]

    def company_of(self, named: str) -> str:
        """Return the company a row belongs to when nothing else says so."""
        return named or self.chosen_company or self.defaults.company

    def take_rejects(self, rejects: Sequence[Reject]) -> None:
        """Account for the rows that could not be read."""
        for reject in rejects:
            currency = reject.currency or self._likely_currency(reject.company)
            self.tally.read(reject.amount, currency)
            self.tally.quarantine(SetAside(reject.defect, reject.cells), reject.amount, currency)

    def quarantine(
        self, record: Record, cells: Sequence[str], target: str, reason: str, amount: Decimal | None, currency: str
    ) -> None:
        """Set ``record`` aside because of its canonical column ``target``."""
        self.tally.quarantine(SetAside(self.defect(record, cells, target, reason), cells), amount, currency)

    def warn(self, record: Record, cells: Sequence[str], target: str, reason: str) -> None:
        """Tell a defect of ``record``, which is loaded all the same."""
        self.tally.warnings.append(self.defect(record, cells, target, reason))

    def defect(self, record: Record, cells: Sequence[str], target: str, reason: str) -> Defect:
        """Return ``reason`` with the place in the file."""
        name, index = self.file.source_of(target)
        return Defect(record.line, name, cells[index] if index is not None else "", reason)

    def may_repeat(self, *names: str) -> bool:
        """Whether another row of the file may have the key that ``names`` are part of."""
        if not self.suspects:
            return self.suspects is None
        return (names[0] if len(names) == 1 else names) in self.suspects

    def may_any_repeat(self, names: Iterable[Name]) -> bool:
        """Whether another row of the file may have one of these keys, each told by one name or by several together."""
        if not self.suspects:
            return self.suspects is None
        return any(map(self.suspects.__contains__, names))

    def expect(self, suspects: Collection[Name]) -> None:
        """Take note of what the reader suspects of the rows that come."""
        if self.suspects is not None:
            self.suspects.update(suspects)

    def was_empty(self, row_class: type[SQLModel]) -> bool:
        """Whether the table held nothing before this file: then nothing of a new key needs to be looked up."""
        if row_class not in self._empty_before:
            self._empty_before[row_class] = is_empty(self.session, row_class)
        return self._empty_before[row_class]

    def same_key(self, key: Any, record: Record) -> tuple[int, bool] | None:
        """Return the line that took ``key`` in this file and whether it says the same, or ``None`` when it is new."""
        before = self.seen.get(key)
        return (before[0], before[1] == hash(_content(record))) if before else None

    def remember(self, key: Any, record: Record, company_id: int, *, may_repeat: bool = True) -> None:
        """Keep that ``record`` took ``key``: its company, and where another row may have the key, what it says."""
        self.touched.add(company_id)
        if not may_repeat:
            return
        self.seen[key] = (record.line, hash(_content(record)))

    def merged(self, known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
        """Return custom fields as they are to be: those of the file's columns as told, the others as known."""
        named = self.file.custom.keys() | self.file.derived.keys()
        return {name: value for name, value in known.items() if name not in named} | dict(told)

    def exact_minor(self, amount: Decimal, currency: str) -> int | None:
        """Return ``amount`` in minor units when it is a whole number of them."""
        scaled = amount * units(currency)
        minor = int(scaled)
        return minor if minor == scaled else None

    def minor(self, amount: Decimal, currency: str) -> int | Reason:
        """Return ``amount`` in minor units, or the reason why it is none of that currency."""
        scaled = amount * units(currency)
        minor = int(scaled)
        if minor == scaled:
            return minor
        if self.file.mapping and self.file.mapping.round_amounts:
            return int(scaled.quantize(Decimal(1), ROUND_HALF_EVEN))
        return Reason(f"More decimals than {currency} has ({exponent(currency)})")

    def exact(self, amount: Decimal, minor: int, currency: str) -> Decimal:
        """Return what was taken of ``amount``: itself, unless the mapping rounds."""
        if self.file.mapping and self.file.mapping.round_amounts:
            return Decimal(decimal_string(minor, currency))
        return amount

    def _likely_currency(self, company: str) -> str:
        known = self.companies.get(self.company_of(company))
        return known.currency if known else self.defaults.currency


@cache
def units(currency: str) -> Decimal:
    """Return how many minor units make one of ``currency``."""
    return Decimal(10) ** exponent(currency)


def _content(record: Record) -> tuple[Any, ...]:
    """Return what a row says apart from its line; custom fields come last, in the order of the file's columns."""
    custom: Any = record[-1]
    return (*record[1:-1], *custom.items()) if isinstance(custom, dict) else record[1:]
