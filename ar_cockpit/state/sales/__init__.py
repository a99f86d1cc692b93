"""The sales screen."""
