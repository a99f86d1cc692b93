"""The screen of figures as reported."""
