"""The days of overdue invoices one by one: which followed a contact, and what else moves the daily chance. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.history import Flags, Floats, Ints

AFTER = 7  # days after a contact in which a payment may be its doing
LAST_DAY = 120  # overdue
CHANNELS = ("email", "letter", "sms", "call")
# What is told of beside the channels: another tone, a later step, another day in place of the usual one.
COMPARED = ("neutral", "firm", "second", "third", "monday", "friday")
_CORNERS = (2, 4, 7, 10, 14, 21, 30, 45, 60, 90)
_FIRM = ("firm", "formal_notice")
_SECOND, _THIRD = 2, 3
_LEAST_BETWEEN = 0.02  # variance of the customers' paces, even where they seem all alike
_MONDAY, _FRIDAY, _SATURDAY = 0, 4, 5
_THURSDAY_1970 = 3  # weekday of day number 0


@dataclass(frozen=True, slots=True)
class Days:
    """One row for each invoice and day overdue on which it was unpaid when the day began."""

    invoice: Ints  # its place
    overdue: Ints
    day: Ints
    start: Ints  # of each invoice, the row of its first day
    length: Ints
    is_paid: Flags


def days_overdue(invoices: pd.DataFrame, as_of: int) -> Days:
    """Return the rows of prepared invoices, as far as ``as_of`` and ``LAST_DAY`` go."""
    due, settled = invoices["due"].to_numpy(), invoices["settled"].to_numpy()
    last = np.minimum(np.minimum(settled, as_of) - due, LAST_DAY)
    length = np.maximum(last, 0).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(length)[:-1]]).astype(np.int64)
    invoice = np.repeat(np.arange(len(invoices)), length)
    overdue = np.arange(len(invoice)) - start[invoice] + 1
    day = due[invoice] + overdue
    return Days(invoice, overdue, day, start, length, (settled[invoice] == day) & (day <= as_of))


def marks_of(
    invoices: pd.DataFrame, contacts: pd.DataFrame, days: Days, as_of: int
) -> tuple[dict[str, Flags], dict[str, Ints]]:
    """Return for each kind of contact the rows in the week after one, and the invoices it was about."""
    place = pd.Index(invoices["key"]).get_indexer(contacts["key"])
    due = invoices["due"].to_numpy()
    order = np.lexsort((contacts["day"].to_numpy(), place))
    known = (place >= 0) & (contacts["day"].to_numpy() < as_of)
    rows = contacts.iloc[order[known[order]]]
    at = place[order[known[order]]]
    overdue = rows["day"].to_numpy() - due[at]
    ordinal = pd.Series(at).groupby(at).cumcount().to_numpy() + 1
    weekday = (rows["day"].to_numpy() + _THURSDAY_1970) % 7
    tone = rows["tone"].to_numpy()
    kinds: dict[str, Any] = {channel: rows["channel"].to_numpy() == channel for channel in CHANNELS}
    kinds |= {"neutral": tone == "neutral", "firm": np.isin(tone, _FIRM)}
    kinds |= {"second": ordinal == _SECOND, "third": ordinal >= _THIRD}
    kinds |= {"monday": weekday == _MONDAY, "friday": weekday == _FRIDAY}
    marks, exposed = {}, {}
    for key, chosen in kinds.items():
        flags = np.zeros(len(days.invoice), dtype=bool)
        for later in range(1, AFTER + 1):
            row = overdue[chosen] + later
            one = at[chosen]
            inside = (row >= 1) & (row <= days.length[one])
            flags[days.start[one[inside]] + row[inside] - 1] = True
        marks[key], exposed[key] = flags, np.unique(at[chosen])
    return marks, exposed


def others(invoices: pd.DataFrame, days: Days, contacted: Flags, as_of: int) -> Floats:
    """Return what else moves the daily chance: days overdue, weekday, the customer's habit, the amount."""
    overdue = days.overdue.astype(float)
    columns = [overdue, np.log(overdue), *(np.maximum(overdue - corner, 0.0) for corner in _CORNERS)]
    weekday = (days.day + _THURSDAY_1970) % 7
    columns += [(weekday == one).astype(float) for one in range(1, _SATURDAY)]
    columns.append((weekday >= _SATURDAY).astype(float))
    place = np.clip((overdue - _habits(invoices, as_of)[days.invoice]) / 10.0, -3.0, 6.0)
    columns += [place, *(np.maximum(place - corner, 0.0) for corner in (-1.0, 0.0, 1.0, 2.0))]
    columns.append(_own_pace(invoices, days, contacted)[days.invoice])
    columns.append(np.log(np.maximum(invoices["amount"].to_numpy(dtype=float), 1.0))[days.invoice])
    return np.column_stack(columns)


def _own_pace(invoices: pd.DataFrame, days: Days, contacted: Flags) -> Floats:
    """Return for each invoice how fast its customer pays the others, on days that follow no contact (a log factor).

    It is drawn to all customers as far as the evidence is thin: who is slow is contacted more, and what is known of
    that with an error must not count as if it were sure. The invoice itself is left out: it is what is asked about.
    """
    free = ~contacted
    band = np.searchsorted(_CORNERS, days.overdue)
    at_risk = np.bincount(band[free], minlength=len(_CORNERS) + 1)
    rate = np.bincount(band[free & days.is_paid], minlength=len(_CORNERS) + 1) / np.maximum(at_risk, 1)
    paid = np.bincount(days.invoice[free], days.is_paid[free].astype(float), minlength=len(invoices))
    usual = np.bincount(days.invoice[free], rate[band[free]], minlength=len(invoices))
    customer = pd.factorize(invoices["customer"])[0]
    whole, expected = np.bincount(customer, paid), np.bincount(customer, usual)
    between = float(np.sum((whole - expected) ** 2 - expected) / max(float(np.sum(expected**2)), 1e-9))
    drawn = 1.0 / max(between, _LEAST_BETWEEN)
    others_paid, others_usual = whole[customer] - paid, expected[customer] - usual
    return np.asarray(np.log((np.maximum(others_paid, 0.0) + drawn) / (np.maximum(others_usual, 0.0) + drawn)))


def _habits(invoices: pd.DataFrame, as_of: int) -> Floats:
    """Return how late each invoice's customer paid what it had settled before that invoice fell due, drawn to all."""
    by_then = np.minimum(invoices["settled"].to_numpy(), as_of)
    late = np.clip(by_then - invoices["due"].to_numpy(), -30, LAST_DAY).astype(float)
    usual = float(np.median(late)) if len(late) else 0.0
    frame = pd.DataFrame({"customer": invoices["customer"], "due": invoices["due"], "settled": invoices["settled"]})
    settled = frame.assign(late=late).sort_values("settled", kind="stable")
    by_customer = settled.groupby("customer")["late"]
    settled["total"], settled["count"] = by_customer.cumsum(), by_customer.cumcount() + 1
    known = settled.rename(columns={"settled": "by"})[["customer", "by", "total", "count"]]
    asked = frame.assign(place=np.arange(len(frame))).sort_values("due", kind="stable")
    known = known.sort_values("by", kind="stable")
    met = pd.merge_asof(asked, known, left_on="due", right_on="by", by="customer", allow_exact_matches=False)
    met = met.sort_values("place")
    total, count = met["total"].fillna(0.0).to_numpy(), met["count"].fillna(0).to_numpy()
    drawn = 4.0  # invoices at which a customer's own habit weighs one half
    return np.asarray((total + drawn * usual) / (count + drawn))
