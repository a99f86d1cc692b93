"""The customer page: its record, and what is loaded after it."""
