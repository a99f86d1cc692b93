"""Who would have paid anyway: a hold-out's answer, drawn to what was observed of contacts. Pure.

In the days of its delay a hold-out compares customers who were reminded with customers who were not, and chance alone
made them two groups. The ratio of their daily rates of payment is what the observation asks for too, so one can be held
against the other: each counts as far as it is sure, and an observation is never surer than ``DOUBT`` allows, for who is
contacted may differ in ways that no ledger shows.
"""

from __future__ import annotations

from math import exp, log, log1p, sqrt

from ar_cockpit.domain.forecast.causal import Arm, Difference

Share = tuple[float, float, float]  # of those who paid after a contact, who would have anyway; its 95 % interval

AFTER = 7  # days after a contact in which a payment may be its doing
DOUBT = log(1.5) / 1.96  # what an observation may be off by for reasons of its own: one and a half times, at 95 %
_LEAST_RATIO = 0.25  # a reminder that makes four in four pay later is no finding
_NORMAL_95 = 1.959964


def paid_anyway(trial: Difference | None, observed: Share | None) -> Share | None:
    """Return the share by a trial together with the observation; ``None`` without a trial that says enough.

    ``trial`` is the difference within the days of its delay: later both arms are reminded.
    """
    if trial is None or trial.gain is None:
        return None
    value, variance = _tried(trial)
    if observed is not None:
        usual, doubt = _seen(observed)
        own = doubt / (variance + doubt)  # weight of the trial's answer
        value, variance = own * value + (1.0 - own) * usual, own * variance
    width = _NORMAL_95 * sqrt(variance)
    share, low, high = (min(1.0, exp(one)) for one in (value, value - width, value + width))
    return share, low, high


def _tried(trial: Difference) -> tuple[float, float]:
    """Return the logarithm of the share by the trial alone, and its variance."""
    (asked, asked_variance), (left, left_variance) = _rate(trial.at_once), _rate(trial.held)
    ratio = asked / left
    # A contact counts for a week: of a longer delay only those days are faster.
    stretch = max(1.0, trial.within / AFTER)
    faster = max(_LEAST_RATIO, 1.0 + stretch * (ratio - 1.0))
    relative = asked_variance / asked**2 + left_variance / left**2
    return -log(faster), (stretch * ratio / faster) ** 2 * relative


def _rate(arm: Arm) -> tuple[float, float]:
    """Return the rate of payment of an arm over all its days, and its variance.

    Half a payment is added on both sides: where none came, or all, one more or less is what is not known.
    """
    share = (arm.paid + 0.5) / (arm.invoices + 1.0)
    variance = max(arm.variance, share * (1.0 - share) / (arm.invoices + 1.0))
    return -log1p(-share), variance / (1.0 - share) ** 2


def _seen(observed: Share) -> tuple[float, float]:
    """Return the logarithm of an observed share, and its variance with the doubt of any observation."""
    share, low, high = (max(one, 0.001) for one in observed)
    return log(share), (log(high / low) / (2 * _NORMAL_95)) ** 2 + DOUBT**2
