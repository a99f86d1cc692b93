"""Domain values as the reader's words and figures."""
