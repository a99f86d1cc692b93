"""The command line: one module per subject, one place where a refusal becomes a line and exit 2."""

from __future__ import annotations

import importlib
import os
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING

import typer

from ar_cockpit.cli.console import REFUSED, messages
from ar_cockpit.domain.errors import CockpitError

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

# Command -> the module in this folder that adds it by `register(app)`. Only the module that is asked for
# is loaded: statsmodels and Reflex take seconds to import, and `kpi` needs neither.
SUBJECTS = {
    "bench": "bench",
    "cadence": "reminders",
    "db": "database",
    "demo": "ledger",
    "dispute": "acts",
    "doctor": "doctor",
    "documents": "documents",
    "forecast": "forecast",
    "hold": "acts",
    "import": "ledger",
    "imports": "imports",
    "jobs": "jobs",
    "kpi": "figures",
    "letters": "letters",
    "limit": "limits",
    "order": "standing",
    "outbox": "outbox",
    "policy": "reminders",
    "promise": "acts",
    "queue": "acts",
    "rates": "rates",
    "score": "scores",
    "settlements": "settlements",
    "standing": "standing",
    "token": "tokens",
    "up": "up",
    "user": "users",
    "webhook": "webhooks",
}


def build_app(subjects: set[str]) -> typer.Typer:
    """Return the Typer application with the commands of ``subjects``."""
    app = typer.Typer(
        name="ar-cockpit",
        help="Receivables, the cash to come, and reminders that keep the relationship.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for subject in sorted(subjects):
        importlib.import_module(f"ar_cockpit.cli.{subject}").register(app)
    return app


def main() -> None:
    """Run the command; no traceback reaches the user."""
    first_word = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if first_word and first_word not in SUBJECTS:
        like = get_close_matches(first_word, SUBJECTS, 1)
        mend = f"Did you mean '{like[0]}'?" if like else "`ar-cockpit --help` lists them."
        _refuse(f"There is no command '{first_word}'. {mend}")
    subjects = {SUBJECTS[first_word]} if first_word else set(SUBJECTS.values())
    try:
        build_app(subjects)(prog_name="ar-cockpit")
    except CockpitError as error:
        _refuse(str(error))
    except KeyboardInterrupt:
        _refuse("Stopped; nothing was changed.")
    except BrokenPipeError:
        # The reader of our output left (`| head`): stay silent, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except _database_error() as error:
        reason = str(error.orig).strip().splitlines()[0]
        _refuse(f"The database failed: {reason}. Check AR_DATABASE_URL and that the server runs; nothing was changed.")


def _database_error() -> type[DBAPIError]:
    """Return the class of the database's failures: looked up when something failed, for a quick start."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    return DBAPIError


def _root() -> None:
    """Receivables, the cash to come, and reminders that keep the relationship."""


def _refuse(sentence: str) -> None:
    messages.print(sentence, markup=False)
    sys.exit(REFUSED)
