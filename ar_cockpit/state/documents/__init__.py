"""The documents of an invoice on screen."""
