"""AI History: audit log of every step, exported and verified."""
