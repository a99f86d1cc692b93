"""A ledger with two companies, a store in a folder, and people of every role."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.services.documents.attach import UPLOAD, Attached, Origin, take_in
from ar_cockpit.services.documents.storage import CHUNK, Store, receiving, store
from ar_cockpit.settings import Settings, get_settings
from tests.builders import a_company, a_customer, an_invoice

AT = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 1)


@dataclass(frozen=True)
class Book:
    """The ledger: its invoices by number, its companies by code, and where documents are kept."""

    engine: Engine
    invoices: dict[str, int]
    companies: dict[str, int]
    settings: Settings

    @property
    def store(self) -> Store:
        """The folder of the documents."""
        return store(self.settings)

    def open(self) -> AbstractContextManager[Session]:
        """Open a transaction."""
        return transaction(self.engine)

    def actor(self, role: Role, company: str = "", email: str = "") -> Actor:
        """Return somebody with ``role`` in one company, or in all."""
        grant = Grant(role, self.companies[company] if company else None)
        return Actor(None, email or f"{role}@velmora.example", role.value, (grant,))

    def attach(self, number: str, content: bytes, actor: Actor | None = None, at: datetime = AT) -> Attached:
        """Attach ``content`` as an upload does."""
        source = io.BytesIO(content)
        with receiving(self.settings) as incoming:
            for piece in iter(partial(source.read, CHUNK), b""):
                incoming.write(piece)
            origin = Origin(f"{number}.pdf", UPLOAD, at)
            who = actor or self.actor(Role.COLLECTOR)
            return take_in(self.open, who, self.store, self.invoices[number], incoming, origin)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings with a home of their own and a small limit."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    yield replace(get_settings(), document_max_mb=1)
    get_settings.cache_clear()


@pytest.fixture
def book(engine: Engine, settings: Settings) -> Book:
    """Company ALFA with two customers, company BETA with one; FA-1 and FA-2 are of a salesperson's customer."""
    with transaction(engine) as session:
        alfa, beta = a_company(session, "ALFA"), a_company(session, "BETA")
        mine = a_customer(session, alfa, "MINE", sales_email="sales@velmora.example")
        other = a_customer(session, alfa, "OTHER", sales_email="eva@velmora.example")
        foreign = a_customer(session, beta, "FOREIGN", sales_email="eva@velmora.example")
        rows = [
            an_invoice(session, customer, number, 10_000, DAY, DAY)
            for customer, number in ((mine, "FA-1"), (mine, "FA-2"), (other, "FA-3"), (foreign, "FB-1"))
        ]
        invoices = {row.number: row.id for row in rows}
        companies = {"ALFA": alfa.id, "BETA": beta.id}
    return Book(engine, invoices, companies, settings)
