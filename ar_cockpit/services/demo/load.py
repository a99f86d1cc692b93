"""The demo ledger: an invented group with its customers and its people, loaded into an empty database only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice

from sqlmodel import Session, col, select

from ar_cockpit.db.bulk import advance_keys, renew_statistics
from ar_cockpit.db.streaming import rare_collections
from ar_cockpit.db.tables import BrandRow, CompanyRow, RoleGrantRow, UserRow
from ar_cockpit.demo.ledger import Size, customer_files
from ar_cockpit.demo.organisation import LOOKS, PEOPLE, SELLERS
from ar_cockpit.demo.records import CustomerFile
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.clock import now
from ar_cockpit.services.demo import agreements
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from ar_cockpit.services.demo.rows import TABLES, store
from ar_cockpit.services.people.users import HASHER
from ar_cockpit.services.reminders import policy

LARGEST = 5_000_000
_CUSTOMERS_PER_BATCH = 200
_MONTH = timedelta(days=30)
_ROUND = 10_000_00
Progress = Callable[[int, int], None]


def load(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    size: Size | None = None,
    progress: Progress = lambda _done, _total: None,
) -> dict[str, int]:
    """Load the demo as of a day and return how many of each there are; refused where there is a ledger already."""
    actor.require(Permission.IMPORT_LEDGER)
    actor.require(Permission.MANAGE_USERS)
    wanted = size or Size()
    if not (1 <= wanted.customers <= LARGEST and 0 <= wanted.invoices <= LARGEST):
        raise InputError("The demo needs at least one customer.", f"Give numbers up to {LARGEST:,}.")
    _require_empty(session)
    companies = _companies(session)
    _people(session)
    cadences = {one.key: one for one in policy.check(policy.default_toml()).cadences.values()}
    counts: Counter[str] = Counter()
    figures: Counter[tuple[int, str]] = Counter()
    with rare_collections():
        for batch in _batches(customer_files(wanted, as_of, cadences)):
            counts.update(store(session, batch, companies))
            _sum_up(figures, batch, as_of)
            progress(counts["customers"], wanted.customers)
    for table in TABLES:
        advance_keys(session, table)
        renew_statistics(session, table)
    _set_targets(session, companies, figures)
    if not wanted.is_large:
        counts["agreements"] = agreements.agree(session, as_of)
    audit.record(session, actor, "demo.load", ("ledger", "demo"), after=dict(counts) | {"seed": wanted.seed})
    return dict(counts)


def _batches(files: Iterator[CustomerFile]) -> Iterator[list[CustomerFile]]:
    while batch := list(islice(files, _CUSTOMERS_PER_BATCH)):
        yield batch


def _require_empty(session: Session) -> None:
    known = list(session.exec(select(CompanyRow.is_demo)))
    if known:
        what = "the demo ledger already" if all(known) else "a real ledger, and the demo never runs beside one"
        raise RefusedError(f"The database holds {what}.", "Point AR_DATABASE_URL or AR_HOME at an empty one.")


def _companies(session: Session) -> list[CompanyRow]:
    rows = [
        CompanyRow(
            code=seller.code,
            name=seller.name,
            country=seller.country,
            currency=seller.currency,
            timezone=seller.timezone,
            language=seller.language,
            iban=seller.iban,
            bic=seller.bic,
            address=seller.address,
            phone=seller.phone,
            mail_from=seller.mail_from,
            mail_reply_to=seller.mail_from,
            is_demo=True,
        )
        for seller in SELLERS
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        BrandRow(
            company_id=row.id,
            accent=LOOKS[row.code].accent,
            legal={row.language: LOOKS[row.code].small_print},
            shows_qr=row.currency == "EUR",
            saved_at=now(),
            saved_by="demo",
        )
        for row in rows
    )
    return rows


def _people(session: Session) -> None:
    """Add the people who are not there yet; they may see whatever is imported beside the demo, too."""
    known = set(session.exec(select(UserRow.email).where(col(UserRow.email).in_([one.email for one in PEOPLE]))))
    for person in PEOPLE:
        if person.email in known:
            continue
        row = UserRow(
            email=person.email,
            name=person.name,
            phone=person.phone,
            password_hash=HASHER.hash(DEMO_PASSWORD),
            language=person.language,
            is_demo=True,
            created_at=now(),
        )
        session.add(row)
        session.flush()
        session.add_all(RoleGrantRow(user_id=row.id, role=role.value) for role in person.roles)
    session.flush()


def _sum_up(figures: Counter[tuple[int, str]], batch: Iterable[CustomerFile], as_of: date) -> None:
    """Add what the goals are made from, in each company's currency: receivables, and the cash of the last month."""
    for one in batch:
        company = one.customer.company
        if one.customer.currency != SELLERS[company].currency:
            continue
        figures[company, "receivables"] += sum(document.open_on(as_of) for document in one.documents)
        cash = sum(payment.amount_minor for payment in one.payments if payment.paid_on > as_of - _MONTH)
        figures[company, "cash"] += cash


def _set_targets(session: Session, companies: list[CompanyRow], figures: Mapping[tuple[int, str], int]) -> None:
    for index, row in enumerate(companies):
        receivables, cash = figures.get((index, "receivables"), 0), figures.get((index, "cash"), 0)
        row.targets = {
            "dso_countback": 46,
            "overdue_share": 0.28,
            "add": 14,
            "cei": 80,
            "receivables": _rounded(receivables * 94 // 100),
            "cash_30": _rounded(cash * 103 // 100),
            "collected_month": _rounded(cash),
        }
        session.add(row)
    session.flush()


def _rounded(minor: int) -> int:
    return max(_ROUND, round(minor / _ROUND) * _ROUND)
