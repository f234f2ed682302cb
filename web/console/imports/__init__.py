"""Console: importing contracts from documents."""
