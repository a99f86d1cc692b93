"""Records that other programs push: the same rules as a file, an outcome for each item."""
