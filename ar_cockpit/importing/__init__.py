"""Readers: a file becomes frozen records and set-aside rows; one module per format, none knows the database."""
