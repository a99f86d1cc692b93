"""Key figures, the executive's read model and forecasts."""
