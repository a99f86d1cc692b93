"""What the columns of a foreign file are, told by their names and by their cells, each with its evidence."""
