"""What the law adds to a late payment: interest by the day and a fixed sum for the costs of recovery."""
