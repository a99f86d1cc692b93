"""`ar-cockpit outbox`: send what waits, list messages with their state, decide about unknown ones."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from ar_cockpit.cli.console import IN_PART, messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, acting, asking, business_date, emit_json, fail
from ar_cockpit.db.session import engine
from ar_cockpit.domain.errors import InputError
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.clock import now
from ar_cockpit.services.reminders.digest_mails import DIGESTS
from ar_cockpit.services.sending import outbox as service
from ar_cockpit.services.sending.accounts import accounts_of
from ar_cockpit.services.sending.protocol import Orders
from ar_cockpit.services.sending.runs import send_all
from ar_cockpit.services.sending.to_colleagues import send
from ar_cockpit.settings import get_settings

_PATIENCE_SECONDS = 120.0  # a cap by the minute is waited for, one by the day is not
_OUTCOMES = ("sent", "queued", "failed", "unknown", "cancelled")

outbox = typer.Typer(help="Messages that wait, went, or need a person.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(outbox, name="outbox")


@outbox.command("send")
def send_outbox(
    most: Annotated[int | None, typer.Option("--max", min=1, help="At most so many messages.")] = None,
    retry_now: Annotated[bool, typer.Option("--retry-now", help="Do not wait before trying again.")] = False,
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
) -> None:
    """Send what waits, each message at most once."""
    day = business_date(as_of)
    with asking(as_user) as (_, actor):
        pass
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    orders = Orders(day, most, retry_now, stop=stop, patience=_PATIENCE_SECONDS)
    report = send_all(engine(), actor, accounts_of(get_settings()), orders)
    mailer = SmtpMailer.of_url(get_settings().smtp_url)
    digests = send(engine(), actor, mailer, DIGESTS, day, stop) if not report.stopped else Counter()
    counts: dict[str, object] = {name: report.counts[name] for name in _OUTCOMES}
    if as_json:
        emit_json(counts | ({"digests": dict(digests)} if digests else {}))
    else:
        messages.print(", ".join(f"{counts[name]} {name}" for name in _OUTCOMES) + ".", markup=False)
        if digests:
            told = ", ".join(f"{number} {name}" for name, number in digests.items())
            messages.print(f"Digests for sales: {told}.", markup=False)
    if report.stopped:
        fail(f"Stopped early: {report.stopped}. What was not sent is queued.", IN_PART)
    if report.waits_seconds:
        messages.print(f"The cap is reached: the next one may go in {_wait(report.waits_seconds)}.", markup=False)
    if not report.is_whole or digests["failed"] or digests["unknown"]:
        fail("Some messages need a person: ar-cockpit outbox list shows why.", IN_PART)


@outbox.command("list")
def list_outbox(
    state: Annotated[str, typer.Option("--state", help="Only messages in this state.")] = "",
    as_json: AsJson = False,
    as_user: AsUser = "",
) -> None:
    """List messages with their state, the oldest first."""
    with asking(as_user) as (session, actor):
        found = service.list_messages(session, actor, state=state)
    if as_json:
        emit_json(
            {
                "messages": [
                    {
                        "message_id": one.message_id,
                        "customer": one.customer,
                        "contact": one.contact,
                        "step": one.step,
                        "state": one.state,
                        "attempts": one.attempts,
                        "queued_at": _instant(one.queued_at),
                        "sent_at": _instant(one.sent_at),
                        "error": one.error,
                    }
                    for one in found
                ]
            }
        )
        return
    table = Table("Message", "Customer", "To", "Step", "State", "Tries", "Next try", "Error")
    for one in found:
        told = (one.message_id, one.customer, one.contact, one.step, one.state, str(one.attempts))
        table.add_row(*told, _instant(one.next_attempt_at) or "", one.error)
    tables.print(table)


@outbox.command("resolve")
def resolve(
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE_ID")],
    as_sent: Annotated[bool, typer.Option("--as-sent", help="It went.")] = False,
    send_again: Annotated[bool, typer.Option("--send-again", help="It did not: send it, under the same id.")] = False,
    as_user: AsUser = "",
) -> None:
    """Decide about a message of which nobody knows whether it went."""
    if as_sent is send_again:
        raise InputError("Say what became of it.", "Give either --as-sent or --send-again.")
    with acting(as_user) as (session, actor):
        service.resolve(session, actor, message_id, as_sent=as_sent, at=now())
    messages.print("It counts as sent." if as_sent else "It is queued again.", markup=False)


def _wait(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
