"""Reminders by the policy and by hand, into the outbox."""
