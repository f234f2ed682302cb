"""Console: events."""
