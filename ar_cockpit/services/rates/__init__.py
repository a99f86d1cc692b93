"""Exchange rates: the published history that is in force, and how a newer one takes its place."""
