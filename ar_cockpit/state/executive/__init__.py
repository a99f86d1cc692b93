"""The executive's screen."""
