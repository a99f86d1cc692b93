"""The forecast of payments: what was known on a day in, a distribution for every invoice out."""
