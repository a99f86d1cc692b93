"""Whom to contact now and why, and what customers promised or objected to."""
