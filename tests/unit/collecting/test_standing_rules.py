"""The rules of standing are data: each watches or holds at its own value; what would help was tried first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ar_cockpit.domain.credit import CreditFacts, Decision, Level, answer_order, standing
from ar_cockpit.domain.order_help import Debt, helps, without
from ar_cockpit.domain.policy.credit_rules import CreditRules, StandingRules
from ar_cockpit.domain.policy.differences import differences
from ar_cockpit.domain.policy.file import PolicyError, parse_policy
from ar_cockpit.domain.policy.writing import write_policy
from ar_cockpit.services.reminders.policy import default_toml

FACTS = CreditFacts("EUR", limit_minor=100_000, open_minor=50_000, overdue_minor=20_000, terms_days=30)
STRICT = StandingRules(
    hold_days_overdue=60,
    watch_days_overdue=None,
    hold_overdue_share=70,
    watch_overdue_share=50,
    hold_limit_use=120,
    watch_limit_use=80,
    hold_broken_promises=2,
    hold_score=20,
    watch_score=40,
    hold_external_score=10,
    watch_external_score=30,
    group="hold",
)


@pytest.mark.parametrize(
    ("facts", "level", "code"),
    [
        pytest.param({"undisputed_days_overdue": 61}, Level.HOLD, "overdue_past_hold", id="held from 61 days"),
        pytest.param({"undisputed_days_overdue": 60}, Level.OK, "a_little_late", id="a rule that is off"),
        pytest.param({"overdue_minor": 25_001}, Level.WATCH, "overdue_share_watch", id="more than half overdue"),
        pytest.param({"overdue_minor": 35_001}, Level.HOLD, "overdue_share_hold", id="more than 70 percent overdue"),
        pytest.param({"reserved_minor": 30_001}, Level.WATCH, "limit_use_watch", id="accepted orders use the limit"),
        pytest.param({"reserved_minor": 70_001}, Level.HOLD, "limit_use_hold", id="beyond 120 percent"),
        pytest.param({"broken_promises": 1, "broken_promise_minor": 5}, Level.WATCH, "promise_broken", id="one"),
        pytest.param({"broken_promises": 2, "broken_promise_minor": 5}, Level.HOLD, "promises_hold", id="two promises"),
        pytest.param({"score": 39}, Level.WATCH, "score_watch", id="a low payer score"),
        pytest.param({"score": 19}, Level.HOLD, "score_hold", id="a very low payer score"),
        pytest.param({"external_score": 29}, Level.WATCH, "external_score_watch", id="an agency's low score"),
        pytest.param({"external_score": 9}, Level.HOLD, "external_score_hold", id="an agency's very low score"),
        pytest.param({"tags": ("Insolvent",)}, Level.HOLD, "insolvent", id="insolvency flag"),
        pytest.param({"group_held": 1}, Level.HOLD, "group_hold", id="the group is held"),
        pytest.param({"limit_ended_on": date(2026, 1, 31)}, Level.WATCH, "limit_ended", id="the limit has ended"),
        pytest.param({"limit_minor": None, "score": 40}, Level.OK, "nothing_overdue", id="nothing to say"),
    ],
)
def test_each_rule_watches_and_holds_at_its_own_value(facts: dict[str, object], level: Level, code: str) -> None:
    found = standing(replace(FACTS, **facts), STRICT)  # type: ignore[arg-type]  # a table of field values
    assert (found.level, found.reasons[0].code) == (level, code)


def test_the_group_counts_only_where_the_policy_says_so() -> None:
    held = replace(FACTS, group_held=2)
    levels = [standing(held, StandingRules(group=means)).level for means in ("tell", "watch", "hold")]
    assert levels == [Level.OK, Level.WATCH, Level.HOLD]


def test_accepted_orders_count_against_the_limit_and_longer_terms_need_a_person() -> None:
    reserved = replace(FACTS, reserved_minor=30_000)
    assert answer_order(reserved, 20_000, "EUR").decision is Decision.ACCEPT
    more = answer_order(reserved, 20_001, "EUR")
    assert (more.decision, [one.code for one in more.reasons]) == (Decision.REVIEW, ["order_over_limit", "reserved"])
    longer = answer_order(FACTS, 1, "EUR", terms_days=45)
    assert (longer.decision, longer.reasons[0].code) == (Decision.REVIEW, "order_terms")
    assert answer_order(FACTS, 1, "EUR", terms_days=30).decision is Decision.ACCEPT


OLD, YOUNG, DISPUTED = Debt(1, 20_000, 95), Debt(2, 25_000, 20), Debt(3, 5_000, 120, is_disputed=True)
HELD = without(FACTS, [OLD, YOUNG, DISPUTED], [])


def test_a_held_customer_is_told_which_invoice_to_pay_and_not_the_disputed_one() -> None:
    (way,) = helps(HELD, [OLD, YOUNG, DISPUTED], 10_000)
    assert (way.reason.code, way.reason.facts["amount_minor"], way.invoice_ids) == ("help_pay", 20_000, (1,))


def test_an_order_over_the_limit_may_be_helped_by_payment_deposit_or_limit() -> None:
    current = without(FACTS, [YOUNG], [])
    found = helps(current, [YOUNG], 80_000, terms_days=60)
    assert [(one.reason.code, one.reason.facts.get("amount_minor")) for one in found] == [
        ("help_terms", None),
        ("help_pay", 25_000),
        ("help_deposit", 5_000),
        ("help_limit", 105_000),
    ]


def test_a_payment_that_lifts_the_hold_is_told_with_the_deposit_that_has_to_follow() -> None:
    found = helps(HELD, [OLD, YOUNG, DISPUTED], 90_000)
    assert [(one.reason.code, one.reason.facts["amount_minor"], one.invoice_ids) for one in found] == [
        ("help_pay", 45_000, (1, 2)),
    ]
    found = helps(HELD, [OLD, YOUNG, DISPUTED], 96_000)
    assert [(one.reason.code, one.reason.facts["amount_minor"]) for one in found] == [
        ("help_pay", 20_000),
        ("help_deposit", 26_000),
        ("help_limit", 126_000),
    ]


def test_invoices_that_are_not_needed_are_not_asked_for() -> None:
    debts = [Debt(1, 1_000, 10), Debt(2, 60_000, 5), Debt(3, 2_000, 1)]
    (pay, *_) = helps(without(FACTS, debts, []), debts, 90_000)
    assert pay.invoice_ids == (2,)


def test_a_hold_by_finance_is_helped_by_finance_alone() -> None:
    held = replace(FACTS, hold_reason="insolvency")
    assert [one.reason.code for one in helps(held, [YOUNG], 1)] == ["help_release"]
    assert helps(FACTS, [YOUNG], 1) == []


# --- the file -------------------------------------------------------------------------------------------------

REST = "\n".join(default_toml().partition("[[segment]]")[1:])


def test_the_shipped_file_says_the_defaults_and_may_leave_them_out() -> None:
    shipped, without_rules = parse_policy(default_toml()), parse_policy("version = 1\n" + REST)
    assert shipped.standing == without_rules.standing == StandingRules()
    assert shipped.credit == without_rules.credit == CreditRules()
    assert write_policy(shipped, default_toml()) == default_toml()


def test_a_changed_rule_keeps_the_remarks_of_the_file_and_is_told_as_a_difference() -> None:
    shipped = parse_policy(default_toml())
    rules = replace(shipped.standing, hold_days_overdue=60, hold_score=20, insolvency_tags=('a "b"',))
    changed = replace(shipped, standing=rules, credit=replace(shipped.credit, credit_manager_up_to=Decimal("500.00")))
    written = write_policy(changed, default_toml())
    assert parse_policy(written) == changed
    assert "hold_days_overdue = 60           # beyond that many days" in written
    fields = ["hold_days_overdue", "hold_score", "insolvency_tags", "credit_manager_up_to"]
    assert [one.field for one in differences(shipped, changed)] == fields
    assert parse_policy(write_policy(changed)) == changed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("hold_days = 3", "'hold_days' is not a key", id="unknown key"),
        pytest.param("hold_days_overdue = -1", "no such number", id="below zero"),
        pytest.param("hold_days_overdue = true", "no such number", id="true says nothing"),
        pytest.param("watch_days_overdue = 120", "comes before its watch", id="held before watched"),
        pytest.param('group = "tel"', "no group 'tel'", id="group"),
        pytest.param('insolvency_tags = "x"', "not a list of words", id="tags"),
    ],
)
def test_a_mistake_is_told_with_its_line(line: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(f"version = 1\n[standing]\n{line}\n" + REST)
    (problem,) = caught.value.problems
    assert said in problem.said
    assert problem.line in {2, 3}
