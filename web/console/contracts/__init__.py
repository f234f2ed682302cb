"""Console: contracts and their drafts."""
