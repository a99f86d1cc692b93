"""Papers: formal notices and statements of account as PDF, and what the law adds to the invoices on them."""
