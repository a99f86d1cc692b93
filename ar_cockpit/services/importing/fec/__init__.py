"""From a FEC to the ledger: which years are there, what their opening entries mean, and the control balance."""
