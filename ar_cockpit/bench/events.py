"""What happened with the benchmark's customers: calls, notes, and the reminders they were sent."""

from __future__ import annotations

import numpy as np

from ar_cockpit.bench.columns import CURRENCIES, Draw, Rows, collector


def touchpoints(draw: Draw) -> Rows:
    """Return six calls or notes for each customer, spread over a year."""
    names = ("id", "company_id", "customer_id", "kind", "happened_on", "happened_at", "actor_email", "text", "facts")
    company = draw.company.tolist()
    rows = (
        (
            key,
            company[key % len(company)],
            key % len(company) + 1,
            "note" if key % 3 else "call",
            on := draw.days[1 + key * 7919 % 365],
            f"{on} 09:00:00.000000",
            collector(key % len(company) + 1),
            "said so",
            "{}" if key % 3 else '{"outcome": "no_answer"}',
        )
        for key in range(1, 6 * len(company) + 1)
    )
    return names, rows


def messages(draw: Draw) -> Rows:
    """Return two reminders of the last months for each customer with something open."""
    names = ("id", "company_id", "customer_id", "business_on", "channel", "recipient", "message_id", "state")
    more = ("origin", "step", "template", "tone", "language", "total_minor", "currency", "queued_at", "sent_at")
    company, currency = draw.company.tolist(), draw.currency.tolist()
    rows = (
        (
            key,
            company[index],
            index + 1,
            (on := draw.days[10 + key * 13 % 120]),
            "email",
            f"pay@c{index + 1}.example",
            f"<{key}@bench.example>",
            "sent",
            "cadence",
            "reminder_1",
            "reminder",
            "friendly",
            "en",
            draw_total,
            CURRENCIES[currency[index]],
            f"{on} 08:00:00.000000",
            f"{on} 08:00:01.000000",
            1,
            *("" for _ in _TEXTS),
        )
        for key, index, draw_total in _reminded(draw)
    )
    return (*names, *more, "attempts", *_TEXTS), rows


_TEXTS = (
    "segment", "cadence", "sender", "reply_to", "subject", "text_body", "html_body", "owner", "closed_by",
    "created_by", "error",
)  # fmt: skip


def message_items(draw: Draw) -> Rows:
    """Return the oldest open invoice of each reminded customer as the one item of its reminder."""
    names = ("id", "company_id", "message_row_id", "invoice_id", "step", "step_offset", "business_on", "open_minor")
    first = _first_open(draw)
    rows = (
        (
            key,
            int(draw.company[index]),
            key,
            first[index] + 1,
            f"reminder_{key % 2}",
            3,
            draw.days[10 + key * 13 % 120],
            total,
            "",
        )
        for key, index, total in _reminded(draw)
    )
    return (*names, "dropped"), rows


def _reminded(draw: Draw) -> list[tuple[int, int, int]]:
    """Return message keys with the customer's index and the amount asked for: two in a row for each customer."""
    first = _first_open(draw)
    told = [(index, int(draw.left[invoice])) for index, invoice in first.items() for _ in range(2)]
    return [(key, index, total) for key, (index, total) in enumerate(told, 1)]


def _first_open(draw: Draw) -> dict[int, int]:
    still_open = np.flatnonzero(draw.left > 0)
    owners, places = np.unique(draw.owner[still_open], return_index=True)
    return dict(zip(owners.tolist(), still_open[places].tolist(), strict=True))
