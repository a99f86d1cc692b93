"""Use cases: load, decide, record; rights are checked here."""
