"""The screen of goals, limits and alerts."""
