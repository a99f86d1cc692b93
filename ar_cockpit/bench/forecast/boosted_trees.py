"""Boosted trees for the daily chance of payment: a yardstick, no part of the product, and only where LightGBM is."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.backtest import Forecaster
from ar_cockpit.domain.forecast.delay import DelayModel, fit_delay
from ar_cockpit.domain.forecast.distribution import HORIZON, Distribution
from ar_cockpit.domain.forecast.features import Features, design, learn_features
from ar_cockpit.domain.forecast.history import Floats, Ints
from ar_cockpit.domain.forecast.paydays import run_kind, weekday

OPTIONS = {"objective": "binary", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 60, "seed": 1}
QUIET = {"deterministic": True, "num_threads": 1, "verbose": -1}
ROUNDS = 150
LONGEST_LATE = 200


def is_there() -> bool:
    """Return whether LightGBM is installed: it comes with the development tools only."""
    return importlib.util.find_spec("lightgbm") is not None


def by_lightgbm(past: pd.DataFrame, origin: int) -> Forecaster:
    """Return the trees' forecast, fitted on what the product's own models see."""
    lightgbm: Any = importlib.import_module("lightgbm")
    features = learn_features(past)
    fit = fit_delay(past, features, None)
    first, last = past["issued"].to_numpy(), np.minimum(past["until"].to_numpy(), past["due"].to_numpy() + LONGEST_LATE)
    lengths = np.maximum(last - first + 1, 1)
    row = np.repeat(np.arange(len(past)), lengths)
    on = first[row] + np.arange(lengths.sum()) - (np.cumsum(lengths) - lengths)[row]
    paid = (past["settled"].to_numpy()[row] == on) & (on <= origin)
    columns = _columns(past, features, row, on, (fit.centre_without[row], fit.spread_without[row]))
    trees = lightgbm.train(OPTIONS | QUIET, lightgbm.Dataset(columns, paid.astype(float)), num_boost_round=ROUNDS)
    return Forecaster(lambda frame, start: _by_trees(trees, fit.model, features, frame, start))


def _columns(frame: pd.DataFrame, features: Features, row: Ints, on: Ints, expected: tuple[Floats, Floats]) -> Floats:
    late = on - frame["due"].to_numpy()[row]
    age = on - frame["issued"].to_numpy()[row]
    standing = [late, age, late - expected[0], (late - expected[0]) / expected[1], expected[1], weekday(on)]
    return np.column_stack([*standing, run_kind(on), design(features, frame)[row, 1:]])


def _by_trees(trees: Any, delays: DelayModel, features: Features, frame: pd.DataFrame, start: Ints) -> Distribution:
    row = np.repeat(np.arange(len(frame)), HORIZON)
    on = (start[:, None] + np.arange(1, HORIZON + 1)).ravel()
    centre, spread = delays.centre(features, frame, delays.positions(frame))
    columns = _columns(frame, features, row, on, (centre[row], spread[row]))
    chance = np.asarray(trees.predict(columns)).reshape(len(frame), HORIZON)
    unpaid = np.cumprod(1.0 - chance, axis=1)
    return Distribution(start, np.column_stack([np.ones(len(frame)), unpaid]))
