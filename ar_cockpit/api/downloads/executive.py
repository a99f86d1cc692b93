"""The executive's tables as one workbook: months, customers, collectors, companies, disputes."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads import cockpit_parts
from ar_cockpit.api.downloads.lists import Wanted, WantedNow, file_of, refusals, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS, DISPUTE_AGES
from ar_cockpit.domain.figures.listing import part_of
from ar_cockpit.services.figures import consolidated_cockpit, executive
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.services.figures.reporting import Consolidation
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.reports.words import coded_words, field_label

router = APIRouter(prefix=routes.DOWNLOADS)


@router.get("/executive.xlsx")
def download(actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with the executive's tables, one sheet each."""
    # The forecast's libraries would double the start.
    from ar_cockpit.services.figures import cash_outlook  # noqa: PLC0415

    with refusals(wanted.language):
        cash_outlook.make_ready(actor, as_of=wanted.as_of, company=wanted.params.get(routes.COMPANY_PARAM, ""))
    return file_of("executive", "xlsx", executive_sheets, actor, wanted)


def executive_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the executive's tables; of several currencies, with the companies and the rates."""
    actor.require(Permission.EXPORT)
    company, part = wanted.params.get(routes.COMPANY_PARAM, ""), part_of(wanted.params)
    if wanted.consolidate:
        shown = consolidated_cockpit.cockpit(
            session, actor, as_of=wanted.as_of, company=company, into=wanted.consolidate, part=part
        )
    else:
        shown = executive.cockpit(
            session, actor, as_of=wanted.as_of, company=company, currency=wanted.currency, part=part
        )
    made = [_months(shown, wanted), _debtors(shown, wanted), _collectors(shown, wanted), _disputes(shown, wanted)]
    made += [
        make(shown, wanted) for make in (cockpit_parts.companies, cockpit_parts.where, cockpit_parts.concentration)
    ]
    made += cockpit_parts.cash_weeks(session, actor, wanted)
    how = shown.consolidation
    return [*made, _companies(how, wanted), _rates(how, wanted)] if how else made


def _companies(how: Consolidation, wanted: Wanted) -> Sheet:
    """Return what each company is owed, by currency as in its books and converted; together it is the group's."""
    rows: list[list[Cell]] = []
    for line in how.beside:
        rows += [
            [line.company.code, line.company.name, currency, units(amounts["receivables"], currency), None]
            for currency, amounts in line.by_currency.items()
        ]
        converted = units(line.converted["receivables"], wanted.currency)
        rows.append([line.company.code, line.company.name, wanted.currency, None, converted])
    words = [wanted.say(f"consolidation.export.{key}") for key in ("currency", "receivables")]
    converted_head = wanted.say("consolidation.export.converted", currency=wanted.currency)
    heads = [wanted.say("executive.export.code"), wanted.say("executive.column.company"), *words, converted_head]
    return Sheet(wanted.say("consolidation.export.companies"), heads, rows)


def _rates(how: Consolidation, wanted: Wanted) -> Sheet:
    rows: list[list[Cell]] = [[one.source, one.target, one.told, one.published_on] for one in how.conversion.used]
    keys = ("currency", "into", "rate", "rate_date")
    heads = [wanted.say(f"consolidation.export.{key}") for key in keys]
    return Sheet(wanted.say("consolidation.export.rates"), heads, rows)


def _months(shown: Cockpit, wanted: Wanted) -> Sheet:
    amounts = ["receivables", *(f"age.{key}" for key in BUCKET_KEYS), "export.credit_sales"]
    ratios = ["column.dso", "column.dso_simple", "column.best", "column.add", "column.cei", "column.turnover"]
    head = ["day", *amounts, "overdue", *ratios]
    rows = [
        [
            day,
            units(told.totals.receivables, shown.currency),
            *(units(told.totals.ageing[key], shown.currency) for key in BUCKET_KEYS),
            units(told.totals.credit_sales, shown.currency),
            told.overdue_share,
            told.dso_countback,
            told.dso,
            told.best_possible_dso,
            told.add,
            told.cei,
            told.turnover,
        ]
        for day, told in shown.series
    ]
    return Sheet(f"{wanted.say('executive.export.figures')} {shown.currency}", _heads(wanted, head), rows)


def _debtors(shown: Cockpit, wanted: Wanted) -> Sheet:
    keys = [
        "column.company",
        "export.code",
        "column.customer",
        "overdue",
        "column.oldest",
        "column.risk",
        "column.owner",
    ]
    rows: list[list[Cell]] = [
        [
            line.company,
            line.code,
            line.name,
            units(line.overdue_minor, shown.currency),
            line.oldest_due_on,
            coded_words("risk", line.risk.value, wanted.language),
            line.owner,
        ]
        for line in shown.debtors
    ]
    return Sheet(wanted.say("executive.debtors"), _heads(wanted, keys), rows)


def _collectors(shown: Cockpit, wanted: Wanted) -> Sheet:
    amounts = ["column.portfolio", "column.overdue", "column.collected", "column.goal"]
    keys = ["column.collector", *amounts, "column.kept", "export.decided", "column.touches"]
    rows: list[list[Cell]] = [
        [
            line.name,
            units(line.open_minor, shown.currency),
            units(line.overdue_minor, shown.currency),
            units(line.collected_minor, shown.currency),
            None if line.goal_minor is None else units(line.goal_minor, shown.currency),
            line.kept,
            line.decided,
            line.touches,
        ]
        for line in shown.collectors
    ]
    return Sheet(wanted.say("executive.team.collectors"), _heads(wanted, keys), rows)


def _disputes(shown: Cockpit, wanted: Wanted) -> Sheet:
    rows: list[list[Cell]] = [
        [
            coded_words("reason", one.reason, wanted.language),
            one.count,
            units(one.open_minor, shown.currency),
            one.average_age,
            *(units(minor, shown.currency) for minor in one.by_age),
        ]
        for one in shown.disputes
    ]
    keys = ["export.reason", "export.count", "export.amount", "export.age"]
    ages = [field_label(f"dispute_{age.key}", wanted.language) for age in DISPUTE_AGES]
    return Sheet(wanted.say("executive.disputes"), [*_heads(wanted, keys), *ages], rows)


def _heads(wanted: Wanted, keys: list[str]) -> list[str]:
    return [wanted.say(f"executive.{key}") for key in keys]
