"""The parts of the sales screen."""
