"""`ar-cockpit policy` and `cadence`: the rules of reminding, what they would do on a day, and doing it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli import deciding
from ar_cockpit.cli.console import REFUSED, messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, acting, asking, business_date, emit_json, read_file
from ar_cockpit.cli.simulating import simulate
from ar_cockpit.db.session import engine
from ar_cockpit.domain.cadence.day import Touch
from ar_cockpit.domain.cadence.plan import CadencePlan
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.policy.file import PolicyError
from ar_cockpit.services.clock import now
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import run as reminders
from ar_cockpit.services.reminders.in_parts import run_in_parts

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A policy file (TOML).")]

policy = typer.Typer(help="Segments and cadences as a versioned file.", no_args_is_help=True)
cadence = typer.Typer(help="What the policy does on a day, and in the days to come.", no_args_is_help=True)
cadence.command("simulate")(simulate)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    deciding.add_to(cadence)
    app.add_typer(policy, name="policy")
    app.add_typer(cadence, name="cadence")


@policy.command("check")
def check_policy(file: PolicyFile, as_json: AsJson = False) -> None:
    """Check a policy file: every mistake with its line and the mend."""
    try:
        found = policies.check_new(read_file(file))
    except PolicyError as error:
        if not as_json:
            raise
        problems = [{"line": one.line, "problem": one.said, "mend": one.mend} for one in error.problems]
        emit_json({"valid": False, "problems": problems})
        raise typer.Exit(REFUSED) from error
    counts = {"segments": len(found.segments), "cadences": len(found.cadences)}
    if as_json:
        emit_json({"valid": True, "problems": [], **counts})
        return
    messages.print(f"{file} is good: {counts['segments']} segments, {counts['cadences']} cadences.", markup=False)


@policy.command("load")
def load_policy(
    file: PolicyFile,
    note: Annotated[str, typer.Option("--note", help="What is new in it.")] = "",
    as_json: AsJson = False,
    as_user: AsUser = "",
) -> None:
    """Put a policy file in force; the versions before it are kept."""
    toml = read_file(file)
    policies.check_new(toml)
    with acting(as_user) as (session, actor):
        number = policies.load(session, actor, toml, at=now(), note=note)
    if as_json:
        emit_json({"version": number})
    else:
        messages.print(f"Version {number} of the policy is in force.", markup=False)


@policy.command("export")
def export_policy(as_user: AsUser = "") -> None:
    """Write the policy in force to stdout."""
    with asking(as_user) as (session, actor):
        toml = policies.export(session, actor)
    typer.echo(toml, nl=False)


@cadence.command("plan")
def plan(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """What a run on the day would do, and why everything else is left alone; changes nothing."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        made = reminders.plan(session, actor, day, company=company)
        if as_json:
            emit_json(_document(made))
        else:
            _print(made)


@cadence.command("run")
def run(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """Put the day's messages into the outbox and its tasks before people; safe to run twice."""
    day = business_date(as_of)
    with asking(as_user) as (_, actor):
        pass
    report = run_in_parts(engine(), actor, day, at=now(), company=company)
    counts = {"messages": report.messages, "tasks": report.tasks, "held": report.held, "told": report.told}
    if as_json:
        emit_json({"as_of": day.isoformat(), **counts})
    else:
        said = f"{day}: {report.messages} messages into the outbox, {report.tasks} tasks, {report.held} invoices held."
        messages.print(said, markup=False)


def _document(made: CadencePlan) -> dict[str, Any]:
    held = [{"invoice": one.number, "reason": one.reason.value} for one in made.held]
    return {
        "as_of": made.day.on.isoformat(),
        "messages": [_message(made, touch) for touch in made.messages],
        "tasks": [_task(made, touch) for touch in made.tasks],
        "held": held,
    }


def _message(made: CadencePlan, touch: Touch) -> dict[str, Any]:
    addressee, choice = made.addressees[touch.customer_id], made.choices[touch.customer_id]
    return {
        "customer": addressee.code,
        "contact": addressee.email,
        "channel": touch.channel.value,
        "language": addressee.speaks,
        "segment": choice.segment.key,
        "cadence": choice.cadence.key,
        "step": touch.step_key,
        "tone": touch.step.tone.value,
        "invoices": [item.number for item in touch.items],
        "total": decimal_string(touch.total_minor, touch.currency),
        "currency": touch.currency,
    }


def _task(made: CadencePlan, touch: Touch) -> dict[str, Any]:
    return {
        "customer": made.addressees[touch.customer_id].code,
        "step": touch.step_key,
        "channel": touch.channel.value,
        "invoices": [item.number for item in touch.items],
    }


def _print(made: CadencePlan) -> None:
    table = Table("Customer", "Step", "By", "To", "Invoices", "Total")
    for touch in made.day.touches:
        addressee = made.addressees[touch.customer_id]
        total = f"{decimal_string(touch.total_minor, touch.currency)} {touch.currency}"
        to = addressee.email if touch.is_message else "a person"
        table.add_row(addressee.code, touch.step_key, touch.channel.value, to, str(len(touch.items)), total)
    tables.print(table)
    reasons = Counter(one.reason.value for one in made.held)
    for reason, count in reasons.most_common():
        tables.print(f"{count:>8}  {reason.replace('_', ' ')}", markup=False)
