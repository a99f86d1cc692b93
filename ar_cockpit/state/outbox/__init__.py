"""The outbox on screen: a list, one message, and what is decided about it."""
