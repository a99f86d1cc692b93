"""The cash to come as the page asks for it: sums add up, suppositions change what they say, and rights hold."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import Session

from ar_cockpit.api.downloads.cash_ahead import cash_sheets, chart_sheet
from ar_cockpit.db.tables import CustomerRow, ForecastRunRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.domain.forecast.driving import Kind
from ar_cockpit.domain.forecast.supposition import Supposition
from ar_cockpit.i18n import say
from ar_cockpit.services.figures import cash_ahead, cash_outlook
from ar_cockpit.services.figures.cash_ahead import CashAhead
from ar_cockpit.state.forecast import cash_beside, cash_rows
from tests.builders import an_invoice
from tests.integration.forecast.test_forecast_services import AS_OF, OPERATOR, a_history, an_actor


class _Wanted:
    """An address as the downloads read it."""

    def __init__(self, **params: str) -> None:
        self.params, self.as_of, self.currency = params, AS_OF, "EUR"
        self.consolidate, self.language = params.get("consolidate", ""), "en"

    def say(self, key: str, **values: object) -> str:
        return say("en", key, **values)


def supposing(session: Session, asked: Supposition, actor: Actor = OPERATOR) -> CashAhead:
    return cash_ahead.ahead(session, actor, as_of=AS_OF, currency="EUR", asked=asked)


def quarter(shown: CashAhead) -> int:
    return sum(week.supposed.expected for week in shown.supposed)


def test_what_drives_the_cash_adds_up_and_suppositions_move_it(session: Session) -> None:
    company = a_history(session, every=5)
    customer = session.execute(select(CustomerRow).where(CustomerRow.code == "C3")).scalar_one()
    an_invoice(session, customer, "BIG", 9_000_000, AS_OF, AS_OF)
    shown = supposing(session, Supposition())
    whole = shown.cumulated[-1]
    assert whole.expected == sum(week.expected for week in shown.outlook.forecast.weeks)
    assert sum(one.expected for one in shown.kinds) == pytest.approx(whole.expected, abs=3)
    assert sum(one.quarter for one in shown.customers) == pytest.approx(whole.expected, abs=60)
    assert shown.customers[0].code == "C3"
    assert {one.kind for one in shown.kinds} <= set(Kind)
    (place,) = shown.places
    assert (place.company.code, place.currency, place.open) == ("ALFA", "EUR", sum(one.open for one in shown.kinds))
    assert whole.low <= whole.expected <= whole.high
    assert shown.supposed == ()
    # A week later: every week brings what the one before was to bring.
    later = supposing(session, Supposition(a_week_later=True))
    weeks = later.supposed
    assert weeks[0].supposed.expected == pytest.approx(0, abs=2)
    assert weeks[3].supposed.expected == pytest.approx(weeks[2].forecast.expected, abs=3)
    # The largest customer fails: what it was to pay is gone, and no more.
    failed = supposing(session, Supposition(failing="ALFA/C3"))
    assert failed.failing == failed.customers[0]
    assert whole.expected - quarter(failed) == pytest.approx(failed.customers[0].quarter, abs=60)
    # What is due cannot be moved by terms: it is the larger part here, and only what is not due yet comes later.
    longer = supposing(session, Supposition(terms_days=30))
    assert whole.expected * 0.6 < quarter(longer) <= whole.expected
    assert quarter(supposing(session, Supposition(terms_days=-15))) >= whole.expected - 3
    assert supposing(session, Supposition(failing="ALFA/NOBODY")).supposed == ()
    rows = cash_beside.supposed_items(failed, "fr")
    assert rows[-1].difference.startswith("\u2212")
    assert cash_beside.supposed_summary(failed, "en").startswith("Within 13 weeks")
    assert cash_rows.quarter_words(shown, "en").endswith("1 customer makes half of it.")
    sheets = cash_sheets(session, OPERATOR, _Wanted(failing="ALFA/C3"))
    assert [len(sheet.rows) for sheet in sheets[:4]] == [91, 13, 13, 13]
    assert chart_sheet(session, OPERATOR, _Wanted(by="day"))[0].title == "By day"
    with pytest.raises(ForbiddenError):
        cash_sheets(session, an_actor(Role.SALES, company), _Wanted())
    stranger = Actor(9, "y@velmora.example", "Y", (Grant(Role.EXECUTIVE, 999),))
    assert supposing(session, Supposition(), stranger).places == ()


def test_a_week_is_the_sum_of_who_is_to_pay_it_to_the_cent(session: Session) -> None:
    a_history(session, every=5)
    shown = supposing(session, Supposition())
    for week in shown.outlook.forecast.weeks:
        payers = cash_rows.payer_items(shown, week.start, "en", lambda company, code: f"{company}/{code}")
        *parts, total = (round(100 * float(one.expected.replace(",", "").replace("−", "-"))) for one in payers)
        assert sum(parts) == total == week.expected
        assert all(one.href for one in payers[:-1] if one.company)
    assert cash_rows.payer_items(shown, AS_OF, "en", lambda *_: "") == [], "no week begins on this day"


def test_several_currencies_stand_apart_and_what_is_kept_is_found_again(session: Session) -> None:
    a_history(session, every=5)
    a_history(session, "BETA", currency="USD", every=5)
    shown = supposing(session, Supposition(terms_days=7))
    assert [(one.company.code, one.currency) for one in shown.places] == [("ALFA", "EUR"), ("BETA", "USD")]
    assert {one.company for one in shown.customers} == {"ALFA"}
    scopes = set(session.execute(select(ForecastRunRow.scope)).scalars())
    assert scopes == {f"{kind}:{code}" for kind in ("cash", "driving", "parted") for code in ("ALFA", "BETA")}
    assert cash_outlook.is_ready(session, OPERATOR, as_of=AS_OF)
    consolidated = cash_ahead.ahead(session, OPERATOR, as_of=AS_OF, into="EUR")
    assert {one.company for one in consolidated.customers} == (
        {"ALFA"} if consolidated.outlook.missing else {"ALFA", "BETA"}
    )
