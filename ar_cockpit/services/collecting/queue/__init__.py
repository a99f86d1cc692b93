"""The collectors' day: judged from the facts, kept beside the ledger, and read page by page."""
