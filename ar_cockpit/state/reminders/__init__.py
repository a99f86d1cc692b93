"""The reminders' screens: the day's plan, what waits for approval, and the stop of all."""
