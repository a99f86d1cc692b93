"""Workbooks: bounded before they are opened, read as rows of text with the sheet's own row numbers."""
