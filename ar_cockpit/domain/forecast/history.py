"""What a forecast may know on its as-of date: everything dated later is censored here, whoever forgot to."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FEATURE_PREFIX = "custom."  # columns of the input frame that may become features
MAX_HISTORY = 200_000  # invoices a fit looks at, newest first: bounds time and memory on a ledger of any size
SAMPLED_DAYS = 365  # over which a sample is spread
FAR = 2_000_000  # a day number after every date: not settled


def day_number(day: date) -> int:
    """Return ``day`` as days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def to_date(number: int) -> date:
    """Return the day that :func:`day_number` numbered."""
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


def _numbers(column: pd.Series, missing: int) -> Ints:
    if is_numeric_dtype(column):  # numbered already, or none at all
        numbers = column.to_numpy(dtype=float)
        return np.where(np.isnan(numbers), missing, np.nan_to_num(numbers)).astype(np.int64)
    days = pd.to_datetime(column).to_numpy("datetime64[D]")
    return np.where(np.isnat(days), missing, days.astype(np.int64)).astype(np.int64)


def prepared(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices with day numbers (``issued due settled``), in the order of their business keys.

    Days may come as dates or as such numbers.
    """
    out = pd.DataFrame(index=frame.index)
    out["number"] = frame["invoice_number"].astype(str)
    out["company"] = frame["company"].astype(str) if "company" in frame else ""
    out["customer"] = out["company"].str.cat(frame["customer"].astype(str), sep="\x1f")
    out["currency"] = frame["currency"].astype(str) if "currency" in frame else ""
    out["amount"] = frame["amount"].astype(float)
    out["open"] = frame["open"].astype(float) if "open" in frame else out["amount"]
    out["issued"] = _numbers(frame["issued_on"], 0)
    out["due"] = _numbers(frame["due_on"], 0)
    out["settled"] = _numbers(frame["settled_on"], FAR) if "settled_on" in frame else FAR
    for column in sorted(name for name in frame.columns if str(name).startswith(FEATURE_PREFIX)):
        out[column] = frame[column].astype("string")
    if "promised_on" in frame:
        out["promised"] = _numbers(frame["promised_on"], FAR)
        out["promise_until"] = _numbers(frame["promise_until"], FAR)
    if "disputed" in frame:
        out["disputed"] = frame["disputed"].astype(bool)
    if "by_plan" in frame:
        out["by_plan"] = frame["by_plan"].astype(bool)
    if "id" in frame:  # whoever predicts open invoices finds them again by it
        out["id"] = frame["id"]
    return out.sort_values(["company", "number"], kind="stable", ignore_index=True)


def known_on(ledger: pd.DataFrame, as_of: int, most: int = MAX_HISTORY) -> pd.DataFrame:
    """Return the prepared invoices issued by ``as_of``, with what was settled later counted as open then."""
    known = ledger[ledger["issued"] <= as_of]
    if len(known) > most:
        known = known.iloc[_sampled(known, as_of, most)]
    known = known.reset_index(drop=True)
    settled = known["settled"].to_numpy()
    is_settled = settled <= as_of
    return known.assign(settled=np.where(is_settled, settled, FAR), until=np.where(is_settled, settled, as_of))


def _sampled(known: pd.DataFrame, as_of: int, most: int) -> Ints:
    """Return the rows of the newest invoices; where few of those are paid yet, of every so manieth of the last year."""
    newest = np.argsort(-known["issued"].to_numpy(), kind="stable")
    is_settled = known["settled"].to_numpy() <= as_of
    if np.count_nonzero(is_settled[newest[:most]]) >= most // 2:
        return np.sort(newest[:most])
    in_a_year = int(np.count_nonzero(known["issued"].to_numpy() > as_of - SAMPLED_DAYS))
    return np.sort(newest[np.linspace(0, max(in_a_year, most) - 1, most).astype(int)])


def with_usual_traits(planned: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return planned invoices with the custom columns they lack as on their customer's latest known invoice."""
    latest = known.sort_values(["issued", "number"], kind="stable").drop_duplicates("customer", keep="last")
    latest = latest.set_index("customer")
    out = planned.copy()
    for column in (name for name in known.columns if str(name).startswith(FEATURE_PREFIX)):
        usual = out["customer"].map(latest[column]).astype("string")
        own = out[column].replace("", None) if column in out else pd.Series(None, index=out.index, dtype="string")
        out[column] = own.fillna(usual)
    return out


def open_on(ledger: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Return the prepared invoices issued by ``as_of`` and not settled by then."""
    is_open = (ledger["issued"] <= as_of) & (ledger["settled"] > as_of)
    return ledger[is_open].reset_index(drop=True)
