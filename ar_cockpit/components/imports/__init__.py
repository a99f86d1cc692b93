"""Parts of the Imports page."""
