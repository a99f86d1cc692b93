"""A whole database into another: which tables, how rows travel, and how both sides are measured."""
