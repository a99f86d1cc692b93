"""What reminders are planned from, and the outbox in SQL."""
