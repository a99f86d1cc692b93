"""`ar-cockpit jobs`: the process that keeps the clock, and one job at once."""

from __future__ import annotations

from typing import Annotated

import typer

from ar_cockpit.cli.console import messages
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, asking, business_date, emit_json, open_database
from ar_cockpit.domain.access import Permission
from ar_cockpit.jobs import process
from ar_cockpit.jobs.schedule import JOBS
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.processes import end_with_family
from ar_cockpit.services.clock import now

jobs = typer.Typer(help="The scheduler process, or one job at once.")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(jobs, name="jobs")


@jobs.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Keep the clock until Ctrl-C; a second such process waits and takes over."""
    if context.invoked_subcommand is not None:
        return
    end_with_family()
    open_database()
    process.run_until_stopped()


@jobs.command("run-once")
def run_once(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(job.name for job in JOBS)}.")],
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
) -> None:
    """Run one job now, in the foreground."""
    day = business_date(as_of)
    with asking(as_user) as (_, actor):
        actor.require(Permission.RUN_JOBS)
    counts = process.run_once(name, Tick(now(), day))
    if as_json:
        emit_json({"job": name, "as_of": day.isoformat(), "counts": counts})
        return
    said = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing to do"
    messages.print(f"{name}: {said}.", markup=False)
