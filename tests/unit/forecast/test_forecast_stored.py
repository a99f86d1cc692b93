"""A fitted forecast as bytes: the same one comes back, the same data has the same mark, nothing foreign is read."""

from __future__ import annotations

import io
import json
import zipfile

import pandas as pd
import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.forecast import fitted as forecast
from ar_cockpit.domain.forecast import stored
from ar_cockpit.domain.forecast.history import open_on, prepared
from tests.forecast_ledgers import a_ledger, day

AS_OF = day("2025-12-01")


@pytest.mark.parametrize("count", [10, 60, 300], ids=["a wide guess", "customers alone", "all models"])
def test_what_is_stored_forecasts_as_what_was_fitted(count: int) -> None:
    ledger = prepared(a_ledger(count, 10))
    fitted = forecast.fit(ledger, AS_OF)
    content = stored.to_bytes(fitted)
    again = stored.from_bytes(content)
    pending = open_on(ledger, AS_OF)
    pd.testing.assert_frame_equal(forecast.predict(fitted, pending), forecast.predict(again, pending))
    assert stored.checksum(stored.to_bytes(again)) == stored.checksum(content)
    assert again.calibration == fitted.calibration


def test_the_mark_of_the_data_knows_no_order_and_no_future_but_every_change() -> None:
    ledger = prepared(a_ledger(120, 10))
    mark = stored.data_checksum(ledger, AS_OF)
    assert stored.data_checksum(ledger.sample(frac=1.0, random_state=1), AS_OF) == mark
    assert stored.data_checksum(ledger[ledger["issued"] <= AS_OF], AS_OF) == mark
    assert stored.data_checksum(ledger.assign(amount=ledger["amount"] + 1), AS_OF) != mark
    assert stored.data_checksum(ledger, AS_OF - 30) != mark


def another_method() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("told.json", json.dumps({"format": 0}))
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"no archive", another_method()], ids=["empty", "other", "another method"])
def test_what_is_none_of_ours_is_refused(content: bytes) -> None:
    with pytest.raises(InputError):
        stored.from_bytes(content)
