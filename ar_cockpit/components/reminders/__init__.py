"""Parts of the reminders' screens."""
