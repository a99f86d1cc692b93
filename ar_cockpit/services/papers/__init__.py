"""What papers are made of: the parties, statements of account, and what the law adds to late invoices."""
