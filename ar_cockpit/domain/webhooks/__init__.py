"""Webhooks as rules: what is told, when it is tried again, and where it may go."""
