"""What every screen stands in: who is signed in, rights, search, navigation."""
