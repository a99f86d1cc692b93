"""Parts of the pages of words and looks."""
