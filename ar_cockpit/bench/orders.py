"""Order checks by the API as `bench` measures them: fifty programs at once, beside the same questions in plain SQL.

Two ways of asking: *paced*, each program once a second, as ERPs ask while people take orders; and *flat out*, each
program again as soon as it is answered, which tells how many checks a second one web process answers at most.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from secrets import token_hex
from threading import local
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from ar_cockpit import routes
from ar_cockpit.bench.asking import Asked
from ar_cockpit.bench.measure import placed
from ar_cockpit.bench.questions import standing_floor
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, TokenScope
from ar_cockpit.processes import Family
from ar_cockpit.services.clock import now
from ar_cockpit.services.programs import tokens
from ar_cockpit.services.programs.tokens import TokenOrder

NAMES = ("order_checks",)
CLIENTS = 50
GOAL_MS = 50.0  # of the slowest of a hundred
PACED_SECONDS, FLAT_OUT = 12, 30  # seconds of the one, questions of each program in the other
_START_SECONDS = 60.0
_RESERVES = 5  # one order of so many is kept too
_WARMING = 12  # questions of each program before what counts
Ask = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How long answers took, in milliseconds, beside the plain questions asked in the same way."""

    name: str
    clients: int
    checks: int
    median: float
    p99: float
    floor_median: float
    floor_p99: float
    per_second: float
    refused: int  # answers that were none
    work_ms: float | None = None  # of the serving processes for each check, where the system tells it
    goal: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met, where there is one."""
        return None if self.goal is None else self.p99 <= self.goal and not self.refused


@dataclass(frozen=True, slots=True)
class _Load:
    """Who is asked about, and how the questions come."""

    today: date
    customers: list[tuple[int, str, str]]  # key, company, code
    clients: int
    seconds: int
    each: int
    server: int  # the process that began the serving ones


def measure_orders(
    engine: Engine, today: date, *, clients: int = CLIENTS, seconds: int = PACED_SECONDS, each: int = FLAT_OUT
) -> list[Loaded]:
    """Serve the API on the ledger behind ``engine`` by a process of its own, and ask it both ways."""
    token, customers = _token(engine), _customers(engine)
    with _served(engine) as (port, server), _connections(engine, clients) as plain:
        load = _Load(today, customers, clients, seconds, each, server)
        by_api, refused = _asker(port, token, load)
        in_sql = _plain_asker(engine, plain, load)
        # All at once, as they are asked then: PostgreSQL plans anew for the first few values on each connection.
        for ask in (by_api, in_sql):
            _flat_out(replace(load, each=_WARMING), ask)
        refused.clear()
        paced = _measured("order_checks_paced", load, (by_api, in_sql), refused, _paced)
        flat_out = _measured("order_checks_flat_out", load, (by_api, in_sql), refused, _flat_out)
    return [paced, flat_out]


def _measured(
    name: str,
    load: _Load,
    asked: tuple[Ask, Ask],
    refused: list[int],
    way: Callable[[_Load, Ask], tuple[list[float], float]],
) -> Loaded:
    before = _work_of(load.server)
    times, took = way(load, asked[0])
    after = _work_of(load.server)
    floor, _ = way(load, asked[1])
    work = None if before is None or after is None else 1000 * (after - before) / len(times)
    wrong = len(refused)
    refused.clear()
    goal = GOAL_MS if way is _paced else None
    figures = (statistics.median(times), _p99(times), statistics.median(floor), _p99(floor))
    return Loaded(name, load.clients, len(times), *figures, len(times) / took, wrong, work, goal)


def _paced(load: _Load, ask: Ask) -> tuple[list[float], float]:
    """Let each program ask once a second, each at a moment of its own; a late answer delays only its own next one."""
    moments = random.Random(1)  # noqa: S311 (moments, no secrets)
    offsets = [moments.random() for _ in range(load.clients)]
    begun = time.perf_counter() + 0.1

    def run(client: int) -> list[float]:
        times = []
        for second in range(load.seconds):
            time.sleep(max(0.0, begun + second + offsets[client] - time.perf_counter()))
            times.append(ask(client + second * load.clients))
        return times

    return _together(load, run)


def _flat_out(load: _Load, ask: Ask) -> tuple[list[float], float]:
    def run(client: int) -> list[float]:
        return [ask(client + turn * load.clients) for turn in range(load.each)]

    return _together(load, run)


def _together(load: _Load, run: Callable[[int], list[float]]) -> tuple[list[float], float]:
    begun = time.perf_counter()
    with ThreadPoolExecutor(load.clients) as clients:
        times = [one for some in clients.map(run, range(load.clients)) for one in some]
    return times, time.perf_counter() - begun


def _asker(port: int, token: str, load: _Load) -> tuple[Ask, list[int]]:
    """Return how one check is asked, over one connection for each program, and where wrong answers are counted."""
    own, refused, mark = local(), [], token_hex(4)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(turn: int) -> float:
        if not hasattr(own, "line"):
            own.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        _, company, code = load.customers[turn * 7919 % len(load.customers)]
        order: dict[str, Any] = {"customer_id": code, "company": company, "amount": "120.00"}
        if turn % _RESERVES == 0:
            order |= {"order_number": f"{mark}-{turn}", "reserve": True}
        begun = time.perf_counter()
        own.line.request("POST", f"{routes.API}/order-checks", json.dumps(order), headers)
        answer = own.line.getresponse()
        told = answer.read()
        taken = (time.perf_counter() - begun) * 1000
        if answer.status != http.HTTPStatus.OK or b'"decision"' not in told:
            refused.append(answer.status)
        return taken

    return ask, refused


def _plain_asker(engine: Engine, drivers: list[Any], load: _Load) -> Ask:
    """Return how the same is asked of the database by its driver, over one connection for each program."""
    plain = [placed(engine, one) for one in standing_floor(Asked(load.today, Slice((), ""), 0, 1))]

    def ask(turn: int) -> float:
        key, _, _ = load.customers[turn * 7919 % len(load.customers)]
        driver = drivers[turn % load.clients]
        begun = time.perf_counter()
        for question, values in plain:
            driver.execute(question, values | {"customer": key}).fetchall()
        return (time.perf_counter() - begun) * 1000

    return ask


@contextmanager
def _connections(engine: Engine, clients: int) -> Iterator[list[Any]]:
    """Open one bare connection for each program; the product's own pool has fewer."""
    of_threads = {"check_same_thread": False} if engine.dialect.name == "sqlite" else {}
    bare = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=of_threads)
    held = [bare.raw_connection() for _ in range(clients)]
    try:
        yield [one.driver_connection for one in held]
    finally:
        for one in held:
            one.close()


def _token(engine: Engine) -> str:
    name = f"bench-{token_hex(4)}"
    with transaction(engine) as session:
        return tokens.add(session, Actor.local_operator(), TokenOrder(name, (TokenScope.ORDERS_CHECK,)), at=now())


@contextmanager
def _served(engine: Engine) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    family = Family()
    with tempfile.TemporaryDirectory(prefix="ar-cockpit-bench-") as home:
        address = engine.url.render_as_string(hide_password=False)
        settings = {"AR_DATABASE_URL": address, "AR_HOME": home, "AR_API_REQUESTS_PER_MINUTE": "1000000"}
        family.start("orders", ["-m", "ar_cockpit.api.alone", str(port)], settings, home)
        try:
            _wait(port, family)
            yield port, family.children["orders"].pid
        finally:
            family.stop()


def _wait(port: int, family: Family) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and not family.ended():
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", routes.HEALTH)
            if line.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The API did not start.")


def _work_of(group: int) -> float | None:
    """Return the processor seconds that the processes of a group took so far, where the system tells it (Linux)."""
    found = None
    for told in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = told.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            found = (found or 0.0) + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def _customers(engine: Engine) -> list[tuple[int, str, str]]:
    question = (
        "SELECT customer.id, company.code, customer.code FROM customer JOIN company ON company.id = company_id"
        " WHERE archived_at IS NULL ORDER BY customer.id % 97, customer.id LIMIT 5000"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def _p99(times: list[float]) -> float:
    return sorted(times)[max(0, math.ceil(0.99 * len(times)) - 1)]
