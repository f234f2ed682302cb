"""Console: rules and instructions."""
