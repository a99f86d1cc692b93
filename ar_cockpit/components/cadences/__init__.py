"""Parts of the page of segments and cadences."""
