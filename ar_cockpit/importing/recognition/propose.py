"""A mapping proposed for a header nobody knows: columns by name and content, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ar_cockpit.importing.recognition import names
from ar_cockpit.importing.recognition.evidence import (
    AGAINST,
    AMOUNTS,
    DATES,
    UNIQUE,
    Evidence,
    evidence_for,
    kind_of,
    share,
)
from ar_cockpit.importing.recognition.profile import Profile, profiles_of
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.columns import NOTE_COLUMNS, names_of, required_of
from ar_cockpit.importing.tabular.csv_rows import Row
from ar_cockpit.importing.tabular.mapping import (
    CUSTOMER_TARGETS,
    FULL,
    OPEN_ITEMS,
    Constant,
    Mapping,
    Source,
)

CUSTOMER = "customer."  # before a target of the customers that an invoice's or payment's rows bring along
_BY_CONTENT = 20  # what full agreement of the cells adds to a name
_REQUIRED = 30  # a column called Customer is its number first, and its name where another is the number
_NEARLY_ALL = 0.95
_KEYS = (*UNIQUE, "customer_id")
_TRIED = (Table.INVOICES, Table.PAYMENTS, Table.ALLOCATIONS, Table.CUSTOMERS)
_MOST_IN_PASSING = ("name", "email", "country", "language", "phone", "contact_name", "city", "vat_number", "sales_rep")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One column proposed for one target; a guess has no name to lean on."""

    column: str
    evidence: tuple[Evidence, ...]
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file seems to be; ``missing`` names the required targets that no column was found for."""

    mapping: Mapping
    suggestions: dict[str, Suggestion]  # by target; those of customers with ``customer.`` before them
    missing: tuple[str, ...]
    content: tuple[Evidence, ...] = ()
    currency: tuple[Evidence, ...] = ()


def targets_of(table: Table) -> list[str]:
    """Return everything a column of ``table`` can be, in the order in which it is asked for."""
    along = CUSTOMER_TARGETS if table in (Table.INVOICES, Table.PAYMENTS) else ()
    return [*names_of(table), *(CUSTOMER + target for target in along)]


def plain_target(target: str) -> str:
    """Return the canonical column behind a target."""
    return target.removeprefix(CUSTOMER)


def propose(header: Sequence[str], rows: Sequence[Row], hint: str, table: Table | None = None) -> Proposal:
    """Return what the file seems to be; ``hint`` is its name or its sheet's, ``table`` what a person says it is."""
    profiles = profiles_of(header, rows)
    tried = {one: _assigned(one, profiles) for one in ((table,) if table else _TRIED)}
    chosen = table or _likeliest(tried, hint)
    return _proposal(chosen, tried[chosen], header, hint)


def _assigned(table: Table, profiles: Sequence[Profile]) -> dict[str, tuple[Profile, bool]]:
    """Return a column for each target, best fits first, each column once; then guess what is required."""
    required = required_of(table)
    ranked = sorted(
        (
            (-score - _REQUIRED * (target in required), order, profile.index, target, profile)
            for order, target in enumerate(_proposed_for(table))
            for profile in profiles
            if (score := _score(plain_target(target), profile))
        ),
        key=lambda one: one[:3],
    )
    found: dict[str, tuple[Profile, bool]] = {}
    taken: set[int] = set()
    for _, _, index, target, profile in ranked:
        if target not in found and index not in taken:
            found[target] = (profile, False)
            taken.add(index)
    for target in (*required, "currency", "email"):
        left = [profile for profile in profiles if profile.index not in taken and profile.filled]
        guess = _guess(target, left) if target not in found and target in names_of(table) else None
        if guess:
            found[target] = (guess, True)
            taken.add(guess.index)
    return found


def _proposed_for(table: Table) -> list[str]:
    return [one for one in targets_of(table) if not one.startswith(CUSTOMER) or plain_target(one) in _MOST_IN_PASSING]


def _score(target: str, profile: Profile) -> int:
    fit = names.fit(target, profile.name)
    usable = share(target, profile)
    if not fit or (kind_of(target) and usable < AGAINST):
        return 0
    return fit + round(_BY_CONTENT * usable) - (_BY_CONTENT if not profile.filled else 0)


def _guess(target: str, left: Sequence[Profile]) -> Profile | None:
    """Return the column whose cells can be nothing likelier than ``target``."""
    if target in DATES or target in ("currency", "email"):
        return next((one for one in left if one.share(kind_of(target)) >= _NEARLY_ALL), None)
    if target in AMOUNTS:
        fitting = [
            one for one in left if one.share("amount") >= _NEARLY_ALL and one.count("comma") + one.count("point")
        ]
        return next(iter(fitting), None)
    if target not in _KEYS:
        return None
    keys = [one for one in left if _is_key(one) and (one.distinct == one.filled) is (target in UNIQUE)]
    return max(keys, key=lambda one: one.distinct, default=None)


def _is_key(profile: Profile) -> bool:
    """Whether a column could name things: filled throughout, neither dates nor decimals nor sentences."""
    others = (profile.share(kind) for kind in ("date", "currency", "words", "comma", "noise"))
    return profile.filled == profile.rows and profile.rows > 1 and all(one < AGAINST for one in others)


def _likeliest(tried: dict[Table, dict[str, tuple[Profile, bool]]], hint: str) -> Table:
    """Return the table most of whose required columns were found by name; the richer one when several are equal."""
    words = names.plain(hint)

    def told(table: Table) -> float:
        required = required_of(table)
        by_name = [target for target in required if target in tried[table] and not tried[table][target][1]]
        fits = sum(names.fit(target, tried[table][target][0].name) for target in by_name)
        less = 0.1 if table is Table.ALLOCATIONS else 0.0  # payments that name an invoice are payments first
        return len(by_name) / len(required) + fits / (1000 * len(required)) + 0.2 * _is_hinted(table, words) - less

    best = max(_TRIED, key=told)
    documents = max((Table.INVOICES, Table.PAYMENTS), key=told)
    # A list of documents names its customers too: it is one when it has most of what a document needs.
    return documents if best is Table.CUSTOMERS and told(documents) >= 0.75 else best


_HINTS = {
    Table.INVOICES: ("invoice", "facture", "open item", "poste", "fbl5n"),
    Table.PAYMENTS: ("payment", "receipt", "reglement", "encaissement", "paiement"),
    Table.ALLOCATIONS: ("allocation", "affectation", "lettrage"),
    Table.CUSTOMERS: ("customer", "client", "debtor", "tiers"),
}


def _is_hinted(table: Table, words: str) -> bool:
    return any(word in words for word in _HINTS[table])


def _proposal(table: Table, found: dict[str, tuple[Profile, bool]], header: Sequence[str], hint: str) -> Proposal:
    suggestions = _suggestions(table, found)
    columns: dict[str, Source] = {key: one.column for key, one in suggestions.items() if not key.startswith(CUSTOMER)}
    customer: dict[str, Source] = {
        plain_target(key): one.column for key, one in suggestions.items() if key.startswith(CUSTOMER)
    }
    amount = found["amount"][0] if "amount" in found else None
    code = names.currency_in(amount.name) if amount and "currency" not in columns else ""
    if code and "currency" in names_of(table):
        columns["currency"] = Constant(code)
    is_balance = bool(amount and names.is_balance(amount.name) and "settled_date" not in columns)
    mapping = Mapping(
        _name_from(hint),
        table,
        columns,
        header=tuple(dict.fromkeys(name for name in header if name not in NOTE_COLUMNS)),
        customer=customer,
        date_format=_date_format([profile for profile, _ in found.values()]),
        decimal_mark=_decimal_mark([found[target][0] for target in found if plain_target(target) in AMOUNTS]),
        round_amounts=bool(amount and amount.count("noise")),
        whole_numbers=_whole_numbers(found),
        content=OPEN_ITEMS if is_balance and table is Table.INVOICES else FULL,
    )
    missing = tuple(target for target in required_of(table) if target not in columns)
    told = {"column": amount.name, "code": code} if amount else {}
    balance = (Evidence("balance", told),) if is_balance else ()
    return Proposal(mapping, suggestions, missing, balance, (Evidence("currency_in_name", told),) if code else ())


def _suggestions(table: Table, found: dict[str, tuple[Profile, bool]]) -> dict[str, Suggestion]:
    """Return what was found in the order of the targets; customers cannot be made without a name."""
    targets = targets_of(table)
    suggestions = {
        target: Suggestion(profile.name, evidence_for(plain_target(target), profile), is_guess)
        for target, (profile, is_guess) in sorted(found.items(), key=lambda one: targets.index(one[0]))
    }
    if CUSTOMER + "name" in suggestions:
        return suggestions
    return {target: one for target, one in suggestions.items() if not target.startswith(CUSTOMER)}


def _name_from(hint: str) -> str:
    return names.plain(hint).replace(" ", "_")[:60] or "mapping"


def _date_format(used: Sequence[Profile]) -> str:
    """Return the order that the cells prove, or ``auto`` when they prove none or both."""
    day, month = (sum(one.count(kind) for one in used if one.share("date") >= AGAINST) for kind in _ORDERS)
    if bool(day) == bool(month):
        return "auto"
    return "dd/mm/yyyy" if day else "mm/dd/yyyy"


_ORDERS = ("day_first", "month_first")


def _decimal_mark(amounts: Sequence[Profile]) -> str:
    comma, point = (sum(one.count(kind) for one in amounts) for kind in ("comma", "point"))
    if bool(comma) == bool(point):
        return "auto"
    return "," if comma else "."


def _whole_numbers(found: dict[str, tuple[Profile, bool]]) -> tuple[str, ...]:
    """Return the keys that a spreadsheet or a script made into decimals: 2960623488.0."""
    keys = [found[target][0] for target in _KEYS if target in found]
    return tuple(one.name for one in keys if one.filled and one.count("whole") == one.filled)


def with_source(mapping: Mapping, target: str, source: Source | None) -> Mapping:
    """Return ``mapping`` with another source (or none) for ``target``."""
    is_along = target.startswith(CUSTOMER)
    changed = dict(mapping.customer if is_along else mapping.columns)
    changed.pop(plain_target(target), None)
    if source is not None:
        changed[plain_target(target)] = source
    return replace(mapping, customer=changed) if is_along else replace(mapping, columns=changed)
