"""Where the benchmark's ledger lies: a file of its own, a PostgreSQL given or started for it; never a real ledger."""

from __future__ import annotations

import importlib
import importlib.util
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from ar_cockpit.bench import ledger
from ar_cockpit.bench.ledger import Size
from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows


@contextmanager
def place(database: str, folder: str) -> Iterator[Engine]:
    """Open the database to measure in: an address, the word ``postgresql``, or (empty) a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="ar-cockpit-bench-") as temporary:
        home = Path(folder).expanduser().resolve() if folder else Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        if database == "postgresql":
            with _started(home) as address:
                yield from _opened(address)
        else:
            yield from _opened(database or f"sqlite:///{home / 'bench.db'}")


def fill(engine: Engine, size: Size, today: date) -> dict[str, int]:
    """Write the ledger unless it is there from a run of today, and derive what is kept beside it."""
    migrate(engine)
    with engine.connect() as connection:
        codes = set(connection.execute(text("SELECT code FROM company")).scalars())
        count = connection.execute(text("SELECT count(*) FROM invoice")).scalar_one()
        newest = connection.execute(text("SELECT max(invoice_on) FROM invoice")).scalar_one()
    if codes and (codes != {"ALFA", "BETA", "GAMA"} or count != size.invoices or str(newest) != today.isoformat()):
        raise RefusedError("The database holds another ledger.", "Give bench an empty database, or a new --folder.")
    counts = {"invoice": count} if codes else ledger.write(engine, size, today)
    with transaction(engine) as session:
        flows.refresh(session, owed_on=today)
    keeping.keep(engine, today)
    ledger.settle_down(engine)
    return counts


def _opened(address: str) -> Iterator[Engine]:
    engine = make_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _started(home: Path) -> Iterator[str]:
    if importlib.util.find_spec("pgserver") is None:
        mend = "Install it (pip install pgserver), or name a server: --database postgresql://user@host/empty."
        raise RefusedError("pgserver, which would start a PostgreSQL here, is not installed.", mend)
    pgserver: Any = importlib.import_module("pgserver")  # only where it is installed
    server: Any = pgserver.get_server(home / "postgresql", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
