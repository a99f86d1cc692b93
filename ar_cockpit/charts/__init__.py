"""Charts: plain values in, Altair specifications out; colours come from the page's theme by name."""
