"""Mentions of the reader in notes, on screen."""
