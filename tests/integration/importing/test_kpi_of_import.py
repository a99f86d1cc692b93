"""From files to figures by the commands alone: a folder of four files and what `kpi` says of it on two days."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.commands import Done, run

Command = Callable[..., Done]
LEDGER = {
    "customers.csv": """customer_id,name,company,currency,payment_terms_days
C1,Alder SARL,ALFA,EUR,30
C2,Birke GmbH,ALFA,EUR,60
""",
    "invoices.csv": """invoice_number,customer_id,invoice_date,due_date,amount,currency,company,kind
A-01,C1,2026-01-10,2026-02-09,1000.00,EUR,ALFA,
A-02,C2,2026-01-20,,2400.00,EUR,ALFA,
A-03,C1,2026-02-05,2026-03-07,1500.00,EUR,ALFA,
A-04,C2,2026-02-25,,800.00,EUR,ALFA,
A-05,C1,2026-03-12,2026-04-11,3100.00,EUR,ALFA,
A-06,C1,2026-03-15,2026-03-15,-250.00,EUR,ALFA,credit_note
A-07,C2,2025-11-03,2025-12-03,600.00,EUR,ALFA,
""",
    "payments.csv": """payment_id,customer_id,payment_date,amount,currency,company
P-1,C1,2026-02-20,1000.00,EUR,ALFA
P-2,C2,2026-03-25,1000.00,EUR,ALFA
P-3,C1,2026-04-02,1500.00,EUR,ALFA
""",
    "allocations.csv": """payment_id,invoice_number,amount
P-1,A-01,1000.00
P-2,A-02,900.00
P-3,A-03,1500.00
""",
}


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The product's command on a ledger that is the imported folder."""
    folder, home = tmp_path_factory.mktemp("ledger"), tmp_path_factory.mktemp("home")
    for name, text in LEDGER.items():
        (folder / name).write_text(text)
    on_ledger = partial(run, cwd=home, AR_HOME=home)
    assert on_ledger("import", folder).returncode == 0
    return on_ledger


def kpi(command: Command, day: str) -> dict[str, Any]:
    return dict(json.loads(command("kpi", "--as-of", day, "--json").stdout))


def test_at_the_month_end(command: Command) -> None:
    told = kpi(command, "2026-03-31")
    assert (told["receivables"], told["overdue"], told["unapplied_cash"]) == ("7250.00", "3350.00", "100.00")
    assert (told["dso"], told["dso_countback"], told["best_possible_dso"]) == (76.3158, 78.1471, 41.0526)
    assert (told["cei"], told["turnover"], told["average_days_late"]) == (36.1905, 8.8344, 11.0)


def test_a_fortnight_later(command: Command) -> None:
    told = kpi(command, "2026-04-15")
    assert (told["receivables"], told["overdue"], told["credit_sales"]) == ("5750.00", "4950.00", "7550.00")
    assert (told["dso"], told["dso_countback"], told["best_possible_dso"]) == (68.543, 79.4706, 9.5364)
    assert told["ageing"] == {
        "not_due": "800.00",
        "1-30": "4600.00",
        "31-60": "-250.00",
        "61-90": "0.00",
        "91-120": "0.00",
        "over_120": "600.00",
    }
