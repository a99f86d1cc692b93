"""Webhooks: who wants to be told, what is told in the transaction of the fact, and how it gets there."""
