"""Whatever the amounts and rates: parts add up to their whole, and nothing is off by a cent or more."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.consolidated import consolidated, figure_errors
from ar_cockpit.domain.figures.consolidation import Conversion, conversion
from ar_cockpit.domain.figures.kpis import Totals, kpis
from tests.published import History

ON = date(2026, 11, 19)
CURRENCIES = ("EUR", "GBP", "JPY", "TND", "XAF")  # the last is never published
MINOR = st.integers(-(10**14), 10**14)
PUBLISHED = st.decimals("0.0001", "30000", places=4).map(str)
RATES = st.fixed_dictionaries(dict.fromkeys(("GBP", "JPY", "TND"), PUBLISHED)).map(
    lambda per_euro: History({ON: per_euro})
)
INTO = st.sampled_from(CURRENCIES[:4])


@st.composite
def totals(draw: st.DrawFn) -> Totals:
    ageing = {key: draw(MINOR) for key in BUCKET_KEYS}
    sales = draw(MINOR)
    return Totals(
        reporting_period(ON), sum(ageing.values()), draw(MINOR), sales, ageing, {ON.replace(day=1): sales}, ON
    )


LEDGERS = st.dictionaries(st.sampled_from(CURRENCIES[:4]), totals(), max_size=4)


def rates_of(history: History, into: str) -> Conversion:
    return conversion(history, CURRENCIES, into, ON, 60)


@given(LEDGERS, RATES, INTO)
def test_buckets_add_up_to_the_receivables_to_the_cent(parts: dict[str, Totals], history: History, into: str) -> None:
    told = consolidated(parts, rates_of(history, into), reporting_period(ON))
    assert sum(minor or 0 for minor in told.ageing.values()) == told.receivables
    assert told.overdue is not None
    assert told.not_due is not None
    assert told.overdue + told.not_due == told.receivables


@given(LEDGERS, RATES, INTO)
def test_every_sum_is_the_exact_one_rounded_once(parts: dict[str, Totals], history: History, into: str) -> None:
    rates = rates_of(history, into)
    told = consolidated(parts, rates, reporting_period(ON))
    exact = rates.exact({currency: one.receivables or 0 for currency, one in parts.items()})
    assert exact is not None
    assert told.receivables == round(exact)
    for key in BUCKET_KEYS:
        bucket = rates.exact({currency: one.ageing[key] or 0 for currency, one in parts.items()})
        assert bucket is not None
        assert abs(Fraction(told.ageing[key] or 0) - bucket) < 1


@given(st.lists(st.dictionaries(st.sampled_from(CURRENCIES[:4]), MINOR), max_size=8), RATES, INTO)
def test_companies_add_up_to_the_group(companies: list[dict[str, int]], history: History, into: str) -> None:
    rates = rates_of(history, into)
    group = {code: sum(one.get(code, 0) for one in companies) for code in CURRENCIES}
    whole = rates.total(group)
    shares = rates.shares(whole, dict(enumerate(companies)))
    assert sum(minor or 0 for minor in shares.values()) == whole
    for number, one in enumerate(companies):
        if set(one) <= {into}:
            assert shares[number] == one.get(into, 0)


@given(st.dictionaries(st.sampled_from(CURRENCIES), totals()), RATES, INTO)
def test_a_figure_is_missing_exactly_when_an_error_says_why(
    parts: dict[str, Totals], history: History, into: str
) -> None:
    rates = rates_of(history, into)
    told = kpis(consolidated(parts, rates, reporting_period(ON)))
    missing = {error.figure for error in figure_errors(parts, rates)}
    assert (told.totals.receivables is None) == ("receivables" in missing)
    assert (told.totals.credit_sales is None) == ("credit_sales" in missing)
    for key in BUCKET_KEYS:
        assert (told.totals.ageing[key] is None) == (f"ageing.{key}" in missing)
    for figure in ("dso", "dso_countback", "cei", "turnover", "overdue_share"):
        assert getattr(told, figure) is None or figure not in missing


@given(totals(), RATES, INTO)
def test_one_currency_consolidated_into_itself_stays_as_it_is(one: Totals, history: History, into: str) -> None:
    assert consolidated({into: one}, rates_of(history, into), reporting_period(ON)) == one


@given(
    history=RATES,
    into=INTO,
    amounts=st.dictionaries(
        st.sampled_from(CURRENCIES), st.lists(st.tuples(st.integers(1, 5), MINOR), unique_by=lambda one: one[0])
    ),
)
def test_very_many_are_converted_as_each_would_be(
    history: History, into: str, amounts: dict[str, list[tuple[int, int]]]
) -> None:
    rates = rates_of(history, into)
    found, lost = rates.totals(amounts)
    sums = {
        key: {currency: dict(told)[key] for currency, told in amounts.items() if key in dict(told)}
        for key in {key for told in amounts.values() for key, _ in told}
    }
    each = {key: rates.total(one) for key, one in sums.items()}
    assert {key: each[key] for key in found} == found
    assert {key for key, total in each.items() if total is None} == lost.keys() == each.keys() - found.keys()
    assert all(rates.missing(one) == rates.missing(sums[key]) for key, one in lost.items())
