"""Reports made to measure: their rows, with the rights of who asks, and their keeping."""
