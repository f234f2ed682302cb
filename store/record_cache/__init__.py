"""Record cache: cached records of platforms, and how far they are synchronised."""
