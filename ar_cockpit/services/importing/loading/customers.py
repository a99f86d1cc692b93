"""Customers and their contact: what a file says is taken over, what it does not mention stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ar_cockpit.db.bulk import upsert, write
from ar_cockpit.db.queries.loading import Key, KnownContact, contacts_of, ids_by_key, rows_by_key
from ar_cockpit.db.tables import ContactRow, CustomerRow
from ar_cockpit.importing.records import Batch, CustomerRecord, Reason, Table
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.context import Company, Loading

# Database column, canonical column, and how the record's value is stored when the file mentions the column.
_TOLD: tuple[tuple[str, str, Callable[[CustomerRecord], Any]], ...] = (
    ("name", "name", lambda r: r.name),
    ("city", "city", lambda r: r.city or ""),
    ("country", "country", lambda r: r.country or ""),
    ("language", "language", lambda r: r.language or ""),
    ("external_score", "external_score", lambda r: r.external_score),
    ("segment_key", "segment", lambda r: r.segment or ""),
    ("sales_email", "sales_rep", lambda r: r.sales_rep or ""),
    ("collector_email", "collector", lambda r: r.collector or ""),
    ("parent_code", "parent_customer_id", lambda r: r.parent_code or ""),
    ("registration_number", "registration_number", lambda r: r.registration_number or ""),
    ("vat_number", "vat_number", lambda r: r.vat_number or ""),
    ("tags", "tags", lambda r: list(r.tags or ())),
)
# The canonical columns behind all but the last, which are the custom fields.
_TARGETS = (*(target for _, target, _ in _TOLD), "currency", "payment_terms_days", "credit_limit")
COLUMNS = (*(column for column, _, _ in _TOLD), "currency", "payment_terms_days", "credit_limit_minor", "custom")


class _Taken(NamedTuple):
    """A record that goes into the ledger, with its key and the values of ``COLUMNS``."""

    record: CustomerRecord
    key: Key
    values: tuple[Any, ...]
    outcome: str


def load_customers(loading: Loading, batch: Batch[CustomerRecord]) -> None:
    """Load one batch of a customer file."""
    loading.take_rejects(batch.rejects)
    loading.tally.warnings.extend(batch.warnings)
    fresh = []
    for record, cells in zip(batch.records, batch.cells, strict=True):
        loading.tally.read(None, "")
        company = loading.company(loading.company_of(record.company), record.currency)
        key = (company.company_id, record.code)
        may_repeat = loading.may_repeat(record.code)
        before = loading.same_key(key, record) if may_repeat else None
        if before and before[1]:
            loading.tally.take(Table.CUSTOMERS, "unchanged", None, "")
        elif before:
            reason = f"Already on line {before[0]} with other contents"
            loading.quarantine(record, cells, "customer_id", reason, None, "")
        elif isinstance(limit := _limit(loading, record, company), Reason):
            loading.quarantine(record, cells, "credit_limit", limit, None, "")
        else:
            loading.remember(key, record, company.company_id, may_repeat=may_repeat)
            fresh.append((record, company, limit))
            if record.parent_code:
                loading.parents[key] = loading.defect(record, cells, "parent_customer_id", "")
    for one in store_customers(loading, fresh):
        loading.tally.take(Table.CUSTOMERS, one, None, "")


def make_customers(loading: Loading, records: Sequence[CustomerRecord]) -> None:
    """Make those of ``records`` that are unknown; known ones stay as they are: a customer file knows better."""
    named = [(record, loading.company_of(record.company)) for record in records]
    known = ids_by_key(loading.session, CustomerRow, "code", [record.code for record in records])
    fresh = []
    for record, code in named:
        company = loading.company(code, record.currency)
        if (company.company_id, record.code) in known:
            loading.tally.note(Table.CUSTOMERS, "unchanged")
            continue
        limit = _limit(loading, record, company)
        fresh.append((record, company, None if isinstance(limit, Reason) else limit))
    loading.tally.note_all(Table.CUSTOMERS, store_customers(loading, fresh))
    loading.customer_memory.forget()


def store_customers(loading: Loading, fresh: Sequence[tuple[CustomerRecord, Company, int | None]]) -> list[str]:
    """Write customers and contacts that are new or different; return what became of each."""
    codes = [record.code for record, _, _ in fresh]
    known = {} if loading.was_empty(CustomerRow) else rows_by_key(loading.session, CustomerRow, "code", codes, COLUMNS)
    taken = []
    for record, company, limit in fresh:
        key = (company.company_id, record.code)
        before = known.get(key)
        values = _values(loading, record, company, limit, before)
        outcome = "created" if before is None else "unchanged" if values == before else "updated"
        taken.append(_Taken(record, key, values, outcome))
    rows = [
        (one.outcome == "created", (*one.key, *one.values, loading.batch_id))
        for one in taken
        if one.outcome != "unchanged"
    ]
    changed_codes = [one.record.code for one in taken if one.outcome == "updated"]
    of_code = ids_by_key(loading.session, CustomerRow, "code", changed_codes)
    journal.note(loading, CustomerRow, [of_code[one.key] for one in taken if one.outcome == "updated"])
    columns = ("company_id", "code", *COLUMNS, "import_batch_id")
    write(loading.session, CustomerRow, columns, rows, ("company_id", "code"), ("import_batch_id",))
    loading.regroup |= {one.key[0] for one in taken if one.outcome != "unchanged"}
    changed = _store_contacts(loading, taken)
    return ["updated" if one.outcome == "unchanged" and one.key in changed else one.outcome for one in taken]


def _values(
    loading: Loading, record: CustomerRecord, company: Company, limit: int | None, before: tuple[Any, ...] | None
) -> tuple[Any, ...]:
    terms = record.payment_terms_days
    terms = loading.defaults.terms_days if terms is None else terms
    told = [value(record) for _, _, value in _TOLD]
    new = (*told, record.currency or company.currency, terms, limit, record.custom or {})
    if before is None:
        return new
    has = map(loading.file.has, _TARGETS)
    merged = [value if is_told else old for value, old, is_told in zip(new, before, has, strict=False)]
    kept = {name: value for name, value in before[-1].items() if name not in loading.file.custom}
    return (*merged, kept | new[-1])


def _limit(loading: Loading, record: CustomerRecord, company: Company) -> int | Reason | None:
    if record.credit_limit is None:
        return None
    if record.credit_limit < 0:
        return Reason("A credit limit is not negative")
    return loading.minor(record.credit_limit, record.currency or company.currency)


def _store_contacts(loading: Loading, taken: Sequence[_Taken]) -> set[Key]:
    """Write the contacts that are new or different; return the keys of their customers.

    A row without any contact cell filled leaves the contacts alone: people keep them too.
    """
    told = [one for one in taken if any((one.record.email, one.record.contact_name, one.record.phone))]
    if not told:
        return set()
    ids = ids_by_key(loading.session, CustomerRow, "code", [one.record.code for one in told])
    known = contacts_of(loading.session, [ids[one.key] for one in told])
    added, updated, changed = [], [], set()
    for one in told:
        customer_id = ids[one.key]
        before = _matching(known.get(customer_id, []), one.record)
        after = _contact(loading, one.record, before)
        if before is None:
            added.append((one.key[0], customer_id, *after, True))
        elif after != before[2:]:
            updated.append((before.contact_id, one.key[0], customer_id, *after, True))
        else:
            continue
        changed.add(one.key)
    columns = ("company_id", "customer_id", "name", "email", "phone", "role", "language", "is_primary")
    journal.note(loading, ContactRow, [row[0] for row in updated])
    upsert(loading.session, ContactRow, columns, added, ("company_id", "customer_id", "email", "name"))
    upsert(loading.session, ContactRow, ("id", *columns), updated, ("id",))
    journal.note_made(loading, ContactRow, [row[1] for row in added], by="customer_id")
    return changed


def _matching(contacts: Sequence[KnownContact], record: CustomerRecord) -> KnownContact | None:
    same = [one for one in contacts if (one.email, one.name) == (record.email or "", record.contact_name or "")]
    return next(iter(same or contacts), None)


def _contact(loading: Loading, record: CustomerRecord, before: KnownContact | None) -> tuple[str, str, str, str, str]:
    role = record.contact_role or "accounts_payable"
    new = (record.contact_name or "", record.email or "", record.phone or "", role, record.language or "")
    if before is None:
        return new
    has = map(loading.file.has, ("contact_name", "email", "phone", "contact_role", "language"))
    name, email, phone, role, language = (
        told if is_told else old for told, old, is_told in zip(new, before[2:], has, strict=True)
    )
    return name, email, phone, role, language
