"""Whatever consistent books in whatever dialect: the control agrees to the cent, and twice changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.settling import Item, Role, settle
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.settings import get_settings
from tests.fec_books import Books, Dialect

DIALECTS = st.builds(
    Dialect,
    st.sampled_from(["\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "iso8859-15", "cp1252"]),
    st.sampled_from([",", "."]),
    st.sampled_from(["", "0", " "]),
    st.sampled_from(["%Y%m%d", "%d/%m/%Y"]),
    st.sampled_from(["Debit", "D", "+1"]),
    st.booleans(),
    st.sampled_from(["as in the law", "shouted", "with blanks"]),
    st.sampled_from(["\n", "\r\n"]),
)
BOOKS = st.builds(Books, st.integers(0, 10_000), st.booleans())
LEDGER = (
    "SELECT coalesce((SELECT sum(open_minor) FROM invoice), 0) "
    "- coalesce((SELECT sum(unapplied_minor) FROM payment), 0)"
)
# The seed of the books says all: there is nothing to shrink.
FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


class Ledger:
    """A fresh SQLite ledger to import into."""

    def __init__(self, template: Path, folder: Path) -> None:
        shutil.copy(template, folder / "ledger.db")
        self.folder = folder
        self.engine = make_engine(f"sqlite:///{folder / 'ledger.db'}")

    @contextmanager
    def session(self) -> Iterator[Session]:
        with transaction(self.engine) as session:
            yield session

    def load(self, *paths: Path) -> list[dict[str, Any]]:
        importer = Importer(self.session, Actor.local_operator(), Request(date(2026, 6, 1)), get_settings())
        return [one.document() for one in import_paths(importer, paths)]

    def balance(self) -> int:
        with self.session() as session:
            return int(session.execute(text(LEDGER)).scalar_one())

    def open_lines(self) -> list[tuple[str, int]]:
        """Return what is open of each customer, by its last two letters, less what cancels out."""
        invoices, payments = (
            f"SELECT c.code, {what} FROM {table} t JOIN customer c ON c.id = t.customer_id WHERE {what} <> 0"
            for table, what in (("invoice", "open_minor"), ("payment", "unapplied_minor"))
        )
        with self.session() as session:
            found = [(code[-2:], minor) for code, minor in session.execute(text(invoices))]
            found += [(code[-2:], -minor) for code, minor in session.execute(text(payments))]
        return _without_pairs(found)


def _without_pairs(lines: list[tuple[str, int]]) -> list[tuple[str, int]]:
    left: list[tuple[str, int]] = []
    for customer, minor in sorted(lines):
        if (customer, -minor) in left:
            left.remove((customer, -minor))
        else:
            left.append((customer, minor))
    return left


@FEW
@given(books=BOOKS, dialect=DIALECTS, acts=st.integers(0, 15))
def test_years_in_their_order_agree_to_the_cent_and_twice_changes_nothing(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, books: Books, dialect: Dialect, acts: int
) -> None:
    ledger = Ledger(sqlite_template, tmp_path_factory.mktemp("fec"))
    years = books.keep(3, acts)
    paths = [books.write(ledger.folder, year, dialect) for year in years if books.rows[year]]
    for path in paths:
        (report,) = ledger.load(path)
        year = int(path.stem[12:16])
        assert (report["warnings"], report["quarantined"]) == ([], [])
        assert report["control"]["difference"] == "0.00"
        assert ledger.balance() == books.balance(year)
    if books.opens_by_line:
        assert ledger.open_lines() == _without_pairs([(one.customer, one.minor) for one in books.open])
    for report in ledger.load(*paths) if paths else ():
        assert sum(report["created"].values()) + sum(report["updated"].values()) == 0
        assert (report["warnings"], report["control"]["difference"]) == ([], "0.00")
    assert ledger.balance() == (books.balance(years[-1]) if books.rows[years[-1]] else ledger.balance())


@FEW
@given(books=BOOKS, dialect=DIALECTS)
def test_an_earlier_year_afterwards_agrees_or_is_refused_and_changes_nothing(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, books: Books, dialect: Dialect
) -> None:
    ledger = Ledger(sqlite_template, tmp_path_factory.mktemp("fec"))
    first, second = (books.write(ledger.folder, year, dialect) for year in books.keep(2, 8))
    ledger.load(second)
    before = ledger.balance()
    assert before == books.balance(books.first_year + 1)
    with suppress(InputError):
        (report,) = ledger.load(first)
        assert report["control"]["difference"] == "0.00"
        ledger.load(second)  # money paid back now meets the credit note it was for
        again = ledger.load(first, second)
        assert [sum(one["created"].values()) + sum(one["updated"].values()) for one in again] == [0, 0]
    assert ledger.balance() == before


AMOUNTS = st.integers(1, 500)
DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(Role)), DAYS, AMOUNTS), max_size=9))
def test_shares_never_exceed_what_they_are_of_and_a_letter_without_refunds_leaves_nothing(
    parts: list[tuple[Role, date, int]],
) -> None:
    items = [Item(role, f"{n}", on, minor, n) for n, (role, on, minor) in enumerate(parts)]
    sign = {Role.INVOICE: 1, Role.REFUND: 1, Role.CREDIT_NOTE: -1, Role.PAYMENT: -1}
    left = sum(sign[one.role] * one.minor for one in items)
    if left:
        role = Role.PAYMENT if left > 0 else Role.INVOICE
        items.append(Item(role, "last", date(2024, 12, 31), abs(left), 99))
    shares = settle(items)
    leaves_nothing = not any(one.role is Role.REFUND for one in items)
    for item in items:
        if item.role in (Role.INVOICE, Role.CREDIT_NOTE):
            found = sum(one.minor for one in shares if one.document == item.number) * sign[item.role]
        else:
            found = -sum(one.minor for one in shares if one.payment == item.number) * sign[item.role]
        assert 0 <= found <= item.minor
        if leaves_nothing:
            assert found == item.minor
    nothing_moved = [one.minor for one in shares if not one.payment]
    assert sum(nothing_moved) == 0
