"""The accounts that mails leave by: one for each company that has its own, and the default one for the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlmodel import Session

from ar_cockpit.db.queries.reminders import accounts as queries
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.pace import Cap
from ar_cockpit.mail.smtp import Mailer, SmtpMailer
from ar_cockpit.settings import Settings

UNCAPPED = 1_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """An account, the companies whose mails it carries (``None``: all but those of others), and its caps."""

    name: str
    mailer: Mailer
    caps: tuple[Cap, ...] = ()
    companies: frozenset[str] | None = None
    others: frozenset[str] = frozenset()

    def carries(self, company: str) -> bool:
        """Return whether a company's mails leave by it."""
        return company not in self.others if self.companies is None else company in self.companies

    @property
    def messages(self) -> ColumnElement[bool]:
        """The messages that leave by it."""
        if self.companies is None and not self.others:
            return true()
        return queries.of_companies(self.companies, self.others)


def accounts_of(settings: Settings) -> list[Account]:
    """Return the accounts that the settings name; raise ``SettingsError`` when there is none or one is unreadable."""
    own: dict[str, list[str]] = {}
    for code, url in sorted(_urls(settings).items()):
        own.setdefault(url, []).append(code)
    others = frozenset(code for codes in own.values() for code in codes)
    found = [_account(url, "AR_SMTP_URLS", frozenset(codes)) for url, codes in own.items()]
    if settings.smtp_url or not found:
        found.append(_account(settings.smtp_url, "AR_SMTP_URL", None, others))
    return _merged(found)


def _account(url: str, setting: str, companies: frozenset[str] | None, others: frozenset[str] = frozenset()) -> Account:
    mailer = SmtpMailer.of_url(url, setting)
    return Account(mailer.name, mailer, mailer.caps, companies, others)


def _merged(accounts: list[Account]) -> list[Account]:
    """Return the accounts, each once: a company that names the default one shares it, and its caps."""
    kept: dict[str, Account] = {}
    for one in accounts:
        known = kept.get(one.name)
        if known is None:
            kept[one.name] = one
            continue
        caps = one.caps or known.caps
        if one.companies is None:
            kept[one.name] = Account(one.name, one.mailer, caps, None, one.others - (known.companies or frozenset()))
        else:
            both = (known.companies or frozenset()) | one.companies
            kept[one.name] = Account(one.name, one.mailer, caps, both)
    return list(kept.values())


def _urls(settings: Settings) -> dict[str, str]:
    if not settings.smtp_urls:
        return {}
    try:
        read = json.loads(settings.smtp_urls)
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(url, str) for url in read.values()):
        mend = 'Write AR_SMTP_URLS={"COMPANY": "smtp://user:password@host:port"}.'
        raise SettingsError("AR_SMTP_URLS cannot be read.", mend)
    return read


@dataclass(slots=True)
class Pace:
    """What an account may still be given, counted in the database so that all its senders keep the caps together."""

    account_id: int
    caps: tuple[Cap, ...]
    granted: int = 0  # taken and not used yet
    wait_seconds: float = 0.0
    _last: tuple[int, float] = (0, 0.0)  # how many were taken last, and when

    @property
    def is_capped(self) -> bool:
        """Whether there is a cap at all."""
        return bool(self.caps)

    def free(self, session: Session) -> int:
        """Return how many more may go now, and remember for how long to wait when none may."""
        if not self.caps:
            return UNCAPPED
        at = queries.database_time(session).timestamp()
        counted = [(cap, queries.taken(session, self.account_id, cap, at)) for cap in self.caps]
        self.wait_seconds = max(cap.seconds_until_free(parts, at) for cap, parts in counted)
        return min(cap.free(parts, at) for cap, parts in counted)

    def take(self, session: Session, wanted: int) -> None:
        """Be granted up to ``wanted`` messages in all that are not used yet."""
        missing = wanted - self.granted
        if not self.caps or missing <= 0:
            return
        queries.lock(session, self.account_id)
        count = min(missing, self.free(session))
        if count > 0:
            self._last = (count, queries.database_time(session).timestamp())
            self._count(session, *self._last)
            self.granted += count

    def use(self) -> bool:
        """Use one grant; without caps there always is one."""
        if self.caps and self.granted == 0:
            return False
        self.granted -= bool(self.caps)
        return True

    def give_back(self, session: Session) -> None:
        """Give back what was granted last and not used, in the part of the span it was taken from."""
        count, at = self._last
        if unused := min(self.granted, count):
            self._count(session, -unused, at)
        self.granted, self._last = 0, (0, 0.0)

    def _count(self, session: Session, count: int, at: float) -> None:
        for cap in self.caps:
            queries.take(session, self.account_id, cap, at, count)


def pace_of(session: Session, account: Account) -> Pace:
    """Return the pace of ``account``."""
    return Pace(queries.account_id(session, account.name), account.caps)


def ready(session: Session, accounts: Sequence[Account]) -> list[Account]:
    """Return the accounts that mail waits for and that may be used now: neither left alone nor at their caps."""
    waiting = queries.companies_waiting(session)
    known = queries.states(session, [one.name for one in accounts])
    at = queries.database_time(session)
    found = []
    for one in accounts:
        state = known.get(one.name)
        if not any(one.carries(company) for company in waiting):
            continue
        if state is None or (
            (state.refused_until is None or state.refused_until <= at)
            and Pace(state.account_id, one.caps).free(session)
        ):
            found.append(one)
    return found
