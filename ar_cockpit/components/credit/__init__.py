"""The parts of the credit screen."""
