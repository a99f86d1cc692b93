"""Reading ahead of the database: before the transaction begins, and while its server is busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from decimal import localcontext
from typing import Any

from ar_cockpit.db.streaming import rare_collections
from ar_cockpit.importing.records import Batch
from ar_cockpit.importing.values.amounts import EXACT_DIGITS

ROWS_BEFORE = 50_000  # read before the transaction: most files whole

Batches = Iterator[Batch[Any]]
Reading = Callable[[Batches], Batches]


@contextmanager
def exact_and_swift() -> Iterator[None]:
    """Compute without rounding, and do not look for garbage where there is none."""
    with rare_collections(), localcontext(prec=EXACT_DIGITS):
        yield


def begun(batches: Batches) -> Batches:
    """Read the first rows at once, and return all batches."""
    first: deque[Batch[Any]] = deque()
    read = 0
    while read < ROWS_BEFORE and (batch := next(batches, None)):
        first.append(batch)
        read += len(batch.records) + len(batch.rejects)
    return _after(first, batches)


def _after(first: deque[Batch[Any]], batches: Batches) -> Batches:
    while first:
        yield first.popleft()
    yield from batches


def overlapping(batches: Batches) -> Batches:
    """Read each batch in a thread while the one before is loaded: the database works without the interpreter."""
    context = copy_context()

    def read() -> Batch[Any] | None:
        return context.run(lambda: next(batches, None))

    with ThreadPoolExecutor(1, "import-reader") as reader:
        coming = reader.submit(read)
        while batch := coming.result():
            coming = reader.submit(read)
            yield batch
