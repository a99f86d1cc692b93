"""The command line: one module per subject, one place where a refusal becomes a line and exit 2."""

from __future__ import annotations

import importlib
import os
import sys

import typer
from sqlalchemy.exc import OperationalError

from ar_cockpit.cli.output import REFUSED, messages
from ar_cockpit.domain.errors import CockpitError

app = typer.Typer(
    name="ar-cockpit",
    help="Receivables, the cash to come, and reminders that keep the relationship.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Each module adds its commands to `app` by `register(app)`.
SUBJECTS = ("up", "ledger", "figures", "reminders", "acts", "forecast", "users", "operations")
for subject in SUBJECTS:
    importlib.import_module(f"ar_cockpit.cli.{subject}").register(app)


def main() -> None:
    """Run the command; no traceback reaches the user."""
    try:
        app(standalone_mode=False, prog_name="ar-cockpit")
    except CockpitError as error:
        _refuse(str(error))
    except typer.Exit as end:
        sys.exit(end.exit_code)
    except typer.Abort:
        _refuse("Stopped; nothing was changed.")
    except BrokenPipeError:
        # The reader of our output left (`| head`): stay silent, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        _refuse(f"The database failed: {reason}. Check AR_DATABASE_URL and that the server runs; nothing was changed.")


def _refuse(sentence: str) -> None:
    messages.print(sentence, markup=False)
    sys.exit(REFUSED)
