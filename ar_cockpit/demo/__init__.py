"""An invented European ledger, dated up to a day: the same seed and day give the same ledger. No database here."""
