"""Files into the ledger, each in one transaction."""
