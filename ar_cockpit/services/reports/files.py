"""A report, or a pack of several, as a file: every row, with the rights of whom it is made for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from babel.dates import format_date
from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.reports.definition import Definition, Row, Table
from ar_cockpit.domain.reports.shipped import PACK, SHIPPED
from ar_cockpit.domain.reports.sources import Field, Kind
from ar_cockpit.i18n import locale_of, say
from ar_cockpit.i18n.rates import missing_told, rates_listed, rates_told
from ar_cockpit.mail.papers.press import printed_report
from ar_cockpit.mail.papers.report import MOST_ROWS, report_sheet
from ar_cockpit.services.figures import currencies
from ar_cockpit.services.lists import exports
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.reports.rows import Asked, table
from ar_cockpit.services.reports.values import printed
from ar_cockpit.services.reports.words import field_label, text_words

ENDINGS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
ROWS_IN_A_PACK = 40  # of each report on paper: the pack is read, its workbook holds all
_NOT_IN_A_TITLE = re.compile(r"[\\/*?:\[\]]")  # of a sheet, for a spreadsheet

Draw = Callable[[str, Table, str], Sequence[str]]
"""A report's source, its rows and the reader's language to charts as SVG; given by who may load what draws."""
Told = Callable[[int, int, str], None]
"""Is told how many of how many reports are made, and the name of the next one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One report: named by hand, or by the shipped report that it is."""

    key: str
    definition: Definition
    name: str = ""

    def title(self, language: str) -> str:
        """Return what it is called."""
        return self.name or say(language, f"reports.name.{self.key}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made: one report or several, of whom and of which day, in which language."""

    parts: Sequence[Part]
    asked: Asked
    language: str
    key: str = ""  # of a pack

    @property
    def title(self) -> str:
        """What the whole is called."""
        return say(self.language, f"reports.name.{self.key}") if self.key else self.parts[0].title(self.language)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A finished file and how many rows its reports have."""

    file_name: str
    media_type: str
    content: bytes
    row_count: int


class Remark(NamedTuple):
    """What is said of all rows of a file, and the head it has in a workbook."""

    key: str
    told: str


def pack(asked: Asked, language: str) -> Wish:
    """Return the wish for the pack of a month."""
    return Wish([Part(key, SHIPPED[key]) for key in PACK], asked, language, key="monthly_pack")


def make(
    session: Session, actor: Actor, wish: Wish, ending: str, *, draw: Draw | None = None, told: Told | None = None
) -> ReportFile:
    """Return the file with the rows that ``actor`` may see; raise ``ForbiddenError`` when it may not export."""
    actor.require(Permission.EXPORT)
    found = list(_tables(session, actor, wish, told))
    make_content = {"pdf": _paper, "xlsx": _workbook, "csv": _lines}[ending]
    content = make_content(wish, found, draw, remark(session, actor, wish, found))
    stem = wish.key.replace("_", "-") or "report"
    name = f"{stem}-{wish.asked.as_of.isoformat()}.{ending}"
    return ReportFile(name, ENDINGS[ending], content, sum(len(one.rows) for one in found))


def sheet_of(part: Part, found: Table, asked: Asked, language: str) -> Sheet:
    """Return a report as a sheet: amounts are numbers in major units, dates are dates."""
    head = [field_label(one.key, language) for one in found.fields]
    rows = ([_cell(row, one, asked.currency, language) for one in found.fields] for row in found.rows)
    return Sheet(_NOT_IN_A_TITLE.sub(" ", part.title(language)), head, rows)


def _tables(session: Session, actor: Actor, wish: Wish, told: Told | None) -> Iterator[Table]:
    for number, part in enumerate(wish.parts):
        if told:
            told(number, len(wish.parts), part.title(wish.language))
        yield table(session, actor, part.definition, wish.asked)
    if told:
        told(len(wish.parts), len(wish.parts), "")


def remark(session: Session, actor: Actor, wish: Wish, found: Sequence[Table]) -> Remark:
    """Return what stands above the rows: which open documents are in none of them, or at which rates all are."""
    asked, language = wish.asked, wish.language
    if not asked.is_converted:
        lost = currencies.left_out(session, actor, as_of=asked.as_of, company=asked.company, currency=asked.currency)
        return Remark("left_out", currencies.left_out_told(lost, language))
    return Remark("rates", " ".join(dict.fromkeys(told for one in found if (told := rates_of(one, language)))))


def rates_of(found: Table, language: str) -> str:
    """Return at which rates a report was converted, and which are missing; empty when nothing was."""
    how = found.conversion
    if how is None:
        return ""
    told = [f"{listed}." if (listed := rates_listed(how, language)) else "", rates_told(how, language)]
    if any(one.key == "day" for one in found.fields) and how.used:
        told.append(say(language, "reports.rates.own_day"))
    if found.missing:
        told.append(missing_told(found.missing, language))
    return " ".join(one for one in told if one)


def _paper(wish: Wish, found: Sequence[Table], draw: Draw | None, remark: Remark) -> bytes:
    language, asked = wish.language, wish.asked
    company = asked.company or say(language, "reports.print.companies")
    day = format_date(asked.as_of, "d MMM y", locale=locale_of(language))
    key = "reports.print.about.converted" if asked.is_converted else "reports.print.about"
    about = say(language, key, company=company, day=day, currency=asked.currency)
    about = f"{about}. {remark.told}" if remark.told else about
    most = ROWS_IN_A_PACK if wish.key else MOST_ROWS
    sheets: list[Mapping[str, Any]] = []
    for part, one in zip(wish.parts, found, strict=True):
        charts = draw(part.definition.source, one, language) if draw else ()
        told = printed(one, part.title(language), about, language, asked.as_of, most=most)
        sheets.append(report_sheet(told, charts))
    return printed_report(sheets, asked.as_of)


def _workbook(wish: Wish, found: Sequence[Table], _draw: Draw | None, remark: Remark) -> bytes:
    pairs = zip(wish.parts, found, strict=True)
    sheets = [sheet_of(part, one, wish.asked, wish.language) for part, one in pairs]
    return exports.xlsx_bytes([*sheets, *about_sheet(wish.asked, remark, wish.language)])


def about_sheet(asked: Asked, remark: Remark, language: str) -> list[Sheet]:
    """Return the sheet that says which documents the others leave out or how they were converted; else none."""
    if not remark.told:
        return []
    heads = [say(language, f"reports.about.{key}") for key in ("day", "into" if asked.is_converted else "currency")]
    heads.append(say(language, f"reports.about.{remark.key}"))
    return [Sheet(say(language, "reports.about"), heads, [[asked.as_of, asked.currency, remark.told]])]


def _lines(wish: Wish, found: Sequence[Table], _draw: Draw | None, _remark: Remark) -> bytes:
    return "".join(exports.csv_lines(sheet_of(wish.parts[0], found[0], wish.asked, wish.language))).encode()


def _cell(row: Row, one: Field, usual: str, language: str) -> Cell:
    value = row.get(one.key)
    if value is None:
        return None
    if one.kind is Kind.AMOUNT:
        return Decimal(value).scaleb(-exponent(str(row.get("currency") or usual)))
    return text_words(str(value), one, language) if one.kind is Kind.TEXT else value
