"""Invoices' documents: kept by their content, attached, shown to those who may, and found by number in a folder."""
