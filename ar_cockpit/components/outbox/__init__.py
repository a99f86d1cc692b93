"""The parts of the outbox: the list with its bulk actions, and one message."""
