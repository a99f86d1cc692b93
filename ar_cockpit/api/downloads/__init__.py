"""Files made of what a screen shows."""
