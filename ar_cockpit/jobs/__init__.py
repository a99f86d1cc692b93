"""What runs by itself: the table of jobs, one module for each, and the process that keeps the clock."""
