"""What is on each screen, already formatted, and the handlers behind every control."""
