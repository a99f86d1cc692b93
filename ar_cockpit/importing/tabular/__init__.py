"""Rows and columns with a header: the canonical tables and any other by a mapping."""
