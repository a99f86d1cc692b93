"""Parts of the lists of agreements."""
