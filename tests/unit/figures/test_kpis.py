"""The key figures of domain.md, worked by hand on a ledger of seven documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from ar_cockpit.domain.calendar import Period, reporting_period
from ar_cockpit.domain.figures.kpis import (
    Kpis,
    average_days_late,
    collection_effectiveness,
    count_back,
    dispute_share,
    dso,
    kpis,
    month_ends_before,
    promise_kept_rate,
    ratio,
    totals_of,
    turnover,
)
from ar_cockpit.domain.figures.receivables import (
    Allocation,
    Document,
    Kind,
    Payment,
    days_late_of_settled,
    unapplied_cash,
)


def paid(month: int, day: int, minor: int) -> tuple[Allocation, ...]:
    return (Allocation(date(2026, month, day), minor),)


DOCUMENTS = (
    Document(date(2026, 1, 10), date(2026, 2, 9), 100000, allocations=paid(2, 20, 100000)),
    Document(date(2026, 1, 20), date(2026, 3, 21), 240000, allocations=paid(3, 25, 90000)),
    Document(date(2026, 2, 5), date(2026, 3, 7), 150000, allocations=paid(4, 2, 150000)),
    Document(date(2026, 2, 25), date(2026, 4, 26), 80000),
    Document(date(2026, 3, 12), date(2026, 4, 11), 310000),
    Document(date(2026, 3, 15), date(2026, 3, 15), -25000, Kind.CREDIT_NOTE),
    Document(date(2025, 11, 3), date(2025, 12, 3), 60000),
)
PAYMENTS = (
    Payment(date(2026, 2, 20), 100000, paid(2, 20, 100000)),
    Payment(date(2026, 3, 25), 100000, paid(3, 25, 90000)),
    Payment(date(2026, 4, 2), 150000, paid(4, 2, 150000)),
)


def days_late(documents: Sequence[Document], as_of: date) -> float | None:
    return average_days_late(*days_late_of_settled(documents, reporting_period(as_of)))


def figures(as_of: date) -> Kpis:
    return kpis(totals_of(DOCUMENTS, as_of))


def test_sums_at_a_month_end() -> None:
    totals = figures(date(2026, 3, 31)).totals
    assert totals.period == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert (totals.receivables, totals.overdue, totals.not_due) == (725000, 335000, 390000)
    assert (totals.receivables_at_start, totals.credit_sales) == (60000, 855000)
    assert unapplied_cash(PAYMENTS, date(2026, 3, 31)) == 10000
    assert list(totals.ageing.values()) == [390000, 275000, 0, 0, 60000, 0]


def test_ratios_at_a_month_end() -> None:
    found = figures(date(2026, 3, 31))
    assert found.overdue_share == pytest.approx(0.4621, abs=5e-5)
    assert found.dso == pytest.approx(76.3158, abs=5e-5)
    assert found.dso_countback == pytest.approx(78.1471, abs=5e-5)
    assert found.best_possible_dso == pytest.approx(41.0526, abs=5e-5)
    assert found.add == pytest.approx(35.2632, abs=5e-5)
    assert found.cei == pytest.approx(36.1905, abs=5e-5)
    assert found.turnover == pytest.approx(8.8344, abs=5e-5)
    assert days_late(DOCUMENTS, date(2026, 3, 31)) == 11.0
    assert found.day_of_dso == 9500


def test_figures_inside_a_month() -> None:
    found = figures(date(2026, 4, 15))
    assert found.totals.period == Period(date(2026, 1, 16), date(2026, 4, 15))
    assert (found.totals.receivables, found.totals.overdue, found.totals.credit_sales) == (575000, 495000, 755000)
    assert list(found.totals.ageing.values()) == [80000, 460000, -25000, 0, 0, 60000]
    assert found.dso == pytest.approx(68.543, abs=5e-5)
    assert found.dso_countback == pytest.approx(79.4706, abs=5e-5)
    assert found.best_possible_dso == pytest.approx(9.5364, abs=5e-5)
    assert found.add == pytest.approx(59.0066, abs=5e-5)
    assert found.cei == pytest.approx(40.7186, abs=5e-5)
    assert found.turnover == pytest.approx(8.3318, abs=5e-5)
    assert days_late(DOCUMENTS, date(2026, 4, 15)) == 20.0


def test_before_the_first_document_nothing_is_available() -> None:
    found = figures(date(2025, 10, 31))
    assert (found.totals.receivables, unapplied_cash(PAYMENTS, date(2025, 10, 31))) == (0, 0)
    ratios = (found.overdue_share, found.dso, found.dso_countback, found.best_possible_dso, found.add, found.cei)
    assert ratios == (None,) * 6
    assert (found.turnover, found.day_of_dso, days_late(DOCUMENTS, date(2025, 10, 31))) == (None, None, None)


@pytest.mark.parametrize(
    ("open_minor", "sales", "expected"),
    [
        pytest.param(500, {(2026, 3): 1000}, 15.5, id="half of the current month"),
        pytest.param(1000, {(2026, 3): 1000}, 31.0, id="exactly one month stops there"),
        pytest.param(1500, {(2026, 3): 1000, (2026, 2): 1000}, 45.0, id="a month and half of the one before"),
        pytest.param(500, {(2026, 2): 1000}, 45.0, id="a month without sales adds its days"),
        pytest.param(500, {(2026, 3): -500, (2026, 2): 2000}, 45.0, id="negative sales make the debt larger"),
        pytest.param(0, {(2026, 3): 1000}, 0.0, id="nothing open is nought days"),
        pytest.param(-300, {(2026, 3): 1000}, 0.0, id="more credit than debt is nought days"),
        pytest.param(9000, {(2026, 3): 1000, (2026, 1): 1000}, None, id="more open than was ever sold"),
    ],
)
def test_count_back(open_minor: int, sales: dict[tuple[int, int], int], expected: float | None) -> None:
    by_month = {date(year, month, 1): minor for (year, month), minor in sales.items()}
    assert count_back(open_minor, by_month, date(2026, 3, 31), date(2026, 1, 15)) == expected


def test_count_back_counts_the_month_of_the_day_only_to_that_day() -> None:
    assert count_back(500, {date(2026, 3, 1): 1000}, date(2026, 3, 10), date(2026, 3, 1)) == 5.0


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(ratio(5, 0), id="share of nothing"),
        pytest.param(dso(100, 0, 90), id="DSO without sales"),
        pytest.param(collection_effectiveness(0, 100, 50, 100), id="nothing could be collected"),
        pytest.param(turnover(100, 90, -50, 50), id="turnover over a nought average"),
        pytest.param(promise_kept_rate(0, 0), id="no promise was due"),
        pytest.param(dispute_share(100, 0), id="disputes without sales"),
    ],
)
def test_division_by_zero_is_not_available(figure: float | None) -> None:
    assert figure is None


def test_add_is_dso_less_best_possible_dso() -> None:
    found = figures(date(2026, 3, 31))
    assert found.dso is not None
    assert found.best_possible_dso is not None
    assert found.add == pytest.approx(found.dso - found.best_possible_dso)


def test_days_late_are_weighted_by_the_original_amount_and_leave_credit_notes_out() -> None:
    documents = [
        Document(date(2026, 1, 1), date(2026, 1, 31), 30000, allocations=paid(1, 5, 29900) + paid(2, 10, 100)),
        Document(date(2026, 1, 1), date(2026, 1, 31), 10000, allocations=paid(1, 21, 10000)),
        Document(date(2026, 1, 1), date(2026, 1, 1), -90000, Kind.CREDIT_NOTE, paid(3, 1, -90000)),
    ]
    assert days_late(documents, date(2026, 3, 31)) == 5.0  # (3 x 10 late - 10 early) / 4


def test_a_settlement_after_the_day_is_not_known_on_it() -> None:
    invoice = Document(date(2026, 1, 1), date(2026, 1, 31), 100, allocations=paid(2, 10, 100))
    assert days_late([invoice], date(2026, 2, 9)) is None
    assert days_late([invoice], date(2026, 2, 10)) == 10.0


def test_a_returned_payment_opens_the_invoice_again() -> None:
    invoice = Document(
        date(2026, 1, 1), date(2026, 1, 31), 100, allocations=paid(2, 10, 100) + paid(2, 20, -100) + paid(3, 2, 100)
    )
    assert [invoice.settled_on(day) for day in (date(2026, 2, 15), date(2026, 2, 25), date(2026, 3, 31))] == [
        date(2026, 2, 10),
        None,
        date(2026, 3, 2),
    ]


@pytest.mark.parametrize(
    ("as_of", "start", "days"),
    [
        pytest.param(date(2026, 3, 31), date(2026, 1, 1), 90, id="month end: three whole months"),
        pytest.param(date(2026, 2, 28), date(2025, 12, 1), 90, id="the last of February is a month end"),
        pytest.param(date(2028, 2, 28), date(2027, 11, 29), 92, id="but not in a leap year"),
        pytest.param(date(2026, 11, 19), date(2026, 8, 20), 92, id="to the day"),
        pytest.param(date(2026, 5, 30), date(2026, 3, 1), 91, id="30 February is clipped to the 28th"),
    ],
)
def test_period(as_of: date, start: date, days: int) -> None:
    period = reporting_period(as_of)
    assert (period.start, period.end, period.days) == (start, as_of, days)


def test_month_ends_before_a_day_leave_the_day_itself_out() -> None:
    assert month_ends_before(date(2026, 3, 31), 2) == (date(2026, 1, 31), date(2026, 2, 28))
    assert month_ends_before(date(2026, 3, 1), 1) == (date(2026, 2, 28),)
