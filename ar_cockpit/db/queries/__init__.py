"""Questions to the database, answered in domain values; one module per subject."""
