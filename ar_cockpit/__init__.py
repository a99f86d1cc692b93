"""AR Cockpit: receivables, the cash to come, and reminders that keep the relationship."""

__version__ = "0.1.0"
