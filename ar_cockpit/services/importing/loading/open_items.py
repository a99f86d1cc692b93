"""Files that list open items only: their amounts are what is left, and known invoices keep theirs."""

from __future__ import annotations

from dataclasses import dataclass, field

from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.importing.loading.taken import KnownInvoice


@dataclass(slots=True)
class OpenItems:
    """What the files of one import list as open, together: an export may come in parts."""

    files_to_come: int = 1
    left: dict[int, int] = field(default_factory=dict)  # of invoices the ledger has more open of, by invoice
    listed: set[tuple[int, str]] = field(default_factory=set)  # company and number
    set_aside: set[str] = field(default_factory=set)  # numbers on rows that were set aside
    companies: set[int] = field(default_factory=set)  # of which something is listed

    def gross(self, known: KnownInvoice | None, listed_minor: int, currency: str) -> tuple[int, str]:
        """Return the invoice's amount, and a remark where the file has more open than the ledger.

        A new invoice is worth what is listed. Of a known one, less than its amount is what is left of it; an amount
        beyond it, of the other sign or in another currency is a correction like in any file.
        """
        if known is None or currency != known.currency:
            return listed_minor, ""
        amount, open_minor = known.amount_minor, known.open_minor
        is_correction = abs(listed_minor) > abs(amount) or listed_minor * amount < 0
        if is_correction or (listed_minor == amount and open_minor):
            return listed_minor, ""
        if abs(listed_minor) < abs(open_minor):
            self.left[known.invoice_id] = listed_minor
        elif listed_minor != open_minor:
            left = f"{decimal_string(open_minor, currency)} {currency}"
            return amount, f"More is open in this file than in the ledger ({left})"
        return amount, ""
