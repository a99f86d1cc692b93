"""Parts of the reports' page."""
