"""The cash to come by kind of customers as it is kept beside a company's sums, and any part of it as sums again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.queries.figures.parts import Traits
from ar_cockpit.db.tables import ForecastRunRow
from ar_cockpit.domain.figures.listing import Part
from ar_cockpit.domain.forecast.cash import WEEK, Sums, nothing, widened
from ar_cockpit.domain.forecast.fitted import CashSums
from ar_cockpit.domain.forecast.parted import KindOf, Parted, added
from ar_cockpit.services.figures.forecasting import WITHIN, CompanyCash, FitReport
from ar_cockpit.services.people.companies import CompanySummary

_DIGITS = 12  # significant figures of an expected amount: a cent of ten thousand million
_SHORT = 6  # and of what its band is made of


def watching(session: Session, one: CompanySummary, weeks: int) -> Parted:
    """Return what takes a company's cash apart by segment, collector, sales owner and country, as they stand then."""
    return Parted(parts.kinds_by_code(session, one.company_id, one.code), parts.NOBODY, weeks, WITHIN)


def told(found: Mapping[KindOf, Any]) -> list[dict[str, Any]]:
    """Return the sums of the kinds as JSON has them."""
    digits = (_DIGITS, _SHORT, _SHORT)
    return [
        {
            "kind": list(kind),
            "sums": [[float(f"{value:.{one}g}") for value in part] for one, part in zip(digits, table, strict=True)],
        }
        for kind, table in found.items()
    ]


def of_part(kept: list[dict[str, Any]], report: FitReport, part: Part, weeks: int) -> CompanyCash | None:
    """Return the sums of a part of the customers, if it has any; its bands as wide as the company's past asks for."""
    tables = [np.array(one["sums"]) for one in kept if parts.is_kind_of(part, Traits(*one["kind"]))]
    if not tables:
        return None
    by_week, within = (widened(one, report.band_scale, report.band_common) for one in added(tables, weeks))
    return CompanyCash(CashSums(_on_first_days(by_week, weeks), by_week, within), report)


def _on_first_days(by_week: Sums, weeks: int) -> Sums:
    """Return the weeks as days, each on its first one: a part is kept by week, and weeks are added up from days."""
    days = nothing(weeks * WEEK)
    days.expected[::WEEK] = by_week.expected
    return days


def made_by(day: date, one: CompanySummary) -> datetime:
    """Return until when a forecast of ``day`` was one that people saw on it."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(one.timezone)).astimezone(UTC)


def was_seen(day: date, one: CompanySummary) -> ColumnElement[bool]:
    """Return whether a kept result was made on the day it is of, not later of what is known since."""
    return and_(col(ForecastRunRow.as_of) == day, col(ForecastRunRow.created_at) < made_by(day, one))
