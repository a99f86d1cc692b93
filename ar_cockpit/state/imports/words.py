"""What was wrong with a row, in the reader's language, and what to do about it."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

from ar_cockpit.i18n import say
from ar_cockpit.state.display import rows
from ar_cockpit.state.imports.fec_words import FEC_REASONS

_READ_AS = r"(?: \(the column is read as (?P<order>\S+)\))?"
_NO_GROUP = ": the customer counts in no group through it"
_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}


class _Known(NamedTuple):
    """A reason as the readers write it, its key in the catalogue, and what to do about it."""

    pattern: re.Pattern[str]
    key: str
    mend: str


def _known(key: str, mend: str, pattern: str) -> _Known:
    return _Known(re.compile(pattern), f"imports.reason.{key}", f"imports.mend.{mend}")


_KNOWN = (
    _known("not_a_date", "date", r"Not a date"),
    _known("no_month", "date", rf"There is no month (?P<number>\d+){_READ_AS}"),
    _known("month_days", "date", rf"(?P<name>[A-Z][a-z]+) (?P<year>\d{{4}}) has (?P<days>\d+) days{_READ_AS}"),
    _known("year_range", "date", r"The year (?P<year>\d+) is not between (?P<first>\d+) and (?P<last>\d+)"),
    _known("short_year", "date", r"The year needs four digits"),
    _known("day_early_due", "date", r"1 day before the invoice date"),
    _known("early_due", "date", r"(?P<days>\d+) days before the invoice date"),
    _known("not_a_number", "amount", r"Not a number"),
    _known("other_mark", "amount", r"Not a number where '(?P<mark>.)' is the decimal mark, as it is in this column"),
    _known("two_signs", "amount", r"Two signs"),
    _known("too_much", "amount", r"More than [\d ]+"),
    _known("decimals", "amount", r"More decimals than (?P<currency>\w+) has \((?P<digits>\d)\)"),
    _known("rounded", "check", r"Rounded to (?P<amount>[-\d.]+)"),
    _known("negative", "check", r"Negative on an invoice; taken as a credit note"),
    _known("negative_limit", "amount", r"A credit limit is not negative"),
    _known("empty", "fill", r"Empty, and it is required"),
    _known("too_long", "value", r"Longer than (?P<length>\d+) characters|Too long"),
    _known("kind", "value", r"Neither invoice nor credit_note"),
    _known("flag", "value", r"Neither 1 nor 0"),
    _known("whole_number", "value", r"Not a whole number|Too large a number"),
    _known("terms", "value", r"Not between 0 and 3650 days"),
    _known("email", "value", r"Not an e-mail address; left out"),
    _known("language", "value", r"Not a two-letter language, such as fr; left out"),
    _known("country", "value", r"Not a two-letter country, such as FR; left out"),
    _known("currency", "currency", r"Not a currency code of ISO 4217, such as EUR"),
    _known("cells", "row", r"The row has (?P<found>\d+) cells where the header has (?P<wanted>\d+)"),
    _known("formula", "compute", r"A formula without a value: open the file in a spreadsheet and save it there"),
    _known("sheet_error", "compute", r"The cell holds an error of the spreadsheet"),
    _known("half", "row", r"The file ends in the midst of this amount"),
    _known("too_long", "row", r"A cell of this row is longer than (?P<length>\d+) characters"),
    _known("quotes", "row", r"The quotation marks of this row do not pair"),
    _known("control", "check", r"Line ends and control characters became one space"),
    _known("twice", "twice", r"Already on line (?P<line>\d+) with other contents"),
    _known("no_customer_in", "customers", r"No such customer in (?P<company>.+): load customers first"),
    _known("no_customer", "customers", r"No such customer: load customers first"),
    _known("parent_elsewhere", "check", rf"(?P<parent>.+) is a customer of (?P<company>.+){_NO_GROUP}"),
    _known("parent_unknown", "check", rf"No customer (?P<parent>.+){_NO_GROUP}"),
    _known("parent_circle", "check", r"Parents go round: (?P<path>.+); (?P<head>.+) counts as the head"),
    _known("no_payment", "payments", r"No such payment: load payments first"),
    _known("no_invoice", "invoices", r"No such invoice in the payment's company: load invoices first"),
    _known("companies", "company", r"This (?:customer|payment) exists in several companies: name the company"),
    _known("applied", "amount", r"Payments of (?P<amount>[-\d.]+ \w+) are applied to it"),
    _known("allocated", "amount", r"(?P<amount>[-\d.]+ \w+) of it are allocated"),
    _known("credit_sign", "amount", r"Allocations to a credit note are negative"),
    _known("invoice_left", "amount", r"More than is left of the invoice \((?P<amount>[^)]+)\)"),
    _known("payment_left", "amount", r"More than is left of the payment \((?P<amount>[^)]+)\)"),
    *(_Known(re.compile(pattern), f"fec.reason.{key}", f"fec.mend.{mend}") for key, mend, pattern in FEC_REASONS),
    _known("more_open", "check", r"More is open in this file than in the ledger \((?P<amount>[^)]+)\)"),
    _known("currencies", "currency", r"The invoice is in (?P<invoice>\w+), the payment in (?P<payment>\w+)"),
)


def reason_in_words(reason: str, language: str) -> tuple[str, str]:
    """Return ``reason`` and what to do about it, in ``language``; a reason nobody translated stays as it is."""
    for known in _KNOWN:
        found = known.pattern.fullmatch(reason)
        if found:
            values = {key: value or "" for key, value in found.groupdict().items()}
            if "name" in values:
                values["month"] = rows.month(date(int(values["year"]), _MONTHS.get(values["name"], 1), 1), language)
            return say(language, known.key, **values), say(language, known.mend)
    return reason, ""
