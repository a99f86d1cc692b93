"""What the executive asks: the whole screen today and on past days, of a part and converted, and the monthly pack."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from ar_cockpit.bench.asking import ME, Asked, Plain, Question
from ar_cockpit.bench.columns import collector
from ar_cockpit.domain.figures.listing import ALL, Part
from ar_cockpit.services.figures import consolidated_cockpit, executive
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.services.reports import files
from ar_cockpit.services.reports.rows import Asked as AskedOfReports

_ABOUT = "company_id IN (1, 2, 3) AND currency = :currency"


def flows(day: date, asked: Asked) -> list[Plain]:
    """Return the least that has to be asked for the ageing of a day: the sums by day."""
    names = ("open", "past_0", "past_30", "past_60", "past_90", "past_120")
    listed = ", ".join(f"sum({name}_minor)" for name in names)
    return [
        (f"SELECT company_id, {listed} FROM ledger_flow WHERE {_ABOUT} AND day <= :day GROUP BY 1", _of(asked, day))
    ]


def scan(asked: Asked) -> list[Plain]:
    """Return the same of the documents themselves, on a past day."""
    later = "(SELECT invoice_id, sum(amount_minor) AS minor FROM allocation WHERE allocated_on > :day GROUP BY 1)"
    limits = {f"d{limit}": (asked.past - timedelta(days=limit)).isoformat() for limit in (0, 30, 60, 90, 120)}
    bucket = " ".join(f"WHEN due_on >= :{name} THEN {place}" for place, name in enumerate(limits))
    question = (
        f"SELECT company_id, CASE {bucket} ELSE 5 END, sum(open_minor + coalesce(later.minor, 0)) FROM invoice"
        f" LEFT JOIN {later} later ON later.invoice_id = invoice.id"
        f" WHERE {_ABOUT} AND invoice_on <= :day AND closed_on > :day GROUP BY 1, 2"
    )
    return [(question, _of(asked, asked.past) | limits)]


def months(asked: Asked) -> list[Plain]:
    """Return the least that has to be asked for the sales and receivables of each month."""
    month = "substr(CAST(day AS varchar), 1, 7)"
    listed = (
        f"SELECT {month}, sum(sold_minor), sum(open_minor) FROM ledger_flow WHERE {_ABOUT} AND day <= :day GROUP BY 1"
    )
    return [(listed, _of(asked, asked.today))]


def _documents_of(asked: Asked) -> Plain:
    """Return the question that reads the documents of one collector's customers."""
    theirs = "SELECT id FROM customer WHERE collector_email = :collector"
    listed = f"SELECT sum(amount_minor), min(invoice_on) FROM invoice WHERE customer_id IN ({theirs})"
    return listed, {"collector": collector(asked.turn)}


def _of(asked: Asked, day: date) -> dict[str, Any]:
    return {"currency": asked.about.currency, "day": day.isoformat()}


class _SeenError(Exception):
    """The first look is there: the rest is not measured."""


def _first_look(part: Part = ALL) -> Callable[[Session, Asked], object]:
    """Return what asks for the key figures, the series and the charts, which are shown before the tables."""

    def seen(_: Cockpit) -> None:
        raise _SeenError

    def ask(session: Session, asked: Asked) -> object:
        with suppress(_SeenError):
            executive.cockpit(session, ME, as_of=asked.today, currency=asked.about.currency, part=part, look=seen)
        return None

    return ask


def _cockpit(session: Session, asked: Asked, day: date, part: Part = ALL) -> Cockpit:
    return executive.cockpit(session, ME, as_of=day, currency=asked.about.currency, part=part)


def _of_part(session: Session, asked: Asked, day: date) -> Cockpit:
    return _cockpit(session, asked, day, Part(collector=collector(asked.turn)))


def _part_floor(asked: Asked) -> list[Plain]:
    return [_documents_of(asked)]


def _past_floor(asked: Asked) -> list[Plain]:
    return [*flows(asked.past, asked), *scan(asked)]


def _pack(session: Session, asked: Asked) -> object:
    """Make the pack as a PDF; the first turn makes the forecast that the others find kept."""
    from ar_cockpit.drawn.reports import report_charts  # noqa: PLC0415 (what draws is slow to load)

    wish = files.pack(AskedOfReports(asked.today, "", asked.about.currency), "en")
    return files.make(session, ME, wish, "pdf", draw=report_charts)


QUESTIONS = (
    Question(
        "executive",
        300,
        lambda session, asked: _cockpit(session, asked, asked.today),
        lambda asked: [*flows(asked.today, asked), *months(asked)],
        turns=3,
    ),
    Question("executive_first", 300, _first_look(), lambda asked: flows(asked.today, asked), turns=5),
    Question(
        "executive_part_first",
        300,
        lambda session, asked: _first_look(Part(collector=collector(asked.turn)))(session, asked),
        _part_floor,
        turns=5,
    ),
    Question("executive_part", 300, lambda session, asked: _of_part(session, asked, asked.today), _part_floor, turns=5),
    Question("executive_past", 300, lambda session, asked: _cockpit(session, asked, asked.past), _past_floor, turns=5),
    Question(
        "executive_part_past",
        300,
        lambda session, asked: _of_part(session, asked, asked.past),
        lambda asked: [*_part_floor(asked), *_past_floor(asked)],
        turns=5,
    ),
    Question(
        "executive_converted",
        300,
        lambda session, asked: consolidated_cockpit.cockpit(session, ME, as_of=asked.today, into=asked.about.currency),
        lambda asked: [*flows(asked.today, asked), *months(asked)],
        turns=3,
    ),
    Question(
        "monthly_pack",
        10_000,
        _pack,
        lambda asked: [*flows(asked.today, asked), *_past_floor(asked)],
        turns=1,
        warmed=1,
    ),
)
