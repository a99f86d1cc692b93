"""The ledgers the forecast is measured on: the IBM sample as its mapping reads it, and the product's own demo."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.session import make_engine, reading, transaction
from ar_cockpit.demo.ledger import Size
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.forecast.history import day_number, prepared
from ar_cockpit.services.demo import load as demo
from ar_cockpit.services.figures import reporting
from ar_cockpit.services.figures.known_ledger import company_ledger

IBM_FILE = "ibm_accounts_receivable.csv"
IBM_ORIGINS = tuple(day_number(date(2013, month, 1)) for month in range(1, 11))
IBM_UNTIL = day_number(date(2014, 6, 1))
DEMO_ON = date(2026, 6, 30)  # a fixed day: the same card from the same code
DEMO_SIZE = Size(customers=200, invoices=4_000)
DEMO_ORIGINS = 3


def ibm(folder: Path) -> pd.DataFrame:
    """Return the IBM sample in ``folder``, prepared, with the delivery of each invoice as known at its issue."""
    path = folder / IBM_FILE
    if not path.is_file():
        raise InputError(f"{folder} holds no {IBM_FILE}.", "Give its folder with --data.")
    raw = pd.read_csv(path, dtype=str)
    names = ("InvoiceDate", "DueDate", "SettledDate", "PaperlessDate")
    dates = {name: pd.to_datetime(raw[name], format="%m/%d/%Y") for name in names}
    frame = pd.DataFrame(
        {
            "company": "MAIN",
            "invoice_number": raw["invoiceNumber"],
            "customer": raw["customerID"],
            "currency": "USD",
            "issued_on": dates["InvoiceDate"],
            "due_on": dates["DueDate"],
            "amount": raw["InvoiceAmount"].astype(float) * 100,
            "settled_on": dates["SettledDate"],
            "custom.country_code": raw["countryCode"],
        }
    )
    electronic = dates["InvoiceDate"] >= dates["PaperlessDate"]
    return prepared(frame.assign(**{"custom.delivery": np.where(electronic, "electronic", "paper")}))


def demo_ledgers() -> list[pd.DataFrame]:
    """Return the demo's companies, each as known on the fixed day."""
    with tempfile.TemporaryDirectory(prefix="ar-cockpit-card-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'demo.db'}")
        try:
            migrate(engine)
            operator = Actor.local_operator()
            with transaction(engine) as session:
                demo.load(session, operator, as_of=DEMO_ON, size=DEMO_SIZE)
            with reading(engine) as session:
                seen = reporting.visible_companies(session, operator)
                return [company_ledger(session, one, DEMO_ON) for one in seen]
        finally:
            engine.dispose()
