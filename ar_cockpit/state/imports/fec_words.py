"""The defects of a FEC as its reader writes them, with their keys in the catalogue and what to do about them."""

from __future__ import annotations

FEC_REASONS = (
    ("both_sides", "line", r"Both Debit and Credit"),
    ("no_side", "line", r"Neither Debit nor Credit"),
    ("side", "side", r"Neither D nor C, \+1 nor -1"),
    ("no_date", "date", r"No date; the day of the entry is taken"),
    (
        "unbalanced",
        "entry",
        r"The entry does not balance \(debit (?P<debit>\S+), credit (?P<credit>\S+)\); its documents are unallocated",
    ),
    ("letter", "letter", r"The letter (?P<letter>.+) of (?P<customer>.+) leaves (?P<amount>\S+); unallocated"),
    (
        "opening",
        "opening",
        r"The opening entries carry (?P<carried>\S+) EUR of (?P<customer>.+), the ledger has (?P<open>\S+) EUR open",
    ),
)
