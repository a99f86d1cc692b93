"""The collector's screen."""
