"""Tables, sessions and questions to the database."""
