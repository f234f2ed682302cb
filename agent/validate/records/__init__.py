"""Record resolution: which live records a plan means."""
