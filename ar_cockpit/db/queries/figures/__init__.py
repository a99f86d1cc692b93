"""Sums behind the figures, and the frames of the forecast."""
