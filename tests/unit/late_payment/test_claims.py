"""Interest on late payments: simple, by the day on 365, from the day after the due date, rounded once at the end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.late_payment.claim import Debt, claim
from ar_cockpit.domain.late_payment.file import parse_law_book
from ar_cockpit.domain.late_payment.law import UnknownRateError
from ar_cockpit.services.papers.laws import shipped_table

BOOK = parse_law_book(shipped_table())


def a_debt(
    amount_minor: int = 1_000_000, due_on: date = date(2026, 4, 30), currency: str = "EUR", **more: object
) -> Debt:
    return Debt(due_on, currency, amount_minor, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "debt", "until", "interest", "fixed"),
    [
        pytest.param("FR", a_debt(), date(2026, 4, 30), None, None, id="on the due date: nothing yet"),
        # 10 000.00 × 12.15 % / 365
        pytest.param("FR", a_debt(), date(2026, 5, 1), 333, 4000, id="France, the first day: ECB 2.15 + 10"),
        # 61 days at 12.15 % (20 305.48) and 65 at 12.40 % (22 082.19) of 10 000.00
        pytest.param("FR", a_debt(), date(2026, 9, 3), 42388, 4000, id="France, over 1 July: the rate moves"),
        # 4 000.00 paid on 1 July: 61 days of 10 000.00 at 12.15 %, 65 of 6 000.00 at 12.40 %
        pytest.param(
            "FR",
            a_debt(paid=[(date(2026, 7, 1), 400_000)]),
            date(2026, 9, 3),
            33555,
            4000,
            id="France, partly paid: the open amount of each day",
        ),
        # 3 × 5.07 % is more than 4.50 + 10
        pytest.param(
            "FR", a_debt(due_on=date(2024, 1, 1)), date(2024, 1, 2), 417, 4000, id="France, the floor of 2024"
        ),
        pytest.param("DE", a_debt(), date(2026, 5, 1), 278, 4000, id="the directive: ECB 2.15 + 8"),
        # the rate of the half-year in which interest began stands: 4.75 of 31 December 2024 + 8
        pytest.param(
            "GB",
            a_debt(99_999, date(2025, 6, 29), "GBP"),
            date(2025, 7, 9),
            349,
            4000,
            id="United Kingdom, under 1 000: 40, at the rate of the start",
        ),
        pytest.param("GB", a_debt(100_000, date(2025, 6, 29), "GBP"), date(2025, 6, 30), 35, 7000, id="1 000: 70"),
        pytest.param(
            "GB", a_debt(1_000_000, date(2025, 6, 29), "GBP"), date(2025, 6, 30), 349, 10000, id="10 000: 100"
        ),
        pytest.param("FR", a_debt(currency="USD"), date(2026, 5, 1), 333, 0, id="no fixed sum in another currency"),
    ],
)
def test_what_the_law_adds(country: str, debt: Debt, until: date, interest: int | None, fixed: int | None) -> None:
    found = claim(BOOK, country, debt, until)
    assert (found and found.interest_minor, found and found.fixed_minor) == (interest, fixed)


def test_an_agreed_rate_stands_unless_the_law_has_a_floor_above_it() -> None:
    day = date(2026, 5, 1)
    assert claim(BOOK, "DE", a_debt(), day, agreed=Decimal(1)).rate == Decimal(1)  # type: ignore[union-attr]
    assert claim(BOOK, "FR", a_debt(), day, agreed=Decimal(15)).rate == Decimal(15)  # type: ignore[union-attr]
    assert claim(BOOK, "FR", a_debt(), day, agreed=Decimal(1)).rate == Decimal("7.86")  # type: ignore[union-attr]


def test_the_fixed_sum_goes_by_what_was_unpaid_when_the_debt_became_late() -> None:
    paid_before = a_debt(1_000_000, date(2025, 6, 29), "GBP", paid=[(date(2025, 6, 1), 950_000)])
    assert claim(BOOK, "GB", paid_before, date(2025, 7, 1)).fixed_minor == 4000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("country", "until", "words"),
    [
        ("FR", date(2031, 1, 1), "ecb_refinancing of the half-year from 2027-01-01"),
        ("US", date(2026, 5, 1), "no late payment law for US"),
        ("", date(2026, 5, 1), "a company without a country"),
    ],
)
def test_what_the_table_does_not_hold_is_an_error_and_never_a_guess(country: str, until: date, words: str) -> None:
    with pytest.raises(UnknownRateError, match=words):
        claim(BOOK, country, a_debt(), until)


def test_every_rate_of_the_shipped_table_is_known_from_2016_to_2026() -> None:
    halves = {date(year, month, 1) for year in range(2016, 2027) for month in (1, 7)}
    for law in BOOK.laws:
        assert set(law.series.half_years) == halves
        assert law.source
        assert law.series.source
        assert law.floor is None or set(law.floor.half_years) == halves


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (("2026-07-01", "2026-08-01"), "2026-08-01, which begins no half-year"),
        (('points = "10"', "points = 10"), "10, which is no number written as text"),
        (('rate = "boe_base"', 'rate = "moon"'), "moon"),
        (("version = 1", "version = "), "not TOML"),
    ],
)
def test_a_table_with_a_mistake_is_refused_whole(broken: tuple[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        parse_law_book(shipped_table().replace(*broken))


def test_a_rate_to_be_confirmed_is_told_only_where_it_decides() -> None:
    july, june = date(2026, 7, 3), date(2026, 6, 30)
    low, high = Decimal(5), Decimal(9)  # three times 2.75 is 8.25
    debt = a_debt(due_on=date(2026, 6, 1))
    told = {
        (until, agreed): found.doubt
        for until in (june, july)
        for agreed in (None, low, high)
        if (found := claim(BOOK, "FR", debt, until, agreed=agreed))
    }
    assert len(told) == 6
    assert {key for key, doubt in told.items() if doubt} == {(july, low)}
    assert told[july, low] == "fr_legal_business 2026-07-01"


def test_what_is_to_be_confirmed_has_to_be_listed() -> None:
    with pytest.raises(SettingsError, match="to be confirmed and not listed"):
        parse_law_book(shipped_table().replace('to_confirm = ["2026-07-01"]', 'to_confirm = ["2031-01-01"]'))
