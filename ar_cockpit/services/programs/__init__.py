"""Programs that use the API: their tokens, their pace, and their repeated requests."""
