"""Console: AI History and insights."""
