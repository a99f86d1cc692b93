"""Push contacts of known customers: found again by e-mail, else by name; what is not told stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.tables import ContactRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.importing.records import Flawed, Reason, Table
from ar_cockpit.importing.values import texts
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.customer_lookup import CustomerLookup
from ar_cockpit.services.importing.turn import take_turn
from ar_cockpit.services.pushing.items import Item, tidied
from ar_cockpit.services.pushing.ledger import PushReport, loading_for, place, record
from ar_cockpit.services.pushing.outcomes import ItemOutcome, Refusal
from ar_cockpit.settings import Settings

_TOLD = ("name", "email", "phone", "role", "language", "is_primary")
_COLUMNS = ("company_id", "customer_id", *_TOLD)
_READERS = {"email": texts.read_emails, "language": texts.read_languages, "role": texts.read_roles}


class _Known(NamedTuple):
    """A contact as the ledger has it, or as it will have it."""

    contact_id: int | None
    customer_id: int
    values: dict[str, Any]


def push(session: Session, actor: Actor, items: Sequence[Item], *, on: date, settings: Settings) -> PushReport:
    """Create or update contacts and return what became of each item."""
    actor.require(Permission.IMPORT_LEDGER)
    take_turn(session)
    items = [tidied(item) for item in items]
    loading = loading_for(session, actor, Table.CUSTOMERS, on, settings)
    outcomes = [ItemOutcome(number, _key(item)) for number, item in enumerate(items, 1)]
    placed = place(loading, items, outcomes, may_make=False)
    round_ = _Round(loading, placed)
    for number, item in placed:
        outcome = outcomes[number - 1]
        told = round_.take(item)
        if isinstance(told, Refusal):
            outcome.errors.append(told)
        else:
            outcome.outcome = told
    round_.write()
    report = PushReport(tuple(outcomes))
    if report.has_changed_anything:
        record(session, actor, "contacts", report, loading)
    return report


class _Round:
    """All items of one push, with everything known of them read beforehand."""

    def __init__(self, loading: Loading, placed: Sequence[tuple[int, Item]]) -> None:
        self._loading, self._session = loading, loading.session
        self._customers = CustomerLookup(loading, (item["customer_id"] for _, item in placed))
        found = [self._customers.find(item["company"], item["customer_id"]) for _, item in placed]
        self._known = _contacts(self._session, [one.customer_id for one in found if not isinstance(one, Reason)])
        self._changed: dict[int, tuple[_Known, int]] = {}  # by identity: the contact and its company

    def take(self, item: Item) -> str | Refusal:
        """Take one item over, and return what became of it."""
        customer = self._customers.find(item["company"], item["customer_id"])
        if isinstance(customer, Reason):
            return Refusal.told("customer_id", str(customer))
        told = _read(item)
        if isinstance(told, Refusal):
            return told
        contacts = self._known.setdefault(customer.customer_id, [])
        one = _matching(contacts, told)
        is_new = one is None
        if one is None:
            fresh = {"name": "", "email": "", "phone": "", "role": "accounts_payable", "language": ""}
            one = _Known(None, customer.customer_id, fresh | {"is_primary": not contacts})
            contacts.append(one)
        before = dict(one.values)
        one.values.update(told)
        if told.get("is_primary"):
            self._step_back(contacts, one, customer.company_id)
        if not is_new and one.values == before:
            return "unchanged"
        self._changed[id(one)] = (one, customer.company_id)
        self._loading.touched.add(customer.company_id)
        return "created" if is_new else "updated"

    def write(self) -> None:
        """Write what is new or different."""
        rows = [
            (one.contact_id, (company, one.customer_id, *(one.values[name] for name in _TOLD)))
            for one, company in self._changed.values()
        ]
        upsert(self._session, ContactRow, _COLUMNS, [row for key, row in rows if key is None])
        known = [(key, *row) for key, row in rows if key is not None]
        upsert(self._session, ContactRow, ("id", *_COLUMNS), known, ("id",))

    def _step_back(self, contacts: Sequence[_Known], first: _Known, company_id: int) -> None:
        """Let one contact be the first to write to, and no other."""
        for one in contacts:
            if one is not first and one.values["is_primary"]:
                one.values["is_primary"] = False
                self._changed[id(one)] = (one, company_id)


def _contacts(session: Session, customer_ids: Sequence[int]) -> dict[int, list[_Known]]:
    columns = (getattr(ContactRow, name) for name in ("id", "customer_id", *_TOLD))
    question = select(*columns).where(among(session, col(ContactRow.customer_id), sorted(set(customer_ids))))
    found: dict[int, list[_Known]] = {}
    for key, customer_id, *values in session.execute(question.order_by(col(ContactRow.id))):
        found.setdefault(customer_id, []).append(_Known(key, customer_id, dict(zip(_TOLD, values, strict=True))))
    return found


def _matching(contacts: Sequence[_Known], told: dict[str, Any]) -> _Known | None:
    """Return the contact with this e-mail, of several the one with this name too; without an e-mail, by name."""
    email, name = told.get("email", "").lower(), told.get("name", "")
    if not email:
        return next((one for one in contacts if name and one.values["name"] == name), None)
    same = [one for one in contacts if one.values["email"].lower() == email]
    return next((one for one in same if one.values["name"] == name), same[0] if same else None)


def _read(item: Item) -> dict[str, Any] | Refusal:
    told: dict[str, Any] = {}
    for name in _TOLD:
        if name not in item or (name == "is_primary" and item[name] is None):
            continue
        value = item[name]
        if name != "is_primary":
            value = texts.without_control(value or "").strip()
        if name in _READERS:
            value = _READERS[name]([value])[0]
        if isinstance(value, Flawed):
            return Refusal("invalid", name, value.reason.removesuffix("; left out"))
        told[name] = value
    if not told.get("email") and not told.get("name"):
        return Refusal("invalid", "email", "A contact needs an e-mail address or a name")
    return told


def _key(item: Item) -> dict[str, str]:
    return {name: item.get(name) or "" for name in ("customer_id", "email", "name")}
