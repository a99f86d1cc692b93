"""The forecast on screen."""
