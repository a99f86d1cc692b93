"""Reasons in words, as the screens say them."""

from __future__ import annotations

from ar_cockpit.i18n.reasons import STANDING, TASK, days_before, sentence

__all__ = ["STANDING", "TASK", "days_before", "sentence"]
