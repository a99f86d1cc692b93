"""The invented ledger and its people."""
