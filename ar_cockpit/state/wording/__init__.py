"""What the pages of words and looks show."""
