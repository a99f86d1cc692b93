"""Reports made to measure: what can be asked for, and how rows become a table. Pure."""
