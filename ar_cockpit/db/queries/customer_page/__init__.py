"""Questions of the customer page that go beyond its record."""
