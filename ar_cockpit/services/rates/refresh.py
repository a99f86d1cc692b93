"""Put newer rates in force: fetched over https or from a file, checked before they replace the old ones."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from currency_converter import ECB_URL, CurrencyConverter
from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.figures.consolidation import EURO
from ar_cockpit.services import audit
from ar_cockpit.services.rates.book import MOST_BYTES, rate_book, rates_folder, read_history

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found: the span of the file, and the last day in force before and now."""

    first_on: date
    last_on: date
    currencies: int
    before: date

    @property
    def is_newer(self) -> bool:
        """Whether the file went into force; one that ends on the same day changes nothing."""
        return self.last_on > self.before


def refresh(session: Session, actor: Actor, source: str = "", *, today: date) -> Refreshed:
    """Take the rates of ``source`` (a path or an https address; by default the bank's own) into force."""
    actor.require(Permission.RUN_JOBS)
    wanted = source or ECB_URL
    history, text = read_history(_content(wanted), wanted)
    before = rate_book().last_on
    found = _spans(history, before)
    if found.last_on > today:
        raise InputError(f"{wanted} has rates of {found.last_on}, a day to come.", "Nothing was changed.")
    if found.last_on < before:
        raise InputError(f"{wanted} ends on {found.last_on}, the rates in force on {before}.", "Nothing was changed.")
    if found.is_newer:
        told = {"first_on": found.first_on.isoformat(), "last_on": found.last_on.isoformat()}
        audit.record(session, actor, "rates.refresh", ("rates", "ECB"), {"last_on": before.isoformat()}, told)
        _replace(text)
    return found


def _spans(history: CurrencyConverter, before: date) -> Refreshed:
    bounds = history.bounds[EURO]
    return Refreshed(bounds.first_date, bounds.last_date, len(history.currencies) - 1, before)


def _content(source: str) -> bytes:
    scheme = urlsplit(source).scheme.lower()
    if scheme == "https":
        return _fetched(source)
    if scheme in {"http", "ftp", "file"}:
        raise InputError(f"{source} is not taken.", "Give a path, or an address that begins with https://.")
    path = Path(source).expanduser()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{source} is too large to be a file of rates.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}.") from error


def _fetched(address: str) -> bytes:
    received = bytearray()
    try:
        # No redirects: the address that was asked for is the one that answers.
        with httpx.stream("GET", address, timeout=SECONDS, follow_redirects=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise InputError(f"{address} answered {answer.status_code}.", "Nothing was changed.")
            for part in answer.iter_bytes():
                received += part
                if len(received) > MOST_BYTES:
                    raise InputError(f"{address} is too large to be a file of rates.", "Nothing was changed.")
    except httpx.HTTPError as error:
        mend = "Fetch the file another way and give its path with --file; nothing was changed."
        raise InputError(f"{address} cannot be fetched.", mend) from error
    return bytes(received)


def _replace(text: str) -> None:
    folder = rates_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".rates.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(folder / "eurofxref-hist.csv")
