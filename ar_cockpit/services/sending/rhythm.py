"""When to commit: answers that come sooner than the disk are worth a moment, so that one commit serves them all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_LONGEST_WAIT = 0.006
_SLOW = 4  # answers that take so many commits are not waited for
_WEIGHT = 0.2  # of the latest one in the running averages


class Rhythm:
    """How long commits and answers take lately."""

    def __init__(self) -> None:
        self.commit_seconds = self.answer_seconds = 0.0
        self._begun: dict[int, float] = {}

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Time a commit."""
        begun = time.monotonic()
        yield
        self.commit_seconds += _WEIGHT * (time.monotonic() - begun - self.commit_seconds)

    def begin(self, line: int) -> None:
        """Note that a message is handed over on ``line``."""
        self._begun[line] = time.monotonic()

    def answered(self, line: int) -> None:
        """Note that the server answered on ``line``."""
        begun = self._begun.pop(line, None)
        if begun is not None:
            self.answer_seconds += _WEIGHT * (time.monotonic() - begun - self.answer_seconds)

    @property
    def patience(self) -> float:
        """For how many seconds to wait for those that are still talking."""
        if self.answer_seconds > _SLOW * self.commit_seconds:
            return 0.0
        return min(_LONGEST_WAIT, self.commit_seconds)
