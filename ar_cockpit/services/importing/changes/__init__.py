"""What an import changed: kept while it loads, shown before and after, and taken back."""
