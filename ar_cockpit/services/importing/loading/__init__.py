"""From records to the ledger: each table's rules, in set-based statements, a batch at a time."""
