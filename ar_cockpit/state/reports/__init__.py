"""The screen of reports made to measure."""
