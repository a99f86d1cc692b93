"""What is known of an invoice when it is issued: amount, terms and the ledger's own custom columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.history import FEATURE_PREFIX, Floats

FILLED_SHARE = 0.95
FEWEST_VALUES, MOST_VALUES = 2, 20
# A column named after an outcome was filled in later than the issue: to learn from it would be to look ahead.
OUTCOME_WORDS = ("disput", "settle", "paid", "days late", "dayslate", "clear_date", "overdue")


@dataclass(frozen=True, slots=True)
class Features:
    """Which columns count, with their values in a fixed order, and the usual amount of each currency."""

    levels: tuple[tuple[str, tuple[str, ...]], ...]  # column, values; the first (most frequent) is the reference
    usual_amount: dict[str, float]
    shares: tuple[tuple[float, ...], ...] = ()  # of each column's values among the invoices learned from

    @property
    def names(self) -> tuple[str, ...]:
        """The features a reader would recognise."""
        return ("amount", "terms", *(column.removeprefix(FEATURE_PREFIX) for column, _ in self.levels))


def learn_features(known: pd.DataFrame) -> Features:
    """Return the features that the invoices known on the day support."""
    levels: list[tuple[str, tuple[str, ...]]] = []
    shares: list[tuple[float, ...]] = []
    for column in sorted(name for name in known.columns if str(name).startswith(FEATURE_PREFIX)):
        if any(word in column.lower() for word in OUTCOME_WORDS):
            continue
        values = known[column]
        counts = values[values.notna() & (values != "")].value_counts()
        if counts.sum() >= FILLED_SHARE * len(known) and FEWEST_VALUES <= len(counts) <= MOST_VALUES:
            in_order = sorted(counts.index, key=lambda value: (-int(counts[value]), value))
            levels.append((column, tuple(in_order)))
            shares.append(tuple(float(counts[value]) / float(counts.sum()) for value in in_order))
    positive = known[known["amount"] > 0]
    usual = positive.groupby("currency")["amount"].median()
    return Features(tuple(levels), {str(currency): float(amount) for currency, amount in usual.items()}, tuple(shares))


def log_amount(features: Features, frame: pd.DataFrame) -> Floats:
    """Return each amount relative to the usual one of its currency, as a bounded logarithm."""
    usual = frame["currency"].map(features.usual_amount).fillna(1.0).to_numpy(dtype=float)
    ratio = np.maximum(frame["amount"].to_numpy(dtype=float), 0.01) / np.maximum(usual, 0.01)
    return np.asarray(np.clip(np.log(ratio), -4.0, 4.0), dtype=float)


def terms(frame: pd.DataFrame) -> Floats:
    """Return the months from issue to due date, bounded."""
    days = frame["due"].to_numpy() - frame["issued"].to_numpy()
    return np.asarray(np.clip(days / 30.0, 0.0, 4.0), dtype=float)


def design(features: Features, frame: pd.DataFrame) -> Floats:
    """Return one row of numbers for each invoice: a constant, amount, terms and one column for each value.

    A value that is missing or was never seen counts as the usual mixture of values.
    """
    columns = [np.ones(len(frame)), log_amount(features, frame), terms(frame) - 1.0]
    for (column, values), shares in zip(features.levels, features.shares, strict=True):
        present = frame[column].astype("string").fillna("").to_numpy() if column in frame else np.full(len(frame), "")
        is_known = np.isin(present, values)
        columns += [
            np.where(is_known, present == value, share).astype(float)
            for value, share in zip(values[1:], shares[1:], strict=True)
        ]
    return np.column_stack(columns)
