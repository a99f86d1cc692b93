"""Users, sessions and companies."""
