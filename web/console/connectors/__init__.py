"""Console: connectors."""
