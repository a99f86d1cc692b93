"""What collectors and sales do with a customer, and what they see of it."""
