"""Time a question and its floor in turn, in one run, so that a busy machine slows both.

Beside the time on the clock stands the *work*: the processor time of the product's own process, which other programs do
not add to. On SQLite the database's work is in it; a PostgreSQL server's is not.
"""

from __future__ import annotations

import gc
import math
import re
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.bench.asking import Asked, Plain, Question
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.session import glancing, reading

_ABOUT = Slice((1, 2, 3), "EUR")
Taken = tuple[float, float, float]  # the product's milliseconds, of them its work, and the floor's


@dataclass(frozen=True, slots=True)
class Measured:
    """A question's times in milliseconds beside its floor's."""

    name: str
    goal: float
    of: str  # which time the goal is about
    median: float
    p99: float
    floor_median: float
    floor_p99: float
    work_median: float
    work_p99: float
    held_mb: float | None = None  # the most memory that Python held for it at once

    @property
    def told(self) -> float:
        """The time that the goal is about."""
        return self.p99 if self.of == "p99" else self.median

    @property
    def ratio(self) -> float:
        """How many times the floor it takes."""
        floor = self.floor_p99 if self.of == "p99" else self.floor_median
        return self.told / floor if floor else math.inf

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.told <= self.goal


def measure(engine: Engine, question: Question, today: date, customers: int, turns: int | None = None) -> Measured:
    """Answer ``question`` as often as it says, each time about something else, and its floor in between."""
    taken: list[Taken] = []
    with _undisturbed():
        for turn in range(-question.warmed, turns or question.turns):
            asked = Asked(today, _ABOUT, abs(turn), customers)
            plain = [placed(engine, one) for one in question.floor(asked)]
            if question.is_p99:  # about the data in cache, of which each turn wants other pages
                _product(engine, question, asked)
            one = (*_product(engine, question, asked), _floor(engine, plain)[0])
            if turn >= 0:  # those before warm the caches
                taken.append(one)
    product, work, floor = (list(times) for times in zip(*taken, strict=True))
    of = "p99" if question.is_p99 else "median"
    told = (value for times in (product, floor, work) for value in (statistics.median(times), _p99(times)))
    found = Measured(question.name, question.goal, of, *told)
    return replace(found, held_mb=_weighed(engine, question, today, customers)) if question.is_weighed else found


def _weighed(engine: Engine, question: Question, today: date, customers: int) -> float:
    """Return the most megabytes that Python holds at once in one more turn, which this slows down."""
    tracemalloc.start()
    try:
        _product(engine, question, Asked(today, _ABOUT, 0, customers))
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector away: its pauses belong to whatever was made before."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _product(engine: Engine, question: Question, asked: Asked) -> tuple[float, float]:
    if question.is_undone:
        with Session(engine) as session:
            session.connection()
            if question.before:
                question.before(session, asked)
            taken = _timed(lambda: question.product(session, asked))
            session.rollback()
            return taken
    # About one customer: as the screens and the API ask it.
    with (glancing if question.is_p99 else reading)(engine) as session:
        session.connection()
        return _timed(lambda: question.product(session, asked))


def _floor(engine: Engine, plain: Sequence[tuple[str, Any]]) -> tuple[float, float]:
    # Committed as the product's own reading is: after a ROLLBACK the driver forgets what PostgreSQL had prepared.
    with engine.execution_options(read_only=True).begin() as connection:
        connection.exec_driver_sql("SELECT 1")
        driver: Any = connection.connection.driver_connection

        def ask() -> None:
            for question, values in plain:
                driver.execute(question, values).fetchall()

        return _timed(ask)


def placed(engine: Engine, plain: Plain) -> tuple[str, Any]:
    """Return a plain question as the driver wants its values named."""
    question, values = plain
    if engine.dialect.name == "postgresql":
        return re.sub(r"(?<!:):(\w+)", r"%(\1)s", question), values
    return question, values


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds on the clock, and of this process' work: some questions share theirs among threads."""
    begun, working = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - begun) * 1000, (time.process_time() - working) * 1000


def _p99(times: Sequence[float]) -> float:
    return sorted(times)[max(0, math.ceil(0.99 * len(times)) - 1)]
