"""Make the reports whose time has come, each with its reader's rights, and mail them."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading, transaction
from ar_cockpit.jobs import to_colleagues
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.reports import mails


def is_needed(tick: Tick) -> bool:
    """Return whether a report is due or a mail waits, so that an idle tick leaves no row."""
    with reading(engine()) as session:
        if mails.something_to_make(session, tick.now):
            return True
    return to_colleagues.reports.is_needed(tick)


def run(tick: Tick) -> dict[str, int]:
    """Begin what is due, make the files, and send what waits."""
    # What draws charts is large: loaded by the first report, not by the start of the job process.
    from ar_cockpit.drawn.reports import report_charts  # noqa: PLC0415

    actor = scheduler_actor()
    with transaction(engine()) as session:
        begun = mails.begin_due(session, actor, tick.now)
    made = mails.make_files(engine(), actor, report_charts, tick.stop)
    sent = to_colleagues.reports.run(tick)
    with transaction(engine()) as session:
        mails.forget_files(session, actor)
    return {"begun": begun, "made": made["queued"]} | sent
