"""One module for each screen; each only draws what its state holds."""
