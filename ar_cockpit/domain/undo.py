"""How long what a person did can be taken back."""

from __future__ import annotations

from datetime import timedelta

TIME_TO_UNDO = timedelta(days=1)
