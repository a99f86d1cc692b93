"""The reports that come with the product. Pure."""

from __future__ import annotations

from ar_cockpit.domain.reports.definition import Definition, Filter
from ar_cockpit.domain.reports.sources import AGES, DISPUTED

_AGES = tuple(AGES.split())
SHIPPED: dict[str, Definition] = {
    "aged_balance": Definition(
        "balances",
        ("company", "customer_code", "customer", "currency", "open", "overdue", *_AGES),
        sort="overdue",
        descending=True,
    ),
    "open_items": Definition(
        "documents",
        ("company", "customer", "number", "kind", "invoice_on", "due_on", "currency", "amount", "open", "days_overdue"),
        sort="customer",
    ),
    "dso_pack": Definition(
        "month_ends",
        (
            *("day", "currency", "receivables", "overdue", "overdue_share", "credit_sales"),
            *("dso_countback", "dso", "best_possible_dso", "add", "cei", "turnover", "day_of_dso"),
        ),
        sort="day",
        descending=True,
    ),
    "collector_effectiveness": Definition(
        "collectors",
        ("collector", "currency", "open", "overdue", "collected", "goal", "kept", "decided", "kept_share", "touches"),
        sort="open",
        descending=True,
    ),
    "disputes": Definition(
        "disputes",
        ("reason", "currency", "disputes", "open", "average_age", *DISPUTED.split()),
        sort="open",
        descending=True,
    ),
    "promises": Definition(
        "promises",
        ("company", "customer", "collector", "made_on", "promised_for", "currency", "promised", "state", "decided_on"),
        sort="promised_for",
        descending=True,
    ),
    "cash_13_weeks": Definition("cash_weeks", ("week", "currency", "expected", "low", "high"), sort="week"),
    "credit_limits": Definition(
        "credit",
        ("company", "customer_code", "customer", "currency", "limit", "open", "available", "used", "overdue"),
        sort="used",
        descending=True,
    ),
    "drifting_later": Definition(
        "habits",
        ("company", "customer_code", "customer", "collector", "days_late_before", "days_late", "slower_by", "settled"),
        filters=(Filter("trend", "is", "slower"),),
        sort="slower_by",
        descending=True,
    ),
    "unapplied_cash": Definition(
        "unapplied",
        ("company", "customer_code", "customer", "payment", "paid_on", "currency", "amount", "unapplied"),
        sort="paid_on",
    ),
    "contacts": Definition(
        "contacts",
        ("happened_on", "contact", "company", "customer_code", "customer", "collector", "by", "contacts"),
        sort="happened_on",
        descending=True,
    ),
}
# What a month's end is talked over with: one file of these, in this order.
PACK = (
    *("dso_pack", "cash_13_weeks", "aged_balance", "collector_effectiveness"),
    *("disputes", "promises", "drifting_later", "credit_limits"),
)
