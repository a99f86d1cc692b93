"""The credit screen."""
