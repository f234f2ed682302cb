"""Which live records a plan means."""
