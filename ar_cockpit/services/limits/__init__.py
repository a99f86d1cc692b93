"""Limits: asked for, approved, looked at again, watched; what groups owe together; who is on hold."""
