"""What every request passes: who calls, how often, how much, in which form; and how a refusal is told."""
