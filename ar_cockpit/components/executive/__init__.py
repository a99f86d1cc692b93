"""The parts of the executive's screen: charts and tables."""
