"""When which step is due, and what a day brings to each customer."""
