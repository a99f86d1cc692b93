"""Lists of what was agreed with customers, and of what finance is asked for."""
