"""`ar-cockpit cadence simulate`: the coming days under a policy, beside the one in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress as Bar
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, asking, business_date, emit_json, read_file
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.reminders import policy as policies

if TYPE_CHECKING:
    from ar_cockpit.services.reminders.simulation import CollectorLoad, SimulatedDay, Simulation, Work

Days = Annotated[int, typer.Option("--days", help="How many days, the business date the first of them.")]
Draft = Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="A draft, beside the policy in force.")]
NoPayments = Annotated[bool, typer.Option("--no-payments", help="As if nothing were paid, not as forecast.")]


def simulate(
    days: Days = 30,
    policy: Draft = None,
    no_payments: NoPayments = False,
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """What the coming days would bring, day by day, and the difference to the policy in force; changes nothing."""
    from ar_cockpit.services.reminders import simulation  # noqa: PLC0415 (the forecast's libraries, for it alone)

    day = business_date(as_of)
    draft = policies.check(read_file(policy)) if policy else None
    with asking(as_user) as (session, actor), _progress() as tell:
        made = simulation.simulate(
            session, actor, day, days=days, draft=draft, company=company, with_payments=not no_payments, tell=tell
        )
    if as_json:
        payments = "none" if no_payments else "forecast"
        emit_json({"as_of": day.isoformat(), "payments": payments, **_document(made), **_beside(made)})
    else:
        _print(made)


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    with Bar(console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task("Simulating", total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _document(made: Simulation) -> dict[str, Any]:
    return {
        "days": [_day(one, made.collectors) for one in made.days],
        "collectors": [_load(one) for one in made.collectors],
        "held": {
            reason.value: {"invoices": one.count, "totals": _sums(one.minor)} for reason, one in made.held_first.items()
        },
        "first_day": [
            {
                "customer": one.customer_code,
                "name": one.customer_name,
                "step": one.step,
                "template": one.template,
                "channel": one.channel,
                "total": decimal_string(one.total_minor, one.currency),
                "currency": one.currency,
            }
            for one in made.first_touches
        ],
        "touched_more_than_twice": made.touched_more_than_twice,
    }


def _day(one: SimulatedDay, collectors: list[CollectorLoad]) -> dict[str, Any]:
    busy = ((load.email, load.by_day.get(one.on)) for load in collectors)
    return {
        "date": one.on.isoformat(),
        "messages": one.messages,
        "tasks": one.tasks,
        "message_totals": _sums(one.message_minor),
        "task_totals": _sums(one.task_minor),
        "collectors": [{"collector": email, **_work(work)} for email, work in busy if work],
    }


def _load(one: CollectorLoad) -> dict[str, Any]:
    return {"collector": one.email, **_work(one)}


def _work(one: CollectorLoad | Work) -> dict[str, Any]:
    hours = round(one.minutes / 60, 2)
    return {"messages": one.messages, "tasks": one.tasks, "approvals": one.approvals, "hours": hours}


def _beside(made: Simulation) -> dict[str, Any]:
    """Return today's policy over the same span and the draft's difference to it; nothing without a draft."""
    today = made.baseline
    if today is None:
        return {}
    moved = _sums(made.expected_cash_moved_minor) if made.effect else None
    return {
        "today": _document(today),
        "difference": {
            "days": [
                {
                    "date": mine.on.isoformat(),
                    "messages": mine.messages - theirs.messages,
                    "tasks": mine.tasks - theirs.tasks,
                }
                for mine, theirs in zip(made.days, today.days, strict=True)
            ],
            "collectors": _collectors_beside(made, today),
            "touched_more_than_twice": made.touched_more_than_twice - today.touched_more_than_twice,
            "expected_cash_moved": moved,
        },
        "effect": _effect(made),
    }


def _collectors_beside(made: Simulation, today: Simulation) -> list[dict[str, Any]]:
    mine, theirs = ({one.email: _work(one) for one in of.collectors} for of in (made, today))
    nothing = {"messages": 0, "tasks": 0, "approvals": 0, "hours": 0.0}
    return [
        {"collector": email}
        | {key: round(mine.get(email, nothing)[key] - theirs.get(email, nothing)[key], 2) for key in nothing}
        for email in sorted(mine.keys() | theirs.keys())
    ]


def _effect(made: Simulation) -> dict[str, Any] | None:
    """Return how much faster invoices were paid after a reminder, as far as the ledger's history shows it."""
    if made.effect is None:
        return None
    one = made.effect
    return {
        "rate_ratio": round(one.ratio, 3),
        "low": round(one.low, 3),
        "high": round(one.high, 3),
        "interval": 0.8,
        "payments_after_reminders": one.payments_after,
        "payments_otherwise": one.payments_otherwise,
    }


def _sums(minor: Mapping[str, int]) -> dict[str, str]:
    return {currency: decimal_string(amount, currency) for currency, amount in sorted(minor.items())}


def _print(made: Simulation) -> None:
    today = made.baseline
    table = Table("Day", "Messages", "About", "Tasks", "About", *(("± messages", "± tasks") if today else ()))
    for place, one in enumerate(made.days):
        row = [f"{one.on:%a %d %b}", str(one.messages), _told(one.message_minor), str(one.tasks), _told(one.task_minor)]
        if today:
            before = today.days[place]
            row += [f"{one.messages - before.messages:+}", f"{one.tasks - before.tasks:+}"]
        table.add_row(*row)
    tables.print(table)
    work = Table("Collector", "Messages", "Tasks", "Approvals", "Hours")
    for load in made.collectors:
        hours = f"{load.minutes / 60:.1f}"
        work.add_row(load.email or "nobody", str(load.messages), str(load.tasks), str(load.approvals), hours)
    tables.print(work)
    for reason, held in sorted(made.held_first.items(), key=lambda one: -one[1].count):
        tables.print(f"{held.count:>8}  {reason.value.replace('_', ' ')}  {_told(held.minor)}", markup=False)
    tables.print(f"{made.touched_more_than_twice:>8}  customers hear of us more than twice", markup=False)
    if today:
        tables.print(_cash_said(made), markup=False)


def _cash_said(made: Simulation) -> str:
    if made.effect is None:
        return "Expected cash moved by the draft: not known. The ledger does not show that reminders move payments."
    one = made.effect
    moved = _told(made.expected_cash_moved_minor) or "nothing"
    return (
        f"Expected cash moved into these days: {moved}. In the week after a reminder, invoices were paid "
        f"{one.ratio:.2f} times as often a day as others of their age (80 %: {one.low:.2f} to {one.high:.2f}); "
        "other differences between them are not removed."
    )


def _told(minor: Mapping[str, int]) -> str:
    return " + ".join(f"{amount} {currency}" for currency, amount in _sums(minor).items())
