"""What a collector's day and a customer's record are made of."""
