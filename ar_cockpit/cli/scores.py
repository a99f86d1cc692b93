"""`ar-cockpit score`: an agency's scores from a file, and a customer's own score explained, with its history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import (
    AsJson,
    AsOf,
    AsUser,
    Company,
    acting,
    asking,
    business_date,
    emit_json,
    moment_of,
)
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.i18n.reasons import STANDING, sentence
from ar_cockpit.services import reach
from ar_cockpit.services.limits import history, scores
from ar_cockpit.services.limits.scores import CsvScores

score = typer.Typer(help="Scores of customers.", no_args_is_help=True)
_SHOWN = timedelta(days=730)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(score, name="score")


@score.command("import")
def take(
    file: Path,
    agency: Annotated[str, typer.Option("--agency", help="Whose scores they are.")],
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
) -> None:
    """Take an agency's scores: columns customer_id, score, and maybe company and date; exit 1 if any is refused."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read.", "Give a CSV file in UTF-8.") from error
    with acting(as_user) as (session, actor):
        told = scores.take(session, actor, CsvScores(agency, text), moment_of(as_of))
    refused = [{"line": one.line, "value": one.value, "reason": one.reason} for one in told.refused]
    if as_json:
        emit_json({"taken": told.taken, "changed": told.changed, "refused": refused})
    else:
        messages.print(f"{told.taken} scores taken, {told.changed} changed, {len(refused)} refused.", markup=False)
        for one in told.refused:
            messages.print(f"Line {one.line}: {one.value}: {one.reason}.", markup=False)
    if refused:
        raise typer.Exit(1)


@score.command("show")
def show(customer: str, as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """A customer's payer score: what each part takes, what would raise it, and the history of all its scores."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, Permission.VIEW_STANDING, customer, company)
        told = scores.explain(session, actor, line.customer_id, day)
        past = history.scores(session, actor, line.customer_id, day - _SHOWN)
    document: dict[str, Any] = {
        "customer": line.code,
        "score": told.score.total if told.score else None,
        "parts": told.score.parts if told.score else {},
        "would_raise": [
            {"code": one.code, "text": sentence(one, "en", STANDING), "points": one.points} for one in told.raises
        ],
        "history": [{"source": one.source, "date": one.on.isoformat(), "score": one.score} for one in past],
    }
    if as_json:
        emit_json(document)
        return
    table = Table(f"{line.name} ({line.code})", "—" if told.score is None else str(told.score.total))
    for part, points in document["parts"].items():
        table.add_row(part, f"-{points}" if points else "0")
    for way in document["would_raise"]:
        table.add_row(f"+{way['points']}", way["text"])
    for one in past:
        table.add_row(f"{one.source}, {one.on}", str(one.score))
    tables.print(table)
