"""Screens of how the product itself runs."""
