"""Console: eval reports."""
