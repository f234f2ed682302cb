"""Console: asking, cards, runs."""
