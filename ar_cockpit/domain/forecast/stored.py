"""A fitted forecast as bytes and back, and the marks by which one is known again. No code is stored, only numbers."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.forecast.calibration import Calibration, Shown
from ar_cockpit.domain.forecast.delay import DelayModel
from ar_cockpit.domain.forecast.features import Features
from ar_cockpit.domain.forecast.fitted import FittedForecast
from ar_cockpit.domain.forecast.hazard import HazardModel
from ar_cockpit.domain.forecast.history import known_on
from ar_cockpit.domain.forecast.model import Core
from ar_cockpit.domain.forecast.paydays import Habits
from ar_cockpit.domain.forecast.proportional import ProportionalModel

FORMAT = 2  # of the bytes: what was written otherwise is not read
METHOD = 3  # what another one learned stays readable, and is no fit of today's
_TOLD = "told.json"


def to_bytes(fitted: FittedForecast) -> bytes:
    """Return the fitted forecast as a compressed archive of arrays; the same one gives the same bytes."""
    told, arrays = _taken_apart(fitted)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, _TOLD, json.dumps(told, sort_keys=True).encode())
        for name in sorted(arrays):
            content = io.BytesIO()
            np.save(content, arrays[name], allow_pickle=False)
            _add(archive, f"{name}.npy", content.getvalue())
    return out.getvalue()


def from_bytes(content: bytes) -> FittedForecast:
    """Return the forecast that :func:`to_bytes` stored; raise ``InputError`` when it is none, or of another method."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told = json.loads(archive.read(_TOLD))
            if told["format"] != FORMAT:
                raise InputError("This version was made by another method.", "Fit a new one.")
            names = [name for name in archive.namelist() if name != _TOLD]
            arrays = {
                name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False) for name in names
            }
        return _put_together(told, arrays)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise InputError("The stored version cannot be read.", "Fit a new one.") from error


def checksum(content: bytes) -> str:
    """Return the mark of stored bytes."""
    return hashlib.sha256(content).hexdigest()


def data_checksum(ledger: pd.DataFrame, as_of: int) -> str:
    """Return the mark of everything a fit on ``as_of`` learns from, whatever the order of the rows."""
    known = known_on(ledger, as_of).drop(columns=["id", "open", "by_plan"], errors="ignore")
    told = known.sort_index(axis=1).astype({name: str for name in known.columns if str(known[name].dtype) == "string"})
    hashes = np.sort(pd.util.hash_pandas_object(told, index=False).to_numpy())
    return hashlib.sha256(f"{METHOD} {as_of} {list(told.columns)}".encode() + hashes.tobytes()).hexdigest()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _taken_apart(fitted: FittedForecast) -> tuple[dict[str, Any], dict[str, Any]]:
    core, delay = fitted.core, fitted.core.delay
    told: dict[str, Any] = {
        "format": FORMAT,
        "as_of": fitted.as_of,
        "method": fitted.method,
        "reason": fitted.reason,
        "settled": fitted.settled,
        "customers": fitted.customers,
        "sampled_of": fitted.sampled_of,
        "levels": core.features.levels,
        "usual_amount": core.features.usual_amount,
        "shares": core.features.shares,
        "names": list(delay.customers),
        "shrinkage": delay.shrinkage,
        "calibration": asdict(fitted.calibration),
    }
    arrays = {f"delay_{name}": getattr(delay, name) for name in _DELAY}
    if core.hazard is not None:
        arrays["hazard_coefficients"] = core.hazard.coefficients
        arrays |= {f"habits_{name}": getattr(core.hazard.habits, name) for name in _HABITS}
    if core.proportional is not None:
        arrays |= {f"pace_{name}": getattr(core.proportional, name) for name in _PACE}
        told["last_rate"] = core.proportional.last_rate
    return told, arrays


_DELAY = ("coefficients", "effects", "spreads", "grid", "curve")
_HABITS = ("weekday_counts", "run_counts", "weekday_shares", "run_shares")
_PACE = ("coefficients", "mean", "clock", "cumulated")


def _put_together(told: dict[str, Any], arrays: dict[str, Any]) -> FittedForecast:
    levels = tuple((column, tuple(values)) for column, values in told["levels"])
    features = Features(levels, told["usual_amount"], tuple(tuple(shares) for shares in told["shares"]))
    delay = DelayModel(
        customers={name: position for position, name in enumerate(told["names"])},
        shrinkage=told["shrinkage"],
        **{name: arrays[f"delay_{name}"] for name in _DELAY},
    )
    hazard = pace = None
    if "hazard_coefficients" in arrays:
        habits = Habits(**{name: arrays[f"habits_{name}"] for name in _HABITS})
        hazard = HazardModel(arrays["hazard_coefficients"], habits)
    if "last_rate" in told:
        pace = ProportionalModel(**{name: arrays[f"pace_{name}"] for name in _PACE}, last_rate=told["last_rate"])
    shown = told["calibration"].pop("shown")
    calibration = Calibration(**told["calibration"], shown=Shown(**shown) if shown else None)
    core = Core(told["as_of"], features, delay, hazard, pace)
    names = ("as_of", "method", "reason", "settled", "customers", "sampled_of")
    return FittedForecast(**{name: told[name] for name in names}, core=core, calibration=calibration)
