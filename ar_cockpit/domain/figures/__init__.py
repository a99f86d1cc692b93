"""What the ledger says: open amounts, ageing and key figures, each by one reference function."""
