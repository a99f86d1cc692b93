"""`ar-cockpit forecast versions`, `rollback` and `card`: which fit forecasts, and how far it may be trusted."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.bench.forecast import card as model_card
from ar_cockpit.bench.forecast import ledgers, marks
from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, acting, asking, emit_json, parse_date
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.forecast.causal import LEAST_CUSTOMERS, Difference
from ar_cockpit.services.figures import cash_outlook, contact_effects, forecast_models, reporting
from ar_cockpit.services.figures.contact_effects import CompanyEffects
from ar_cockpit.services.figures.forecast_models import Version
from ar_cockpit.services.reminders import hold_outs
from ar_cockpit.services.reminders.hold_outs import CompanyTrials

_NO_EFFECT = {
    "few_payments": "Too few overdue invoices were paid to tell anything.",
    "few_contacts": "Too few of them were contacted to tell anything.",
    "no_fit": "The regression found no sensible answer.",
}


def register(forecast: typer.Typer) -> None:
    """Add the commands to the group ``forecast``."""
    forecast.command("versions")(versions)
    forecast.command("rollback")(rollback)
    forecast.command("card")(card)
    forecast.command("what-works")(what_works)
    forecast.command("keep", hidden=True)(keep)


def versions(as_json: AsJson = False, as_user: AsUser = "", company: Company = "") -> None:
    """The kept versions: training period, figures from earlier months, checksums, and which one a person chose."""
    with asking(as_user) as (session, actor):
        found = forecast_models.versions(session, actor, company)
    if as_json:
        emit_json({"versions": [_version_document(one) for one in found]})
        return
    table = Table("Company", "Version", "As of", "Trained on", "Settled", "Days off", "Data", "Model", "Chosen")
    for one in found:
        period = f"{one.trained_from or '—'} – {one.trained_to or '—'}"
        marks = (one.data_checksum[:12], one.model_checksum[:12], one.chosen_by if one.is_chosen else "")
        table.add_row(
            one.company, str(one.number), f"{one.as_of}", period, str(one.settled), told(one.days_off), *marks
        )
    tables.print(table)


def rollback(
    number: Annotated[int | None, typer.Argument(help="The version that shall forecast.", show_default=False)] = None,
    newest: Annotated[bool, typer.Option("--newest", help="Release it: each day is fitted for itself again.")] = False,
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Go back to a kept version, for every day from its own as-of date on, until it is released."""
    if (number is None) != newest:
        raise InputError("Name a version, or --newest.", "`forecast versions` lists them.")
    with acting(as_user) as (session, actor):
        if number is None:
            forecast_models.release(session, actor, company=company)
            messages.print("Every day is forecast by a fit of its own again.")
            return
        one = forecast_models.roll_back(session, actor, company=company, number=number)
    messages.print(f"{one.company} is forecast by version {one.number} of {one.as_of} from that day on.", markup=False)


def keep(company: Company = "", as_of: AsOf = "") -> None:
    """Make and keep what the cash seen from a day needs: what a web worker asks of a process of its own."""
    with asking() as (session, actor):
        cash_outlook.refresh(session, actor, as_of=parse_date(as_of), company=company)


def what_works(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """What contacts changed: the odds of a payment in the week after one, with 95 % intervals. An observation."""
    with asking(as_user) as (session, actor):
        day = parse_date(as_of) if as_of else reporting.business_date(session, actor, company)
        found = contact_effects.what_works(session, actor, as_of=day, company=company)
        trials = hold_outs.newest(session, actor, as_of=day, company=company)
    if as_json:
        effects = [_effects_document(one) for one in found]
        shown = [hold_outs.document(one) for one in trials if one.outcome]
        emit_json({"as_of": day.isoformat(), "companies": effects, "trials": shown})
        return
    table = Table("Company", "Contact", "Odds", "95 %", "Invoices", "Payments")
    for one in found:
        for effect in one.found.effects:
            band = f"{effect.low:.2f} – {effect.high:.2f}"
            counts = (f"{effect.invoices:,}", f"{effect.payments:,}")
            table.add_row(one.company, effect.key, f"× {effect.ratio:.2f}", band, *counts)
        for line in _anyway_lines(one):
            messages.print(f"{one.company}: {line}", markup=False)
    tables.print(table)
    messages.print("An observation, not a trial: who is contacted may differ in other ways, too.")
    for tried in trials:
        for line in _trial_lines(tried):
            messages.print(f"{tried.company}: {line}", markup=False)


def _anyway_lines(one: CompanyEffects) -> list[str]:
    """Return why nothing was observed, and who would pay anyway by observation and with the hold-out."""
    lines = [_NO_EFFECT[one.found.reason]] if one.found.reason else []
    told = (
        (one.found.anyway, "{} ({} to {}) would have paid anyway."),
        (one.by_trial, "with its hold-out {} ({} to {}), as the queue counts."),
    )
    return lines + [words.format(*(f"{value:.0%}" for value in share)) for share, words in told if share]


def _trial_lines(one: CompanyTrials) -> list[str]:
    return [_trial_line(each) for each in one.outcome.differences] if one.outcome else []


def _trial_line(one: Difference) -> str:
    if one.gain is None:
        least = min(one.at_once.customers, one.held.customers)
        return f"hold-out, paid within {one.within} days: too little yet ({least} of {LEAST_CUSTOMERS} customers)."
    band = f"95 %: {one.low:+.1%} to {one.high:+.1%}"
    return f"hold-out, paid within {one.within} days: reminding at once changes it by {one.gain:+.1%} ({band})."


def _effects_document(one: CompanyEffects) -> dict[str, Any]:
    found = one.found
    return {
        "company": one.company,
        "invoices": found.invoices,
        "payments": found.payments,
        "effects": [
            {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(effect).items()}
            for effect in found.effects
        ],
        "paid_anyway": None
        if found.anyway is None
        else dict(zip(("share", "low", "high"), (round(value, 4) for value in found.anyway), strict=True)),
        "paid_anyway_with_trial": None
        if one.by_trial is None
        else dict(zip(("share", "low", "high"), (round(value, 4) for value in one.by_trial), strict=True)),
        "observational": True,
        "reason": _NO_EFFECT.get(found.reason, ""),
    }


def _version_document(one: Version) -> dict[str, Any]:
    dates = {"as_of": one.as_of, "trained_from": one.trained_from, "trained_to": one.trained_to}
    told = {name: value.isoformat() if value else None for name, value in dates.items()}
    return asdict(one) | told | {"created_at": one.created_at.isoformat()}


def card(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="The folder with the IBM sample.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.md", help="The card; its plot stands beside it.")],
    figures: Annotated[
        Path | None, typer.Option("--figures", metavar="FILE.json", help="Its figures, as the screen reads them.")
    ] = None,
) -> None:
    """Write the model card: data, protocol, errors beside others, calibration, limits. Takes minutes."""
    on_ibm, on_demo = marks.on_ibm(data, messages.print), marks.on_demo(messages.print)
    picture = out.with_suffix(".svg")
    series = {"IBM sample": on_ibm.reliability["forecast"], "demo ledger": on_demo.reliability["forecast"]}
    write_whole(picture, model_card.plot(series))
    times = marks.seconds(ledgers.ibm(data), ledgers.IBM_ORIGINS[-1])
    write_whole(out, model_card.document(on_ibm, on_demo, times, picture.name))
    if figures is not None:
        write_whole(figures, json.dumps(model_card.figures(on_ibm, on_demo), indent=1) + "\n")
    messages.print(f"Written to {out} and {picture}.", markup=False)


def write_whole(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(path)
        path.chmod(0o644)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", "Choose another place with --out.") from error


def told(value: float | None) -> str:
    """Return a figure as the tables print it."""
    return "—" if value is None else f"{value:,.3f}"
