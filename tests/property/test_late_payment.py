"""Whatever is paid and whenever: interest adds up over periods, is zero before the due date, and only grows."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.late_payment.claim import Debt, claim, spans_of
from ar_cockpit.domain.late_payment.file import parse_law_book
from ar_cockpit.services.papers.laws import shipped_table

BOOK = parse_law_book(shipped_table())
days = st.dates(date(2016, 1, 1), date(2026, 12, 31))
countries = st.sampled_from(["FR", "DE", "GB"])


@st.composite
def debts(draw: st.DrawFn) -> Debt:
    paid = draw(st.lists(st.tuples(days, st.integers(1, 500_000)), max_size=5))
    return Debt(draw(st.dates(date(2016, 1, 1), date(2026, 12, 30))), "EUR", draw(st.integers(1, 1_000_000)), paid)


@given(debts(), countries, days, days, days)
def test_interest_of_two_periods_is_the_interest_of_both(
    debt: Debt, country: str, one: date, two: date, three: date
) -> None:
    first, middle, last = sorted((one, two, three))
    law = BOOK.law_for(country, debt.begins)

    def interest(begin: date, end: date) -> object:
        return sum(span.interest for span in spans_of(law, debt, begin, end))

    assert interest(first, middle) + interest(middle + timedelta(days=1), last) == interest(first, last)  # type: ignore[operator]


@given(debts(), countries, days)
def test_it_is_what_each_day_adds(debt: Debt, country: str, until: date) -> None:
    until = min(until, debt.due_on + timedelta(days=800))
    law = BOOK.law_for(country, debt.begins)
    by_day = 0
    for number in range((until - debt.due_on).days):
        day = debt.begins + timedelta(days=number)
        by_day += debt.open_on(day) * law.rate(day, debt.begins)
    found = claim(BOOK, country, debt, until)
    assert (found is None) == (until <= debt.due_on)
    assert found is None or abs(found.interest_minor - by_day / 36500) <= 0.5


@given(debts(), countries, days, days)
def test_it_never_shrinks(debt: Debt, country: str, one: date, two: date) -> None:
    earlier, later = (claim(BOOK, country, debt, day) for day in sorted((one, two)))
    assert (earlier.interest_minor if earlier else 0) <= (later.interest_minor if later else 0)
