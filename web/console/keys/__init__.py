"""Console: API keys."""
