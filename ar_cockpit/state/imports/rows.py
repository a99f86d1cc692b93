"""Imports ready to draw: what was read, what was or would be loaded, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import count, say
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services.importing.history import PastImport, Remark
from ar_cockpit.services.importing.looks import Look
from ar_cockpit.state.display import rows
from ar_cockpit.state.imports.changes import ChangesShown
from ar_cockpit.state.imports.control import ControlLine, control_of
from ar_cockpit.state.imports.words import reason_in_words

_BADGES = {"loaded": "ok", "unchanged": "info", "loaded_in_part": "watch", "taken_back": "info"}


@dataclass
class Cell:
    """A cell of a preview."""

    text: str
    is_numeric: bool


@dataclass
class Line:
    """A row of a preview."""

    cells: list[Cell]


@dataclass
class TotalLine:
    """The control total of one currency."""

    currency: str
    came: str
    kept_out: str
    taken: str
    agrees: bool


@dataclass
class Told:
    """A row set aside or a warning: where, what, why, and what to do."""

    line: str
    column: str
    value: str
    reason: str
    mend: str
    href: str = ""
    is_chosen: bool = False


@dataclass
class Decided:
    """How a whole column was read."""

    text: str
    is_certain: bool


@dataclass
class Summary:
    """One file's counts and totals."""

    name: str
    error: str = ""
    table: str = ""
    companies: str = ""
    mapping: str = ""
    read: str = ""
    taken: str = ""
    parts: str = ""
    kept_out: str = ""
    is_whole: bool = True
    warnings: str = ""
    totals: list[TotalLine] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    control: list[ControlLine] = field(default_factory=list)


@dataclass
class Tried:
    """A file looked at before it is imported."""

    summary: Summary
    head: list[Cell]
    sample: list[Line]
    told: list[Told]
    more: str
    changes: ChangesShown = field(default_factory=ChangesShown)
    proposed: str = ""
    columns_href: str = ""


@dataclass
class Past:
    """A past import in the list."""

    href: str
    name: str
    when: str
    by: str
    company: str
    table: str
    read: str
    kept_out: str
    kind: str
    state: str


# Heads of a preview and the record's fields behind them, by table.
_SAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "customers": (
        ("imports.col.customer", "code"),
        ("imports.col.name", "name"),
        ("imports.col.company", "company"),
        ("imports.col.country", "country"),
        ("imports.col.email", "email"),
        ("imports.col.currency", "currency"),
        ("imports.col.terms", "payment_terms_days"),
    ),
    "invoices": (
        ("imports.col.number", "number"),
        ("imports.col.customer", "customer"),
        ("imports.col.company", "company"),
        ("imports.col.issued", "invoice_on"),
        ("imports.col.due", "due_on"),
        ("imports.col.amount", "amount"),
        ("imports.col.currency", "currency"),
        ("imports.col.kind", "kind"),
    ),
    "fec": (
        ("imports.col.number", "number"),
        ("imports.col.customer", "customer"),
        ("imports.col.company", "company"),
        ("imports.col.issued", "invoice_on"),
        ("imports.col.amount", "amount"),
        ("imports.col.kind", "kind"),
    ),
    "payments": (
        ("imports.col.payment", "number"),
        ("imports.col.customer", "customer"),
        ("imports.col.company", "company"),
        ("imports.col.paid", "paid_on"),
        ("imports.col.amount", "amount"),
        ("imports.col.currency", "currency"),
    ),
    "allocations": (
        ("imports.col.payment", "payment"),
        ("imports.col.number", "invoice"),
        ("imports.col.amount", "amount"),
        ("imports.col.allocated", "allocated_on"),
    ),
}


def tried(look: Look, language: str) -> Tried:
    """Return a file as it would be imported."""
    fields = _SAMPLES.get(look.table, ())
    return Tried(
        summary_of(look.name, look.told, look.warnings, language),
        [Cell(say(language, key), field_ in ("amount", "payment_terms_days")) for key, field_ in fields],
        [Line([_cell(record, field_, language) for _, field_ in fields]) for record in look.sample],
        [_told(line, column, value, reason, language) for line, column, value, reason in look.remarks],
        count(language, "imports.more", look.more) if look.more else "",
    )


def _cell(record: Mapping[str, Any], name: str, language: str) -> Cell:
    value = record[name]
    if isinstance(value, date):
        return Cell(rows.day(value, language), is_numeric=False)
    if isinstance(value, Decimal):
        digits = exponent(record.get("currency") or "EUR")
        return Cell(rows.number(value, language, max(digits, -int(value.normalize().as_tuple().exponent))), True)
    if name == "kind":
        return Cell(say(language, f"imports.kind.{value}"), is_numeric=False)
    return Cell("" if value is None else str(value), isinstance(value, int))


def summary_of(name: str, told: Mapping[str, Any], warnings: int, language: str) -> Summary:
    """Return the counts, totals and decisions of one report."""
    if told.get("error"):
        return Summary(name, error=refusal(language, str(told["error"])), is_whole=False)
    totals, table = told["totals"], str(told["table"])
    kept_out = int(totals["quarantined"]["count"])
    return Summary(
        name,
        table=say(language, f"imports.table.{table}"),
        companies=say(language, "imports.for", companies=", ".join(told["companies"])) if told.get("companies") else "",
        mapping=say(language, "imports.by_mapping", name=told["mapping"]) if told["mapping"] else "",
        read=rows.number(totals["in"]["count"], language),
        taken=rows.number(totals["imported"]["count"], language),
        parts=_parts(told, table, language),
        kept_out=rows.number(kept_out, language),
        is_whole=not kept_out,
        warnings=count(language, "imports.warnings", warnings) if warnings else "",
        totals=[_total(currency, totals, language) for currency in totals["in"]["sum"]],
        decided=[_decided(one, language) for one in told["decisions"]],
        control=control_of(told, language),
    )


def _parts(told: Mapping[str, Any], table: str, language: str) -> str:
    """Return ``214 new, 71 changed, 3,902 as before``, and what came along."""
    words = [
        say(language, f"imports.{outcome}", n=rows.number(number, language))
        for outcome in ("created", "updated", "unchanged")
        if (number := told[outcome].get(table, sum(told[outcome].values())))  # a FEC is no one table: all of them
    ]
    along = [
        f"{rows.number(number, language)} {say(language, f'imports.many.{other}')}"
        for other, number in told["created"].items()
        if other != table and number
    ]
    if along:
        words.append(say(language, "imports.along", things=", ".join(along)))
    return ", ".join(words) or say(language, "imports.nothing")


def _total(currency: str, totals: Mapping[str, Any], language: str) -> TotalLine:
    came, kept_out, taken = (totals[part]["sum"].get(currency, "0") for part in ("in", "quarantined", "imported"))
    shown = (_money(amount, currency, language) for amount in (came, kept_out, taken))
    return TotalLine(currency, *shown, agrees=Decimal(came) == Decimal(kept_out) + Decimal(taken))


def _money(amount: str, currency: str, language: str) -> str:
    """Return an exact sum; what was set aside may have more decimals than the currency."""
    scaled = Decimal(amount).scaleb(exponent(currency))
    if scaled == scaled.to_integral_value():
        return rows.money_cents(int(scaled), currency, language)
    return f"{amount} {currency}"


def _decided(one: Mapping[str, Any], language: str) -> Decided:
    how = say(language, f"imports.decided.{_DECIDED[one['decided']]}")
    certain = bool(one["certain"])
    why = "" if certain else " " + say(language, "imports.uncertain")
    return Decided(say(language, "imports.decision", column=one["column"], how=how) + why, certain)


_DECIDED = {
    "dd/mm/yyyy": "day_first",
    "mm/dd/yyyy": "month_first",
    "decimal point": "point",
    "decimal comma": "comma",
}


def told_rows(remarks: Sequence[Remark], language: str) -> list[Told]:
    """Return rows set aside, or warnings, by line."""
    return [_told(one.line, one.column, one.value, one.reason, language) for one in remarks]


def _told(line: int, column: str, value: str, reason: str, language: str) -> Told:
    why, mend = reason_in_words(reason, language)
    return Told(rows.number(line, language), column, value[:80], why, mend)


def past(one: PastImport, href: str, when: str, language: str) -> Past:
    """Return a past import as a line of the list."""
    totals = one.report["totals"]
    return Past(
        href,
        one.file_name,
        when,
        one.imported_by,
        one.company,
        say(language, f"imports.table.{'settlements' if one.report.get('settles') else one.report['table']}"),
        rows.number(totals["in"]["count"], language),
        rows.number(one.set_aside, language) if one.set_aside else rows.NOTHING,
        _BADGES.get(one.state, "info"),
        say(language, f"imports.state.{one.state}"),
    )
