"""Reasons in words, as the screens say them."""

from __future__ import annotations

from ar_cockpit.i18n.reasons import SCRIPT, STANDING, TASK, days_before, sentence

__all__ = ["SCRIPT", "STANDING", "TASK", "days_before", "sentence"]
