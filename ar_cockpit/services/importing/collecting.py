"""The garbage collector's habits while rows pass by the hundred thousand."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS_BETWEEN = 200_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for unreachable cycles rarely: a batch makes many tuples and no cycle, and looking costs a third of all."""
    before = gc.get_threshold()
    gc.set_threshold(max(_OBJECTS_BETWEEN, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
