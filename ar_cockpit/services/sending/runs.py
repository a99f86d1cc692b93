"""One run over all mail accounts, side by side: one that fails or waits for its cap does not stop the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import Engine

from ar_cockpit.db.queries.reminders import accounts as queries
from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.services.sending.accounts import Account
from ar_cockpit.services.sending.protocol import MOST_AT_ONCE, Orders, SendReport, send

_Run = SendReport | SettingsError


def send_all(engine: Engine, actor: Actor, accounts: Sequence[Account], orders: Orders) -> SendReport:
    """Send what waits by every account that has some; raise ``SettingsError`` when none of them can be used."""
    actor.require(Permission.RUN_JOBS)
    with reading(engine) as session:
        waiting = queries.companies_waiting(session)
    chosen = [one for one in accounts if any(one.carries(company) for company in waiting)] or list(accounts[-1:])
    if len(chosen) == 1:
        return send(engine, actor, chosen[0], orders)
    reports: list[SendReport] = []
    errors: list[SettingsError] = []
    left = orders.most
    while chosen and left != 0:
        shares = _shares(left, len(chosen))
        runs = _round(engine, actor, chosen, shares, orders)
        errors += [run for run in runs if isinstance(run, SettingsError)]
        reports += [_told(one, run) for one, run in zip(chosen, runs, strict=True)]
        if left is None:
            break
        used = [run.handled if isinstance(run, SendReport) else 0 for run in runs]
        left -= sum(used)
        # Whoever used up its share may have more; what the others left over is for them.
        chosen = [one for one, share, count in zip(chosen, shares, used, strict=True) if share in (0, count)]
    if errors and len(errors) == len(reports):
        raise errors[0]
    return _together(reports)


def _round(
    engine: Engine, actor: Actor, chosen: Sequence[Account], shares: Sequence[int | None], orders: Orders
) -> list[_Run]:
    # Together they hold no more messages on the way than one sender may.
    side_by_side = min(len(chosen), MOST_AT_ONCE)

    def run(account: Account, share: int | None) -> _Run:
        try:
            own = replace(orders, at_once=MOST_AT_ONCE // side_by_side, most=share)
            return SendReport() if share == 0 else send(engine, actor, account, own)
        except SettingsError as error:
            return error

    with ThreadPoolExecutor(side_by_side, thread_name_prefix="account") as pool:
        return list(pool.map(run, chosen, shares))


def _shares(most: int | None, count: int) -> list[int | None]:
    if most is None:
        return [None] * count
    each, over = divmod(most, count)
    return [each + (place < over) for place in range(count)]


def _told(account: Account, run: _Run) -> SendReport:
    return run if isinstance(run, SendReport) else SendReport(stopped=f"{account.name}: {run.sentence.rstrip('.')}")


def _together(reports: Sequence[SendReport]) -> SendReport:
    counts: Counter[str] = Counter()
    for one in reports:
        counts.update(one.counts)
    waits = [one.waits_seconds for one in reports if one.waits_seconds]
    stopped = dict.fromkeys(one.stopped for one in reports if one.stopped)
    return SendReport(counts, "; ".join(stopped), min(waits, default=0.0), sum(one.handled for one in reports))
