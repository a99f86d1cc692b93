"""Segments and cadences as data, read and checked from a file."""
