"""The large demo ledger, made once in a folder: it takes minutes, and every measurement may use it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.demo.ledger import Size
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.demo import load as demo

LARGE = Size(customers=50_000, invoices=1_000_000)


def demo_ledger(folder: Path, as_of: date, size: Size = LARGE) -> Engine:
    """Return an engine on the demo of ``size`` as of a day, made in ``folder`` unless it is there already."""
    path = folder / f"demo-{size.customers}-{size.invoices}-{size.seed}-{as_of:%Y%m%d}.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with transaction(engine) as session:
        is_there = session.execute(text("SELECT 1 FROM company LIMIT 1")).first() is not None
        if not is_there:
            demo.load(session, Actor.local_operator(), as_of=as_of, size=size)
    return engine
