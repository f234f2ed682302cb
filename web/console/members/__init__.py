"""Console: members."""
